"""Redrive: of everything that can end badly, again and again, and after a restart.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.asl.engine.script import Script
from tests.unit.asl.engine.test_strands import ACTIVITY, FAIL, PASS, TASK, machine, parallel, types
from tests.unit.asl.properties.wellformed import numbers, tasks

from batchyard.asl.engine import Engine, NoJournal, Stimulus, VirtualClock, virtual
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.tasks import Failed, Started, Submitted, Succeeded, TaskCall

TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


class Kept(NoJournal):
    def __init__(self) -> None:
        self.stimuli_of: list[Stimulus] = []

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        self.stimuli_of.append(Stimulus.from_json(stimulus.to_json()))


class World:
    """An execution, and what is needed to let it go on."""

    def __init__(self, definition: dict[str, Any], script: Script | None = None, given: Any = None) -> None:
        self.clock, self.script, self.journal = VirtualClock(), script or Script(), Kept()
        self.engine = Engine(self.clock, self.script, self.journal)
        self.execution = self.engine.start(virtual.spec(definition, given))

    def go(self, seconds: float | None = None) -> Execution:
        until = None if seconds is None else self.clock.now() + seconds
        virtual.drive(self.engine, self.clock, self.script, lambda: True, until)
        if until is not None:
            self.clock.advance_to(until)
        return self.execution

    def stop(self) -> None:
        self.engine.stop(self.execution.spec.arn)
        self.go(0)

    def redrive(self, seconds: float | None = None) -> Execution:
        """Redrive it as after a restart; what was played again must be what was there."""
        self.engine = Engine(self.clock, self.script, self.journal)
        again = self.engine.restore(self.execution.spec, list(self.journal.stimuli_of))
        assert again.history == self.execution.history
        self.execution = again
        self.engine.redrive(again)
        self.go(seconds)
        numbers(again.history)
        tasks(again.history)
        return again


def states(world: World) -> list[str]:
    return [effect.state for effect in world.script.started]


def test_a_parallel_gets_its_retries_anew() -> None:
    retry = [{"ErrorEquals": ["E"], "MaxAttempts": 1}]
    world = World(
        machine(P=parallel(machine(A=TASK), Retry=retry)),
        Script({"A": [[(0, Failed("E"))]] * 3 + [[(0, Succeeded(1))]]}),
    )
    assert world.go().status == "FAILED"
    assert len(world.script.started) == 2
    assert world.redrive().output == "[1]"
    assert len(world.script.started) == 4


def test_only_the_innermost_failure_runs_again() -> None:
    mapped = {"Type": "Map", "ItemProcessor": machine(B=TASK), "End": True}
    definition = machine(P=parallel(machine(G=TASK), machine(Q=parallel(machine(M=mapped), machine(C=TASK)))))
    script = Script(
        {
            "G": [[(1, Succeeded("g"))]],
            "C": [[(1, Succeeded("c"))]],
            "B": [[(1, Succeeded("b0"))], [(2, Failed("E"))], [(1, Succeeded("b1"))]],
        }
    )
    world = World(definition, script, [0, 1])
    assert world.go().status == "FAILED"
    assert world.redrive().output == '["g",[["b0","b1"],"c"]]'
    assert states(world) == ["G", "C", "B", "B", "B"]


def test_two_redrives_in_a_row() -> None:
    script = Script({"A": [[(1, Failed("E"))], [(1, Failed("E"))], [(1, Succeeded(3))]]})
    world = World(machine(P=parallel(machine(A=TASK), machine(B=PASS))), script)
    assert world.go().status == "FAILED"
    assert world.redrive().status == "FAILED"
    execution = world.redrive()
    assert (execution.status, execution.output, execution.redrive_count) == ("SUCCEEDED", "[3,{}]", 2)
    assert types(execution).count("ExecutionRedriven") == 2


def test_a_redrive_that_is_asked_for_twice_happens_once() -> None:
    world = World(machine(A=TASK), Script({"A": [[(0, Failed("E"))], [(5, Succeeded(1))]]}))
    world.go()
    world.engine.redrive(world.execution)
    world.engine.redrive(world.execution)
    world.go()
    assert world.execution.redrive_count == 1
    assert len(world.script.started) == 2


def test_iterations_that_had_not_started_start_now() -> None:
    state = {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": machine(T=TASK), "End": True}
    script = Script(
        {"T": [[(1, Succeeded(0))], [(1, Failed("E"))], [(1, Succeeded(1))], [(1, Succeeded(2))]]}
    )
    world = World(machine(M=state), script, ["a", "b", "c"])
    assert world.go().status == "FAILED"
    assert world.redrive().output == "[0,1,2]"


def test_stopped_in_a_wait_it_waits_again() -> None:
    world = World(machine(W={"Type": "Wait", "Seconds": 100, "End": True}))
    world.go(30)
    world.stop()
    execution = world.redrive()
    assert execution.status == "SUCCEEDED"
    assert execution.stopped_at == execution.started_at + 130


def test_stopped_in_the_pause_before_a_retry_it_tries_at_once() -> None:
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 100, "MaxAttempts": 1}]
    world = World(
        machine(A={**TASK, "Retry": retry}), Script({"A": [[(0, Failed("E"))], [(0, Succeeded(1))]]})
    )
    world.go(30)
    world.stop()
    execution = world.redrive(0)
    assert execution.output == "1"
    assert [effect.attempt for effect in world.script.started if isinstance(effect, TaskCall)] == [0, 0]


@pytest.mark.parametrize("resource", [TOKEN, ACTIVITY])
def test_a_task_that_waits_for_a_token_gets_a_new_one(resource: str) -> None:
    world = World(machine(A={"Type": "Task", "Resource": resource, "End": True}))
    world.go(1)
    world.stop()
    world.redrive(0)
    one, two = (effect.token for effect in world.script.started if isinstance(effect, TaskCall))
    assert one
    assert two
    assert one != two
    assert world.engine.token(one) is None
    found = world.engine.token(two)
    assert found is not None
    assert world.engine.tell(found.id, Succeeded("done"))
    assert world.go(0).output == '"done"'


def test_timed_out_it_gets_its_time_anew() -> None:
    script = Script({"A": [[], [(5, Succeeded(1))]]})
    world = World({"TimeoutSeconds": 10, **machine(A=TASK)}, script)
    assert world.go().status == "TIMED_OUT"
    assert world.redrive().output == "1"
    assert [effect.state for effect, _ in script.cancelled] == ["A"]


def test_of_a_choice_that_found_no_rule() -> None:
    rule = {"Variable": "$.n", "NumericEquals": 1, "Next": "P"}
    world = World(machine(C={"Type": "Choice", "Choices": [rule]}, P=PASS), given={"n": 2})
    assert world.go().error == "States.NoChoiceMatched"
    assert world.redrive().error == "States.NoChoiceMatched"


def test_stopped_between_two_states_it_enters_the_next_one() -> None:
    passes: dict[str, Any] = {f"P{n}": {"Type": "Pass", "Next": f"P{n + 1}"} for n in range(256)}
    world = World(machine(**passes, P256=TASK), Script({"P256": [[(0, Succeeded(1))]]}))
    world.engine.stop(world.execution.spec.arn)  # comes after the first turn, which ends after 256 states
    assert world.go().status == "ABORTED"
    execution = world.redrive()
    assert execution.status == "SUCCEEDED"
    assert types(execution).count("TaskStateEntered") == 1


def test_of_a_parallel_whose_results_could_not_be_evaluated() -> None:
    state = parallel(machine(A=TASK), ResultSelector={"x.$": "$[0].x"})
    script = Script({"A": [[(0, Succeeded({}))], [(0, Succeeded({"x": 1}))]]})
    world = World(machine(P=state), script)
    assert world.go().error == "States.Runtime"
    assert world.redrive().output == '{"x":1}'


def test_of_a_fail_in_a_branch_beside_a_submitted_job() -> None:
    waits = machine(W={"Type": "Wait", "Seconds": 1, "Next": "F"}, F=FAIL)
    script = Script({"A": [[(0, Submitted({"JobId": "1"}))]]})
    world = World(machine(P=parallel(machine(A=TASK), waits)), script)
    assert world.go().status == "FAILED"
    assert len(script.cancelled) == 1
    execution = world.redrive()  # the Fail fails again, at once
    assert execution.error == "E"
    assert len(script.cancelled) == len([each for each in script.started if each.state == "A"])


def test_an_outcome_from_before_the_redrive_is_for_nobody() -> None:
    world = World(machine(A={**TASK, "Resource": ACTIVITY}))
    world.go(0)
    (first,) = world.script.started
    world.stop()
    world.redrive(0)
    assert not world.engine.tell(first.id, Succeeded("late"))
    assert not world.engine.tell(first.id, Started("late"))
    assert world.go(0).status == "RUNNING"
