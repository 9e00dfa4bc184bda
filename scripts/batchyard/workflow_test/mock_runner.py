"""A TaskRunner whose tasks answer as a test case says, in virtual time."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchyard.asl.engine.clock import Clock
from batchyard.asl.engine.tasks import (
    Effect,
    Failed,
    Outcome,
    ReadItems,
    Report,
    Succeeded,
    TaskCall,
    WriteResults,
)
from batchyard.workflow_test.answers import answers, items, unfit
from batchyard.workflow_test.format import Mock
from batchyard.workflow_test.loading import Mocks
from batchyard.workflow_test.matching import fits, shown

Place = tuple[int, ...]  # indices of the Map iterations around a state, the outermost first


@dataclass(frozen=True)
class Sent:
    """What a task was asked.

    Args:
        at: virtual seconds since the execution's start.
        place: indices of the Map iterations that it ran in.
    """

    state: str
    arguments: Any
    attempt: int
    at: float
    place: Place = ()


@dataclass(frozen=True)
class Situation:
    """Where an effect was asked for: the iteration, and the state's input."""

    place: Place
    input: Any


class MockRunner:
    """Answers tasks from mocks.

    Args:
        mocks: by state, in order; the last one repeats.
        written: for the ResultWriter of a Distributed Map, by state; without one they are written.
        clock: tells virtual time.
        situation: tells where an effect was asked for.
        folder: where files that mocks name lie.
    """

    def __init__(
        self,
        mocks: Mocks,
        written: Mocks,
        clock: Clock,
        situation: Callable[[Effect], Situation],
        folder: Path,
    ) -> None:
        self._mocks, self._written, self._clock = mocks, written, clock
        self._situation, self._folder = situation, folder
        self._calls: Counter[tuple[object, ...]] = Counter()
        self._due: list[tuple[float, int, str, Outcome]] = []
        self._told, self._began = 0, clock.now()
        self._cancelled: set[str] = set()
        self._report: Report | None = None
        self.sent: list[Sent] = []
        self.cancelled: list[tuple[str, str]] = []
        self.refused: str | None = None

    def start(self, effect: Effect, report: Report) -> None:
        """Begin a task; see TaskRunner."""
        self._report = report
        if isinstance(effect, WriteResults):
            self._tell(effect.id, 0, self._write(effect))
            return
        where = self._situation(effect)
        if isinstance(effect, TaskCall):
            at = self._clock.now() - self._began
            self.sent.append(Sent(effect.state, effect.arguments, effect.attempt, at, where.place))
        mock = self._pick(effect, where)
        if mock is None:
            return
        if isinstance(effect, ReadItems):
            self._tell(effect.id, mock.after, items(mock, self._folder))
            return
        for after, outcome in answers(mock, effect, self._clock.now()):
            self._tell(effect.id, after, outcome)

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:  # noqa: ANN401
        """Go on after a restart, which virtual time has none of."""

    def cancel(self, effect: Effect, reason: str) -> None:
        """Stop a task; what it would have told is dropped."""
        self._cancelled.add(effect.id)
        self.cancelled.append((effect.state, reason))

    def next_due(self) -> float | None:
        """Return when the next answer is due, seconds since the epoch; None if none is."""
        while self._due and self._due[0][2] in self._cancelled:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def advance(self, now: float) -> None:
        """Tell all answers that are due."""
        while (due := self.next_due()) is not None and due <= now:
            _, _, effect_id, outcome = heapq.heappop(self._due)
            assert self._report is not None  # noqa: S101 - something has been started
            self._report(effect_id, outcome)

    def _tell(self, effect_id: str, after: float, outcome: Outcome) -> None:
        self._told += 1
        heapq.heappush(self._due, (self._clock.now() + after, self._told, effect_id, outcome))

    def _pick(self, effect: TaskCall | ReadItems, where: Situation) -> Mock | None:
        """Return the mock that answers; None, with `refused` set, if there is none."""
        mocks = self._mocks.get(effect.state, ())
        fitting = [(n, mock) for n, mock in enumerate(mocks) if mock.conditional and _meant(mock, where)]
        fitting = fitting or [(n, mock) for n, mock in enumerate(mocks) if not mock.conditional]
        if not fitting:
            self.refused = self.refused or _unmocked(effect, where, bool(mocks))
            return None
        key = (effect.state, where.place, tuple(n for n, _ in fitting))
        in_order = [each for each in fitting for _ in range(each[1].times)]
        _, mock = in_order[min(self._calls[key], len(in_order) - 1)]
        self._calls[key] += 1
        if why := unfit(mock, effect):
            self.refused = self.refused or f"state {effect.state} {why}"
            return None
        return mock

    def _write(self, effect: WriteResults) -> Outcome:
        mock = next(iter(self._written.get(effect.state, ())), None)
        if mock is not None:
            return Failed(mock.error, mock.cause) if mock.error else Succeeded(mock.result)
        place: Mapping[str, Any] = effect.writer.get("Parameters", {})
        prefix = str(place.get("Prefix", "")).rstrip("/")
        key = "/".join(part for part in (prefix, effect.map_run_arn.split(":")[-1], "manifest.json") if part)
        return Succeeded({"Bucket": place.get("Bucket", ""), "Key": key})


def _meant(mock: Mock, where: Situation) -> bool:
    place = ".".join(map(str, where.place))
    if (
        mock.item is not None
        and str(mock.item) != place
        and (isinstance(mock.item, str) or where.place[-1:] != (mock.item,))
    ):
        return False
    return "input" not in mock.model_fields_set or fits(mock.input, where.input)


def _unmocked(effect: TaskCall | ReadItems, where: Situation, some: bool) -> str:
    what = effect.call.resource if isinstance(effect, TaskCall) else "its ItemReader"
    item = f" in iteration {'.'.join(map(str, where.place))}" if where.place else ""
    none = "none of its mocks is for this call" if some else "it has no mock"
    return f"state {effect.state}{item} calls {what}, and {none}; its input is {shown(where.input)}"
