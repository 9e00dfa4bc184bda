"""Inputs of the child executions of a Distributed Map, made one by one as there is room for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from batchyard.asl.data.interface import Value
from batchyard.asl.data.text import dump
from batchyard.asl.errors import ITEM_READER_FAILED, StatesError
from batchyard.asl.items import Batcher

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand

STATE_DATA = "STATE_DATA"
_NOT_ITERABLE = "Attempting to map over non-iterable node."
Sources = Sequence[tuple[int, str]]


def dataset(output: Value) -> tuple[Value, Sources]:
    """Return items and their sources of the outcome of ReadItems: `asl.items.Dataset`, or an array alone.

    Raises:
        StatesError: it is neither.
    """
    sources: Sources = ()
    if isinstance(output, dict) and "Items" in output:
        sources = [(count, source) for count, source in output.get("Sources", ())]
        output = output["Items"]
    if not isinstance(output, list | dict):
        raise StatesError(ITEM_READER_FAILED, _NOT_ITERABLE)
    return output, sources


def inputs(
    x: Execution, strand: Strand, items: Value, sources: Sources, batcher: Batcher | None
) -> Iterator[tuple[str, int]]:
    """Yield the input of each child, as JSON, with the number of its items.

    Args:
        items: an array, or an object whose members are the items.
        sources: addresses, each with the number of items from there; none if they are from the state's input.

    Raises:
        StatesError: the ItemSelector can not be evaluated.
    """
    texts = _selected(x, strand, items, sources) if _selects(strand) else map(dump, _values(items))
    if batcher is not None:
        return batcher.inputs(texts)
    return ((text, 1) for text in texts)


def _selects(strand: Strand) -> bool:
    body = strand.state.body
    return "ItemSelector" in body or ("Parameters" in body and not strand.state.jsonata)


def _values(items: Value) -> Iterator[Value]:
    if isinstance(items, dict):
        return ({"Key": key, "Value": value} for key, value in items.items())
    return iter(items)


def _selected(x: Execution, strand: Strand, items: Value, sources: Sources) -> Iterator[str]:
    env, raw, data = strand.env, strand.raw, strand.data
    keys = iter(items) if isinstance(items, dict) else None
    source = _each(sources)
    for index, value in enumerate(_values(items)):
        item: dict[str, Any] = {"Index": index, "Value": value, "Source": next(source, STATE_DATA)}
        if keys is not None:
            item["Key"], item["Value"] = next(keys), value["Value"]
        around, strand.item = strand.item, {"Item": item}
        env.now = x.now
        env.forget()
        try:
            selected = data.item(raw, value, env)
        finally:
            strand.item = around
            env.forget()
        yield dump(selected)


def _each(sources: Sources) -> Iterator[str]:
    for count, source in sources:
        for _ in range(count):
            yield source
