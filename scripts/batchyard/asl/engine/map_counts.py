"""What DescribeMapRun counts."""

from __future__ import annotations

from batchyard.asl.engine.map_child import Child, Status

_SHOWN: tuple[tuple[str, Status], ...] = (
    ("running", "RUNNING"),
    ("succeeded", "SUCCEEDED"),
    ("failed", "FAILED"),
    ("timedOut", "TIMED_OUT"),
    ("aborted", "ABORTED"),
    ("pendingRedrive", "PENDING_REDRIVE"),
)


class Counts:
    """Child executions by status, and the items that they work on.

    Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
    """

    def __init__(self) -> None:
        self.executions: dict[Status, int] = dict.fromkeys((status for _, status in _SHOWN), 0)
        self.items: dict[Status, int] = dict.fromkeys((status for _, status in _SHOWN), 0)

    def add(self, child: Child, sign: int = 1) -> None:
        """Count a child with its status, or no longer with it (-1)."""
        self.executions[child.status] += sign
        self.items[child.status] += sign * child.items

    def move(self, child: Child, status: Status) -> None:
        """Count a child with another status, which it gets."""
        self.add(child, -1)
        child.status = status
        self.add(child)

    @property
    def failed_items(self) -> int:
        """Return the items that count towards the tolerated failures.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
        """
        return self.items["FAILED"] + self.items["TIMED_OUT"]


def shown(by_status: dict[Status, int], pending: int, written: int, lost: int) -> dict[str, int]:
    """Return counts as the API names them.

    Args:
        pending: those that have not been started.
        written: those whose results were written.
        lost: unsuccessful ones that can not be redriven.
    """
    found = {name: by_status[status] for name, status in _SHOWN}
    # A child that waits to be redriven is no new one.
    total = sum(found.values()) + pending
    return {
        "pending": pending,
        **found,
        "total": total,
        "resultsWritten": written,
        "failuresNotRedrivable": lost,
    }
