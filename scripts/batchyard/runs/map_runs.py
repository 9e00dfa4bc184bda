"""The runs of Distributed Maps within a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.runs import history


@dataclass(frozen=True)
class MapRun:
    """One of them, and how many of its items stand how."""

    state: str
    arn: str
    status: str
    items: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        return {"state": self.state, "mapRunArn": self.arn, "status": self.status, "itemCounts": self.items}

    def sentence(self) -> str:
        """Return it in words."""
        told = (
            f"{number} {name}"
            for name, number in self.items.items()
            if number and name in ("pending", "running", "succeeded", "failed", "timedOut", "aborted")
        )
        counts = ", ".join(told) or "none begun"
        return f"{self.state}: map run {self.status}, {counts} of {self.items.get('total', 0)} items"


def of_maps(environment: Environment, events: Sequence[history.Event]) -> list[MapRun]:
    """Return the map runs of an execution, as they stand.

    Args:
        environment: where.
        events: the execution's history.
    """
    states = client(environment, "stepfunctions")
    found = []
    for seen in history.map_runs(events):
        run = states.describe_map_run(mapRunArn=seen.arn)
        found.append(MapRun(seen.state, seen.arn, run["status"], dict(run["itemCounts"])))
    return found
