"""The time of the host's rounds: all that happens in one round happens at one time."""

from __future__ import annotations

import math

from batchyard.asl.engine.clock import Clock, RealClock


class RoundClock:
    """A clock that goes on from round to round, in whole milliseconds, as the API tells times; never back.

    Args:
        source: the clock that it follows.
    """

    def __init__(self, source: Clock | None = None) -> None:
        self.source: Clock = source or RealClock()
        self._now = 0.0
        self.tick()

    def now(self) -> float:
        return self._now

    def tick(self) -> None:
        """Begin a round."""
        self._now = max(self._now, math.floor(self.source.now() * 1000) / 1000)

    def until(self, due: float) -> float:
        """Return the seconds until the round in which a time has come."""
        return max(0.001, due - self.source.now()) if due > self._now else 0.0
