"""The machine's clock and the virtual one lead an execution the same way."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from batchyard.asl.engine import Engine, Execution, NoJournal, RealClock, VirtualClock, virtual
from batchyard.asl.engine.tasks import Effect, Failed, Report, Succeeded

STEP = 0.02  # seconds between two things that happen


class Later:
    """Answers a task after as many steps as it is told; one that is to fail does."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.due: list[tuple[float, Effect, Report]] = []

    def start(self, effect: Any, report: Report) -> None:
        self.due.append((self.clock.now() + effect.arguments["steps"] * STEP, effect, report))

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None: ...

    def cancel(self, effect: Effect, reason: str) -> None:
        self.due = [each for each in self.due if each[1].id != effect.id]

    def next_due(self) -> float | None:
        return min((when for when, _, _ in self.due), default=None)

    def advance(self, now: float) -> None:
        for each in sorted(self.due, key=lambda each: each[0]):
            if each[0] <= now:
                self.due.remove(each)
                _, effect, report = each
                fails = effect.arguments["fails"]  # type: ignore[union-attr]
                report(effect.id, Failed("A", "as told") if fails else Succeeded({"done": True}))


def branch(number: int, steps: int, fails: bool) -> dict[str, Any]:
    """Return a branch that waits for its time, then for a task."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True}
    caught = {"ErrorEquals": ["A"], "Next": f"C{number}", "ResultPath": "$.e"}
    return {
        "StartAt": f"W{number}",
        "States": {
            f"W{number}": {"Type": "Wait", "TimestampPath": f"$.times[{number}]", "Next": f"T{number}"},
            f"T{number}": {**task, "Parameters": {"steps": steps, "fails": fails}, "Catch": [caught]},
            f"C{number}": {"Type": "Pass", "OutputPath": "$.e", "End": True},
        },
    }


def really(spec: Any) -> Execution:
    """Run an execution by the machine's clock, in this thread."""
    clock = RealClock()
    later = Later(clock)
    engine = Engine(clock, later, NoJournal())
    execution = engine.start(spec)
    while execution.open:
        engine.work()
        later.advance(clock.now())
        if not engine.busy:
            time.sleep(STEP / 10)
    return execution


@settings(max_examples=4, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans()), min_size=1, max_size=3))
def test_both_clocks_lead_to_the_same(branches: list[tuple[int, int, bool]]) -> None:
    begin = time.time()
    times = [datetime.fromtimestamp(begin + wait * STEP, UTC).isoformat() for wait, _, _ in branches]
    parts = [branch(number, steps, fails) for number, (_, steps, fails) in enumerate(branches)]
    machine = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": parts, "End": True}}}
    spec = virtual.spec(machine, {"times": times})
    clock = VirtualClock(begin)
    imagined = virtual.run(spec, Later(clock), clock=clock)
    real = really(spec)
    assert (real.status, real.output) == (imagined.status, imagined.output)
    assert sorted(each.type for each in real.history) == sorted(each.type for each in imagined.history)
    # Never earlier than in virtual time, and not much later.
    assert imagined.stopped_at is not None
    assert real.stopped_at is not None
    assert real.stopped_at - real.started_at >= imagined.stopped_at - imagined.started_at - STEP
