"""A heap of things due later."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable


class Timers:
    """Actions by due time (monotonic seconds); the owner asks, nothing runs by itself."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._count), action))

    def pause(self) -> float | None:
        """Return the seconds until the next action is due, or None when there is none."""
        return max(0.0, self._heap[0][0] - time.monotonic()) if self._heap else None

    def run_due(self) -> bool:
        """Run everything that is due; tell whether anything was."""
        ran, now = False, time.monotonic()
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2]()
            ran = True
        return ran
