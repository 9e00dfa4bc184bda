"""A task runner that answers as it was told to, at once or after virtual seconds."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from batchyard.asl.engine.tasks import Effect, Outcome, Report


class Script:
    """Answers the attempts at each state in turn; the last answer repeats.

    Args:
        answers: by state, one list of `(seconds, outcome)` per attempt.
    """

    def __init__(
        self, answers: Mapping[str, Sequence[Sequence[tuple[float, Outcome]]]] | None = None
    ) -> None:
        self._answers = answers or {}
        self._used: dict[str, int] = defaultdict(int)
        self._due: list[tuple[float, int, str, Outcome, Report]] = []
        self._number, self._now = 0, 1_700_000_000.0  # as VirtualClock starts
        self.started: list[Effect] = []
        self.resumed: list[tuple[Effect, Any]] = []
        self.cancelled: list[tuple[Effect, str]] = []

    def start(self, effect: Effect, report: Report) -> None:
        self.started.append(effect)
        answers = self._answers.get(effect.state, [])
        used = self._used[effect.state]
        self._used[effect.state] += 1
        for seconds, outcome in answers[min(used, len(answers) - 1)] if answers else []:
            if seconds == 0:
                report(effect.id, outcome)
            else:
                self._number += 1
                due = self._now + seconds
                heapq.heappush(self._due, (due, self._number, effect.id, outcome, report))

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:
        self.resumed.append((effect, submitted))

    def cancel(self, effect: Effect, reason: str) -> None:
        self.cancelled.append((effect, reason))

    def next_due(self) -> float | None:
        return self._due[0][0] if self._due else None

    def advance(self, now: float) -> None:
        self._now = now
        while self._due and self._due[0][0] <= now:
            _, _, effect_id, outcome, report = heapq.heappop(self._due)
            report(effect_id, outcome)
