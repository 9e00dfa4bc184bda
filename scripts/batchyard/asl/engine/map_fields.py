"""What a Map state says of its map run, evaluated.

Rules: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchyard.asl.data.text import dump
from batchyard.asl.errors import RUNTIME, QueryError, StatesError
from batchyard.asl.items import Batcher
from batchyard.asl.items.results import settings
from batchyard.asl.model import State
from batchyard.asl.walk import as_dict


@dataclass(slots=True)
class Limits:
    """What a map run's children are held to; UpdateMapRun changes it.

    Args:
        concurrency: children at once; 0 for as many as the service runs.
        count: failed items that are tolerated; None if it is not given.
        percentage: of failed items, likewise.
    """

    concurrency: int
    count: int | None
    percentage: float | None

    def change(self, data: Mapping[str, Any]) -> None:
        """Take those members of UpdateMapRun that are given."""
        if data.get("max_concurrency") is not None:
            self.concurrency = data["max_concurrency"]
        if data.get("tolerated_count") is not None:
            self.count = data["tolerated_count"]
        if data.get("tolerated_percentage") is not None:
            self.percentage = data["tolerated_percentage"]

    def exceeded(self, failed: int, total: int) -> bool:
        """Say whether more items have failed than are tolerated: any, where nothing is given."""
        if self.count is None and self.percentage is None:
            return failed > 0
        too_many = self.count is not None and failed > self.count
        return too_many or (self.percentage is not None and failed * 100 > self.percentage * total)


@dataclass(frozen=True, slots=True)
class Fields:
    """What a state says of items and results, evaluated.

    Args:
        reader: ItemReader.
        writer: ResultWriter.
        batcher: how items are batched.
    """

    reader: Mapping[str, Any] | None
    writer: Mapping[str, Any] | None
    batcher: Batcher | None

    @property
    def exports(self) -> bool:
        """Say whether results are written somewhere."""
        return self.writer is not None and "Resource" in self.writer

    @property
    def keep(self) -> bool:
        """Say whether the inputs of children that succeed are needed for the results."""
        return settings(self.writer)[0] == "NONE"


def check_max_items(state: State, reader: Mapping[str, Any] | None) -> None:
    """Refuse an ItemReader whose MaxItems comes to something that is no integer.

    Args:
        reader: the evaluated field.

    Raises:
        StatesError: worded as recorded from the service.
    """
    value = as_dict(as_dict(reader).get("ReaderConfig")).get("MaxItems")
    if value is None or (
        not isinstance(value, bool) and isinstance(value, int | float) and value == int(value)
    ):
        return
    config = as_dict(as_dict(state.body.get("ItemReader")).get("ReaderConfig"))
    name = "MaxItemsPath" if "MaxItemsPath" in config else "MaxItems"
    shown = value if isinstance(value, str) else dump(value)
    cause = f'The {name} field refers to value "{shown}" which is not a valid integer: {config.get(name)}'
    raise QueryError(cause) if state.jsonata else StatesError(RUNTIME, cause)
