"""When executions are due."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution

_FEW = 1_024  # timers that are kept before any that are given up are looked for


class Timers:
    """The timers of all executions, in the order in which they are due.

    One that its execution has given up is passed over and some time thrown away: it would keep the execution.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Execution, int]] = []
        self._numbers, self._most = 0, _FEW

    def add(self, execution: Execution, due: float, timer: int) -> None:
        """Take an execution's timer, due at a time in seconds since the epoch."""
        self._numbers += 1
        heapq.heappush(self._heap, (due, self._numbers, execution, timer))
        if len(self._heap) > self._most:
            self._heap = [each for each in self._heap if each[3] in each[2].timers]
            heapq.heapify(self._heap)
            self._most = max(_FEW, 2 * len(self._heap))

    def next_due(self) -> float | None:
        """Return when the next one is due, in seconds since the epoch."""
        heap = self._heap
        while heap and heap[0][3] not in heap[0][2].timers:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def take_due(self, now: float) -> list[tuple[Execution, list[int]]]:
        """Return those that are due, by execution, and keep them no longer."""
        found: dict[str, tuple[Execution, list[int]]] = {}
        while (due := self.next_due()) is not None and due <= now:
            _, _, execution, timer = heapq.heappop(self._heap)
            found.setdefault(execution.spec.arn, (execution, []))[1].append(timer)
        return list(found.values())
