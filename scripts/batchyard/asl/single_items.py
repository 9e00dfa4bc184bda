"""The items of a Map under test: from its input, or from what its ItemReader would have read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from batchyard.asl.data.interface import Environment, StateData
from batchyard.asl.data.text import dump
from batchyard.asl.engine.map_items import STATE_DATA
from batchyard.asl.items import Listed, Location, StoreError, batcher, read
from batchyard.asl.model import State
from batchyard.asl.walk import as_dict


class _OneDocument:
    """An object store that has the same document everywhere."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get(self, location: Location) -> Iterable[bytes]:  # noqa: ARG002
        return [self._text.encode()]

    def list(self, location: Location) -> Iterator[Listed]:
        raise StoreError(f"Nothing is listed at {location.bucket} in a test")

    def put(self, location: Location, body: bytes) -> None:
        raise StoreError(f"Nothing is written to {location.bucket} in a test: {len(body)} bytes")


def items_of(state: State, flow: StateData, raw: Any, env: Environment, text: str | None) -> Any:  # noqa: ANN401
    """Return a Map's items.

    Args:
        text: mapItemReaderData: an object as it lies in S3, or the array that a listing gives.

    Raises:
        StatesError: they can not be read.
    """
    if "ItemReader" not in state.body:
        return flow.items(raw, env)
    if text is None:
        return []
    reader = as_dict(flow.evaluate("ItemReader", raw, env))
    if str(reader.get("Resource")).endswith(":listObjectsV2"):
        reader = {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": "listed", "Key": "listed"},
        }
    return read(reader, _OneDocument(text)).items


def selected(flow: StateData, raw: Any, env: Environment, items: Any) -> list[Any]:  # noqa: ANN401
    """Return the iterations' inputs of ItemSelector."""
    keys = list(items) if isinstance(items, dict) else None
    found = []
    for index, value in enumerate(items.values() if isinstance(items, dict) else items):
        item: dict[str, Any] = {"Index": index, "Value": value, "Source": STATE_DATA}
        if keys is not None:
            item["Key"] = keys[index]
        context = {**env.context, "Map": {"Item": item}}
        inner = Environment(lambda made=context: made, env.variables, env.random, env.now)  # type: ignore[misc]
        found.append(flow.item(raw, value, inner))
    return found


def batches(state: State, flow: StateData, raw: Any, env: Environment, items: Any) -> list[Any] | None:  # noqa: ANN401
    """Return the children's inputs of ItemBatcher, or None where there is none.

    Raises:
        StatesError: a number in it is none that the service takes.
    """
    how = batcher(flow.evaluate("ItemBatcher", raw, env)) if "ItemBatcher" in state.body else None
    if how is None:
        return None
    values = items if isinstance(items, list) else [{"Key": k, "Value": v} for k, v in items.items()]
    return [json.loads(text) for text, _ in how.inputs(map(dump, values))]
