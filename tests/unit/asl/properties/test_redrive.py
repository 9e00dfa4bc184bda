"""A random execution that failed, redriven: what was done stays done, and it ends again."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings

from batchyard.asl.engine import Engine, Execution, VirtualClock, virtual
from batchyard.asl.engine.redrive import refusal

from .machines import machines
from .test_executions import FEW, SEEDS, Tape, run
from .wellformed import numbers, tasks


@settings(FEW, max_examples=30)
@given(machines(), SEEDS)
def test_a_failed_execution_goes_on_where_it_failed(machine: dict[str, Any], seed: int) -> None:
    execution, tape, world = run(machine, seed)
    assume(execution.status == "FAILED")
    before = list(execution.history)
    clock = VirtualClock(before[-1].at + 60)
    world.after(clock, tape.happened)
    engine = Engine(clock, world, Tape())
    again = engine.restore(execution.spec, tape.happened)
    assert refusal(again, clock.now()) is None
    engine.redrive(again)
    virtual.drive(engine, clock, world, lambda: again.open)
    assert again.status in ("SUCCEEDED", "FAILED")
    assert again.redrive_count == 1
    assert again.history[: len(before)] == before
    assert again.history[len(before)].type == "ExecutionRedriven"
    numbers(again.history)
    tasks(again.history)
    # A Parallel that is retried runs its branches anew, and iterations of a Map leave states of one name.
    if not any(word in str(machine) for word in ("Map", "Retry")):
        assert not _left(before) & _left(again.history[len(before) :])
    if again.status == "SUCCEEDED":
        assert again.output is not None


def test_what_can_not_be_redriven_says_why() -> None:
    machine = {"StartAt": "E", "States": {"E": {"Type": "Succeed"}}}
    execution = _run(machine)
    assert refusal(execution, 0) == "Execution is SUCCEEDED and cannot be redriven"


def _run(machine: dict[str, Any]) -> Execution:
    execution, _, _ = run(machine, 0)
    return execution


def _left(history: Any) -> set[str]:
    """Return the names of tasks that succeeded: their states were left."""
    return {(event.details or {})["name"] for event in history if event.type == "TaskStateExited"}
