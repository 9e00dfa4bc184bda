"""ItemBatcher: several items to a child execution.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batchyard.asl.data.text import dump
from batchyard.asl.data.text import size as utf8
from batchyard.asl.errors import RUNTIME, StatesError

MAX_BATCH_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Batcher:
    """How items are batched.

    Args:
        max_items: items in a batch; None for as many as fit.
        max_bytes: length of a child's input as JSON.
        batch_input: JSON text of what every batch carries beside its items; None for nothing.
    """

    max_items: int | None
    max_bytes: int
    batch_input: str | None

    def inputs(self, items: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Yield the input of every child execution, with the number of its items.

        Args:
            items: JSON texts.
        """
        head = (
            f'{{"BatchInput":{self.batch_input},"Items":[' if self.batch_input is not None else '{"Items":['
        )
        frame = utf8(head) + 2
        batch: list[str] = []
        size = frame
        for item in items:
            length = utf8(item)
            if batch and (size + 1 + length > self.max_bytes or len(batch) == self.max_items):
                yield head + ",".join(batch) + "]}", len(batch)
                batch, size = [], frame
            size += length + (1 if batch else 0)
            batch.append(item)
        if batch:
            yield head + ",".join(batch) + "]}", len(batch)


def batcher(field: Mapping[str, Any] | None) -> Batcher | None:
    """Return what an evaluated ItemBatcher says, or None where there is none.

    Raises:
        StatesError: a number is none that the service takes.
    """
    if field is None:
        return None
    most, size = _positive(field, "MaxItemsPerBatch"), _positive(field, "MaxInputBytesPerBatch")
    carried = dump(field["BatchInput"]) if "BatchInput" in field else None
    return Batcher(most, min(size or MAX_BATCH_BYTES, MAX_BATCH_BYTES), carried)


def _positive(field: Mapping[str, Any], name: str) -> int | None:
    value = field.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or value != int(value) or value < 1:
        raise StatesError(RUNTIME, f"{name} must be a positive integer: {value}")
    return int(value)
