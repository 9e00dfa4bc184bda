"""Parallel and inline Map."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.asl.engine.script import Script

from batchyard.asl.engine import virtual
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.tasks import Failed, Succeeded

BATCH = "arn:aws:states:::batch:submitJob.sync"
# Recorded executions of the service (flow of Map and Parallel states, July and September 2023, March 2024)
# are the source of the order and links below.


def run(state: dict[str, Any], given: Any, script: Script | None = None, **more: Any) -> Execution:
    definition = {"StartAt": "M", "States": {"M": {"End": True, **state}, **more}}
    return virtual.run(virtual.spec(definition, given), script or Script())


def processor(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def shape(execution: Execution, first: int = 2) -> list[tuple[int, int, str]]:
    return [(event.id, event.previous, event.type) for event in execution.history][first:]


PASS = {"Type": "Pass", "End": True}


def test_one_iteration_at_a_time() -> None:
    execution = run({"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": processor(P=PASS)}, [1, 2])
    assert shape(execution) == [
        (3, 2, "MapStateStarted"),
        (4, 3, "MapIterationStarted"),
        (5, 4, "PassStateEntered"),
        (6, 5, "PassStateExited"),
        (7, 6, "MapIterationSucceeded"),
        (8, 6, "MapIterationStarted"),
        (9, 8, "PassStateEntered"),
        (10, 9, "PassStateExited"),
        (11, 10, "MapIterationSucceeded"),
        (12, 11, "MapStateSucceeded"),
        (13, 11, "MapStateExited"),
        (14, 13, "ExecutionSucceeded"),
    ]
    assert execution.output == "[1,2]"


def test_iterations_start_together_where_nothing_limits_them() -> None:
    execution = run({"Type": "Map", "ItemProcessor": processor(P=PASS)}, [1, 2, 3])
    assert shape(execution)[1:4] == [(n, 3, "MapIterationStarted") for n in (4, 5, 6)]


def test_an_empty_map_succeeds() -> None:
    execution = run({"Type": "Map", "ItemProcessor": processor(P=PASS)}, [])
    assert execution.output == "[]"
    assert [kind for _, _, kind in shape(execution)][:3] == [
        "MapStateStarted",
        "MapStateSucceeded",
        "MapStateExited",
    ]


def test_an_iteration_that_fails_ends_the_others() -> None:
    states = processor(T={"Type": "Task", "Resource": BATCH, "End": True})
    script = Script({"T": [[(1, Failed("E", "c"))], [(9, Succeeded(1))]]})
    execution = run({"Type": "Map", "ItemProcessor": states}, [1, 2], script)
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "E", "c")
    failed = next(event for event in execution.history if event.type == "TaskFailed")
    after = [(event.previous, event.type) for event in execution.history[failed.id :]]
    assert after[:3] == [
        (failed.id, "MapIterationFailed"),
        (failed.id, "TaskStateAborted"),
        (failed.id, "MapIterationAborted"),
    ]
    assert after[-2:] == [(failed.id, "MapStateFailed"), (execution.history[-2].id, "ExecutionFailed")]
    assert len(script.cancelled) == 1


def test_a_map_that_is_retried_starts_again_without_having_failed() -> None:
    states = processor(F={"Type": "Fail", "Error": "E"})
    retry = [{"ErrorEquals": ["E"], "MaxAttempts": 1}]
    execution = run({"Type": "Map", "ItemProcessor": states, "Retry": retry}, [1])
    assert [kind for _, _, kind in shape(execution)] == [
        "MapStateStarted",
        "MapIterationStarted",
        "FailStateEntered",
        "MapIterationFailed",
        "MapStateStarted",
        "MapIterationStarted",
        "FailStateEntered",
        "MapIterationFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]


def test_a_caught_failure_of_a_map_leaves_by_its_catcher() -> None:
    states = processor(F={"Type": "Fail", "Error": "E", "Cause": "c"})
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    execution = run(
        {"Type": "Map", "ItemProcessor": states, "Catch": catch}, [1], Done={"Type": "Pass", "End": True}
    )
    assert execution.output == '{"Error":"E","Cause":"c"}'
    assert [kind for _, _, kind in shape(execution)][4:6] == ["MapStateFailed", "MapStateExited"]


def test_an_item_selector_sees_the_item_and_its_index() -> None:
    selector = {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "k.$": "$.k"}
    state = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemSelector": selector,
        "ItemProcessor": processor(P=PASS),
    }
    execution = run(state, {"k": 9, "items": ["a", "b"]})
    assert json.loads(execution.output or "") == [{"i": 0, "v": "a", "k": 9}, {"i": 1, "v": "b", "k": 9}]


def test_a_parallel_gathers_its_branches_in_order() -> None:
    slow = processor(T={"Type": "Task", "Resource": BATCH, "End": True})
    execution = run(
        {"Type": "Parallel", "Branches": [slow, processor(P=PASS)]},
        {"a": 1},
        Script({"T": [[(5, Succeeded("slow"))]]}),
    )
    assert execution.output == '["slow",{"a":1}]'
    kinds = [kind for _, _, kind in shape(execution)]
    assert kinds[0] == "ParallelStateStarted"
    assert kinds[-3:] == ["ParallelStateSucceeded", "ParallelStateExited", "ExecutionSucceeded"]
    succeeded, exited = execution.history[-3:-1]
    assert succeeded.previous == exited.previous


def test_a_branch_that_fails_ends_its_sisters_and_their_tasks() -> None:
    fails = processor(F={"Type": "Fail", "Error": "E"})
    waits = processor(T={"Type": "Task", "Resource": BATCH, "End": True})
    script = Script()
    execution = run(
        {
            "Type": "Parallel",
            "Branches": [
                waits,
                processor(W={"Type": "Wait", "Seconds": 1, "Next": "F"}, F=fails["States"]["F"]),
            ],
        },
        {},
        script,
    )
    assert (execution.status, execution.error) == ("FAILED", "E")
    assert [kind for _, _, kind in shape(execution)][-3:] == [
        "TaskStateAborted",
        "ParallelStateFailed",
        "ExecutionFailed",
    ]
    assert len(script.cancelled) == 1


def test_inner_scopes_read_outer_variables_and_keep_their_own() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-scope
    inner = processor(
        P={"Type": "Pass", "Assign": {"mine": "{% $outer & $states.input %}"}, "Next": "Q"},
        Q={"Type": "Pass", "Output": "{% $mine %}", "End": True},
    )
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Assign": {"outer": "o"}, "Next": "M"},
            "M": {"Type": "Map", "Items": ["a", "b"], "ItemProcessor": inner, "End": True},
        },
    }
    execution = virtual.run(virtual.spec(definition), Script())
    assert execution.output == '["oa","ob"]'
    assert execution.variables == {"outer": "o"}


def test_an_inline_map_runs_forty_iterations_at_once() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
    waits = processor(W={"Type": "Wait", "Seconds": 1, "End": True})
    execution = run({"Type": "Map", "MaxConcurrency": 0, "ItemProcessor": waits}, list(range(100)))
    assert execution.stopped_at == execution.started_at + 3
