"""The engine: stop, redrive, tokens, and restoring from the journal."""

from __future__ import annotations

from typing import Any

from tests.unit.asl.engine.script import Script

from batchyard.asl.engine import Engine, NoJournal, Stimulus, VirtualClock, virtual
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.redrive import refusal
from batchyard.asl.engine.tasks import Failed, Submitted, Succeeded, TaskCall

BATCH = "arn:aws:states:::batch:submitJob.sync"
TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
TASK = {"Type": "Task", "Resource": BATCH}


class Kept(NoJournal):
    def __init__(self) -> None:
        self.stimuli: list[Stimulus] = []

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        # through JSON, as a journal on disk has it
        self.stimuli.append(Stimulus.from_json(stimulus.to_json()))


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def begin(
    definition: dict[str, Any], script: Script, journal: Kept | None = None
) -> tuple[Engine, Execution, VirtualClock]:
    clock = VirtualClock()
    engine = Engine(clock, script, journal or Kept())
    execution = engine.start(virtual.spec(definition))
    engine.work()
    return engine, execution, clock


def test_a_stop_ends_the_execution_and_cancels_its_tasks() -> None:
    script = Script()
    engine, execution, _ = begin(machine(T={**TASK, "End": True}), script)
    engine.stop(execution.spec.arn, "Enough", "of it")
    engine.work()
    assert (execution.status, execution.error, execution.cause) == ("ABORTED", "Enough", "of it")
    assert execution.history[-1].type == "ExecutionAborted"
    assert len(script.cancelled) == 1
    assert not engine.executions


def test_an_outcome_that_nobody_waits_for_is_refused() -> None:
    script = Script()
    engine, execution, _ = begin(machine(T={**TASK, "End": True}), script)
    (effect,) = script.started
    assert engine.tell(effect.id, Succeeded(1))
    engine.work()
    assert execution.status == "SUCCEEDED"
    assert not engine.tell(effect.id, Succeeded(2))


def test_a_token_finds_its_open_task() -> None:
    script = Script()
    engine, _, _ = begin(machine(T={"Type": "Task", "Resource": TOKEN, "End": True}), script)
    (effect,) = script.started
    assert isinstance(effect, TaskCall)
    assert effect.token is not None
    assert engine.token(effect.token) == effect
    assert engine.token("bm9uZQ==") is None
    assert engine.token("no token") is None
    engine.tell(effect.id, Succeeded(1))
    engine.work()
    assert engine.token(effect.token) is None


def test_a_restored_execution_goes_on_where_it_was() -> None:
    states = machine(
        A={"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "Next": "T"},
        T={**TASK, "TimeoutSeconds": 500, "Next": "W"},
        W={"Type": "Wait", "Seconds": 100, "End": True},
    )
    journal = Kept()
    script = Script({"T": [[(0, Submitted({"JobId": "j"}))]]})
    engine, execution, clock = begin(states, script, journal)
    engine.work()

    again = Script()
    other = Engine(clock, again, Kept())
    restored = other.restore(execution.spec, journal.stimuli)
    assert restored.history == execution.history
    assert not again.started
    other.resume()
    ((effect, submitted),) = again.resumed
    assert (effect, submitted) == (script.started[0], {"JobId": "j"})
    other.tell(effect.id, Succeeded({"x": 1}))
    other.work()
    due = other.next_due()
    assert due == clock.now() + 100
    clock.advance_to(due)
    other.work()
    assert (restored.status, restored.output) == ("SUCCEEDED", '{"x":1}')


def test_a_redrive_goes_on_at_the_state_that_failed() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
    states = machine(A={"Type": "Pass", "Next": "T"}, T={**TASK, "End": True})
    script = Script({"T": [[(0, Failed("E"))], [(0, Succeeded("ok"))]]})
    engine, execution, clock = begin(states, script)
    engine.work()
    assert execution.status == "FAILED"
    assert refusal(execution, clock.now()) is None
    engine.redrive(execution)
    engine.work()
    engine.work()
    assert (execution.status, execution.output, execution.redrive_count) == ("SUCCEEDED", '"ok"', 1)
    redriven = next(event for event in execution.history if event.type == "ExecutionRedriven")
    assert redriven.details == {"redriveCount": 1}
    assert [event.type for event in execution.history[redriven.id :]][:2] == ["TaskScheduled", "TaskStarted"]
    assert refusal(execution, clock.now()) == "Execution is SUCCEEDED and cannot be redriven"


def test_a_redrive_runs_only_the_branches_that_did_not_succeed() -> None:
    good = machine(G={"Type": "Task", "Resource": BATCH, "End": True})
    bad = machine(B={"Type": "Task", "Resource": BATCH, "End": True})
    script = Script({"G": [[(0, Succeeded("g"))]], "B": [[(1, Failed("E"))], [(0, Succeeded("b"))]]})
    clock = VirtualClock()
    engine = Engine(clock, script, Kept())
    execution = engine.start(
        virtual.spec(machine(P={"Type": "Parallel", "Branches": [good, bad], "End": True}))
    )
    virtual.drive(engine, clock, script, lambda: execution.open)
    assert execution.status == "FAILED"
    engine.redrive(execution)
    engine.work()
    virtual.drive(engine, clock, script, lambda: execution.open)
    assert (execution.status, execution.output) == ("SUCCEEDED", '["g","b"]')
    assert [effect.state for effect in script.started] == ["G", "B", "B"]


def test_a_busy_execution_does_not_starve_the_others() -> None:
    loop = machine(A={"Type": "Pass", "Next": "A"})
    clock = VirtualClock()
    engine = Engine(clock, Script(), Kept())
    long = engine.start(virtual.spec(loop, name="long"))
    short = engine.start(virtual.spec(machine(S={"Type": "Succeed"}), name="short"))
    engine.work()
    assert short.status == "SUCCEEDED"
    for _ in range(100):
        engine.work()
    assert long.status == "FAILED"


def test_the_same_seed_gives_the_same_history() -> None:
    states = machine(A={"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "End": True})
    one, two = (virtual.run(virtual.spec(states, seed=7), Script()) for _ in range(2))
    other = virtual.run(virtual.spec(states, seed=8), Script())
    assert one.history == two.history
    assert one.output != other.output
