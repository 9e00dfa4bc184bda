"""Tasks whose ends are written down, and executions driven through them in virtual time."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from batchyard.asl.engine import Engine, Execution, ExecutionSpec, Stimulus, virtual
from batchyard.asl.engine.clock import Clock, VirtualClock
from batchyard.asl.engine.journal import child_end
from batchyard.asl.engine.tasks import (
    Beat,
    Effect,
    Failed,
    Outcome,
    Report,
    Started,
    Submitted,
    Succeeded,
    TaskCall,
    WriteResults,
)

Answer = dict[str, Any] | str
# Values at the limit of 262,144 bytes, by name, so that cases need not hold them.
SIZES = {
    "BIG": "x" * 262_143,
    "BIG_HALF": "x" * 140_000,
    "BIG_UNICODE": "é" * 131_072,
    "FULL": "x" * 262_142,
    "LIST": ["x" * 140_000],
    "MANY": {"l": [0] * 7_000},
}
Due = tuple[float, int, Report, str, Outcome]


class MockRunner:
    """Answers tasks from a table, at once or after a while.

    Args:
        answers: by state, in the order in which its tasks are started; the last one serves all further ones.
    """

    def __init__(self, answers: dict[str, list[Answer]], clock: Clock) -> None:
        self.answers, self.clock = answers, clock
        self.calls: dict[str, list[Effect]] = defaultdict(list)
        self.started_at: list[float] = []
        self.cancelled: list[str] = []
        self.resumed: list[tuple[Effect, Any]] = []
        self.due: list[Due] = []
        self._count = itertools.count()

    def start(self, effect: Effect, report: Report) -> None:
        name = f"{effect.state}/write" if isinstance(effect, WriteResults) else effect.state
        if isinstance(effect, TaskCall):
            self.started_at.append(self.clock.now())
        self.calls[name].append(effect)
        answers = self.answers.get(name, [{"ok": {}}])
        self._answer(effect, answers[min(len(self.calls[name]), len(answers)) - 1], report)

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:
        self.resumed.append((effect, submitted))
        answers = self.answers.get(effect.state, [{"ok": {}}])
        self._answer(effect, answers[-1], report, resumed=True)

    def cancel(self, effect: Effect, reason: str) -> None:
        self.cancelled.append(effect.state)
        self.due = [each for each in self.due if each[3] != effect.id]
        heapq.heapify(self.due)

    def next_due(self) -> float | None:
        return self.due[0][0] if self.due else None

    def advance(self, now: float) -> None:
        while self.due and self.due[0][0] <= now:
            _, _, report, effect, outcome = heapq.heappop(self.due)
            report(effect, outcome)

    def _answer(self, effect: Effect, answer: Answer, report: Report, *, resumed: bool = False) -> None:
        after = answer.get("after", 0) if isinstance(answer, dict) else 0
        for seconds, outcome in _outcomes(effect, answer, resumed):
            when = self.clock.now() + (after if seconds is None else seconds)
            if when <= self.clock.now():
                report(effect.id, outcome)
            else:
                heapq.heappush(self.due, (when, next(self._count), report, effect.id, outcome))


def _outcomes(effect: Effect, answer: Answer, resumed: bool) -> Iterable[tuple[float | None, Outcome]]:
    """Yield outcomes with the seconds after which they come, or None for the answer's own `after`."""
    if answer == "never":
        return
    if not isinstance(answer, dict):
        raise TypeError(f"no answer: {answer!r}")
    waits = isinstance(effect, TaskCall) and effect.call.pattern != "request"
    if "started" in answer and not resumed:
        yield 0, Started(answer["started"])
    if not resumed and ("submitted" in answer or (waits and answer.get("phase", "run") == "run")):
        yield 0, Submitted(answer.get("submitted", {}))
    for seconds in answer.get("beats", []):
        yield seconds, Beat()
    if "error" in answer or "phase" in answer:
        yield None, Failed(answer.get("error"), answer.get("cause"), answer.get("phase", "run"))
    elif "ok" in answer:
        output = answer["ok"]
        yield None, Succeeded(SIZES.get(output, output) if isinstance(output, str) else output)


class ListJournal:
    """Keeps everything in lists."""

    def __init__(self) -> None:
        self.happened: dict[str, list[Stimulus]] = defaultdict(list)
        self.executions: dict[str, Execution] = {}
        self.children: dict[str, dict[str, Any]] = {}
        self.commits = 0

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        self.happened[execution.spec.arn].append(stimulus)
        self.executions[execution.spec.arn] = execution

        if not execution.open and execution.spec.child:
            self.children[execution.spec.arn] = child_end(execution)

    def commit(self) -> None:
        self.commits += 1

    def stimuli(self, arn: str) -> list[Stimulus] | None:
        return list(self.happened[arn]) if arn in self.happened else None

    def ended(self, arn: str) -> dict[str, Any] | None:
        return self.children.get(arn)


class Driver:
    """An engine with mocked tasks in virtual time.

    Args:
        answers: as for `MockRunner`.
    """

    def __init__(
        self, answers: dict[str, list[Answer]] | None = None, clock: VirtualClock | None = None
    ) -> None:
        self.clock = clock or VirtualClock()
        self.runner = MockRunner(answers or {}, self.clock)
        self.journal = ListJournal()
        self.engine = Engine(self.clock, self.runner, self.journal)

    def start(self, spec: ExecutionSpec) -> Execution:
        return self.engine.start(spec)

    def run(self, until: float | None = None) -> None:
        """Go on to the end of everything, or to a time."""
        virtual.drive(self.engine, self.clock, self.runner, lambda: True, until)
        if until is not None:
            self.clock.advance_to(until)

    def again(self, spec: ExecutionSpec) -> Execution:
        """Return the execution restored from its journal into a new engine."""
        self.engine = Engine(self.clock, self.runner, self.journal)
        return self.engine.restore(spec, self.journal.stimuli(spec.arn) or [])
