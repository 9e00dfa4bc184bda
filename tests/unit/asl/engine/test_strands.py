"""Strands: what ends with them, and what a failure in the middle leaves behind."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from tests.unit.asl.engine.script import Script

from batchyard.asl.engine import Engine, NoJournal, VirtualClock, virtual
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.failing import delay
from batchyard.asl.engine.table import STEPS
from batchyard.asl.engine.tasks import Failed, Started, Submitted, Succeeded
from batchyard.asl.parts import Retrier

BATCH = "arn:aws:states:::batch:submitJob.sync"
ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:a"
TASK = {"Type": "Task", "Resource": BATCH, "End": True}
PASS = {"Type": "Pass", "End": True}
FAIL = {"Type": "Fail", "Error": "E"}
ALL = ["States.ALL"]


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def parallel(*branches: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches), "End": True, **more}


def run(definition: dict[str, Any], given: Any = None, script: Script | None = None) -> Execution:
    return virtual.run(virtual.spec(definition, given), script or Script())


def types(execution: Execution) -> list[str]:
    return [event.type for event in execution.history]


def test_a_state_that_was_not_entered_yet_is_not_aborted() -> None:
    one = machine(A={"Type": "Pass", "Next": "F"}, F=FAIL)
    two = machine(B={"Type": "Pass", "Next": "T"}, T=TASK)
    execution = run(machine(P=parallel(one, two)))
    assert "TaskStateEntered" not in types(execution)
    assert "TaskStateAborted" not in types(execution)


def test_branches_of_a_branch_that_failed_are_ended_once() -> None:
    inner = machine(Q=parallel(machine(A=TASK), machine(B=TASK)))
    script = Script({"A": [[(1, Failed("E"))]]})
    execution = run(machine(P=parallel(inner, machine(C=TASK))), script=script)
    assert types(execution).count("TaskStateAborted") == 3  # A, B and C
    assert sorted(effect.state for effect, _ in script.cancelled) == ["B", "C"]


def test_a_catcher_whose_output_is_too_large_catches_nothing() -> None:
    catch = [{"ErrorEquals": ALL, "ResultPath": "$.e", "Next": "D"}]
    states = machine(T={**TASK, "Catch": catch}, D=PASS)
    script = Script({"T": [[(0, Failed("E", "why" * 500))]]})
    execution = run(states, {"a": "x" * 262_000}, script)
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    assert (execution.status, execution.error) == ("FAILED", "States.DataLimitExceeded")
    assert types(execution)[-2:] == ["TaskFailed", "ExecutionFailed"]


@pytest.mark.parametrize("most", [5.0, None])
@pytest.mark.parametrize("backoff", [10, 10.5])
@pytest.mark.parametrize("jitter", [False, True])
def test_any_number_of_retries_has_a_delay(most: float | None, backoff: float, jitter: bool) -> None:
    body: dict[str, Any] = {"ErrorEquals": ["E"], "BackoffRate": backoff, "MaxAttempts": 1_000}
    body |= {"MaxDelaySeconds": most} if most else {}
    retrier = Retrier.of(body | ({"JitterStrategy": "FULL"} if jitter else {}))
    chance = Execution(virtual.spec(machine(P=PASS)), STEPS).chance
    # An execution lasts a year at most: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    assert 0 <= delay(retrier, 999, chance) <= (most or 366 * 86_400)


def test_a_map_that_is_through_sees_no_item_in_its_context() -> None:
    state = {
        "Type": "Map",
        "ItemSelector": {"i": "{% $states.context.Map.Item.Index %}"},
        "ItemProcessor": machine(P=PASS),
        "Output": "{% $exists($states.context.Map) %}",
        "End": True,
    }
    execution = run({"QueryLanguage": "JSONata", **machine(M=state)}, [1, 2])
    assert execution.output == "false"


def test_an_output_that_can_not_be_written_fails_the_state_that_gave_it() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    script = Script({"T": [[(0, Submitted({})), (0, Succeeded(deep))]]})
    execution = run(machine(P=parallel(machine(T=TASK))), script=script)
    assert (execution.status, execution.error) == ("FAILED", "States.Runtime")
    assert "nested too deep" in (execution.cause or "")


def test_a_retried_parallel_cancels_what_its_branches_had_under_way() -> None:
    retry = [{"ErrorEquals": ["E"], "MaxAttempts": 1}]
    slow = {**TASK, "TimeoutSeconds": 3}
    state = parallel(machine(A=slow), machine(B=TASK), Retry=retry)
    script = Script({"A": [[], [(1, Succeeded("a"))]], "B": [[(1, Failed("E"))], [(4, Succeeded("b"))]]})
    execution = run(machine(P=state), script=script)
    assert (execution.status, execution.output) == ("SUCCEEDED", '["a","b"]')
    assert [effect.state for effect, _ in script.cancelled] == ["A"]
    assert "TaskTimedOut" not in types(execution)


def test_a_pause_before_a_retry_ends_with_its_branch() -> None:
    retry = [{"ErrorEquals": ["F"], "IntervalSeconds": 50}]
    caught = [{"ErrorEquals": ALL, "Next": "W"}]
    branches = machine(A={**TASK, "Retry": retry}), machine(B=TASK)
    wait = {"Type": "Wait", "Seconds": 100, "End": True}
    script = Script({"A": [[(0, Failed("F"))]], "B": [[(2, Failed("E"))]]})
    execution = run(machine(P=parallel(*branches, Catch=caught), W=wait), script=script)
    assert execution.status == "SUCCEEDED"
    assert [effect.state for effect in script.started] == ["A", "B"]
    assert execution.stopped_at == execution.started_at + 102


def test_waits_of_iterations_end_with_their_map() -> None:
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "F"}],
        "Default": "W",
    }
    wait = {"Type": "Wait", "Seconds": 9, "Next": "T"}
    states = machine(V={"Type": "Wait", "Seconds": 1, "Next": "C"}, C=choice, W=wait, T=TASK, F=FAIL)
    state = {
        "Type": "Map",
        "ItemProcessor": states,
        "Catch": [{"ErrorEquals": ALL, "Next": "X"}],
        "End": True,
    }
    script = Script()
    execution = run(machine(M=state, X={**wait, "Next": "Y"}, Y=PASS), [0, 1, 2], script)
    assert execution.stopped_at == execution.started_at + 10
    assert not script.started


def test_an_item_selector_that_fails_in_the_middle_ends_the_iterations_that_run() -> None:
    state = {
        "Type": "Map",
        "MaxConcurrency": 2,
        "ItemSelector": {"v.$": "$$.Map.Item.Value.v"},
        "ItemProcessor": machine(T=TASK),
        "End": True,
    }
    script = Script({"T": [[(1, Succeeded(1))], []]})
    execution = run(machine(M=state), [{"v": 1}, {"v": 2}, {}], script)
    assert execution.status == "FAILED"
    assert [effect.state for effect, _ in script.cancelled] == ["T"]
    assert types(execution).count("MapIterationAborted") == 1
    assert not execution.outstanding


def test_the_results_of_a_parallel_that_can_not_be_evaluated_fail_it() -> None:
    state = parallel(
        machine(A=PASS), ResultSelector={"x.$": "$[7].no"}, Catch=[{"ErrorEquals": ALL, "Next": "D"}]
    )
    execution = run(machine(P=state, D=PASS))
    assert execution.error == "States.Runtime"  # which is never caught
    assert "'P'" in (execution.cause or "")


def test_a_task_that_is_asked_for_and_given_up_at_once_is_never_handed_out() -> None:
    script = Script()
    branches = [machine(T=TASK), machine(A={"Type": "Pass", "Next": "F"}, F=FAIL)]
    execution = run(machine(P=parallel(*branches)), script=script)
    assert execution.status == "FAILED"
    assert not script.started
    assert not script.cancelled


def test_time_goes_on_only() -> None:
    clock = VirtualClock()
    script = Script({"A": [[(0, Succeeded(1))]]})
    engine = Engine(clock, script, NoJournal())
    execution = engine.start(
        virtual.spec(machine(A={**TASK, "Next": "W"}, W={"Type": "Wait", "Seconds": 0, "End": True}))
    )
    engine.work()
    clock._now -= 3_600  # a machine's clock that is set back
    while engine.busy or execution.open:
        engine.work()
        clock.advance_to(engine.next_due() or 0)
    at = [event.at for event in execution.history]
    assert at == sorted(at)


def test_a_worker_has_the_whole_heartbeat_from_when_it_took_the_task() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
    state = {"Type": "Task", "Resource": ACTIVITY, "HeartbeatSeconds": 10, "TimeoutSeconds": 100, "End": True}
    script = Script({"S": [[(30, Started("w")), (39, Succeeded(1))]]})
    execution = run(machine(S=state), script=script)
    assert execution.status == "SUCCEEDED"


def test_an_activity_that_nobody_polls_times_out() -> None:
    state = {"Type": "Task", "Resource": ACTIVITY, "HeartbeatSeconds": 10, "TimeoutSeconds": 100, "End": True}
    execution = run(machine(S=state))
    assert types(execution)[-2:] == ["ActivityTimedOut", "ExecutionFailed"]
    assert execution.stopped_at == execution.started_at + 100


def test_timers_of_what_is_over_are_forgotten() -> None:
    clock = VirtualClock()
    engine = Engine(clock, Script({"T": [[(0, Succeeded(1))]]}), NoJournal())
    definition = machine(T={**TASK, "TimeoutSeconds": 1_000_000})
    kept: list[weakref.ref[Execution]] = []
    for number in range(3_000):
        kept.append(weakref.ref(engine.start(virtual.spec(definition, name=str(number)))))
        while engine.busy:
            engine.work()
    assert not engine.executions
    gc.collect()
    # Each of them had a timer that is due in twelve days, and that would keep its history for so long.
    assert sum(each() is not None for each in kept) < 1_500


def test_a_wait_is_no_longer_than_the_language_lets_it() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
    execution = run(machine(W={"Type": "Wait", "SecondsPath": "$.n", "End": True}), {"n": 10**17})
    assert execution.error == "States.Runtime"
    assert "internal" not in (execution.cause or "")
    jsonata = {
        "QueryLanguage": "JSONata",
        **machine(W={"Type": "Wait", "Seconds": "{% 1e17 %}", "End": True}),
    }
    assert run(jsonata).error == "States.QueryEvaluationError"
