"""What histories tell.

Sources: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html; that the entry
into a branch, an iteration or a next state follows from what came before is in the examples of
https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from __future__ import annotations

import json

import pytest
from tests.unit.runs.run_records import event, on_aws, submitted

from batchyard.asl.engine import virtual
from batchyard.runs.history import (
    FailedTask,
    JobSeen,
    MapRunSeen,
    failed_without_job,
    jobs,
    map_runs,
    whereabouts,
)


def test_jobs_belong_to_their_states_where_branches_interleave() -> None:
    assert jobs(on_aws()) == [JobSeen("job-stats", "Stats"), JobSeen("job-call", "Call")]
    assert failed_without_job(on_aws()) == []


@pytest.mark.parametrize(
    ("kind", "output"),
    [
        ("TaskSucceeded", {"Payload": {"jobId": "job-1"}}),
        ("LambdaFunctionSucceeded", {"jobId": "job-1"}),
        ("TaskSucceeded", {"JobId": "job-1"}),
    ],
)
def test_a_job_that_a_function_submits_is_of_the_first_state_that_tells_of_it(
    kind: str, output: object
) -> None:
    text = json.dumps(output)
    events = [
        event(1, "TaskStateEntered", name="Align"),
        event(2, kind, 1, output=text),
        event(3, "TaskStateExited", 2, name="Align"),
        event(4, "TaskStateEntered", 3, name="Align.GetJobStatus"),
        event(5, kind, 4, output=text),
    ]
    assert jobs(events) == [JobSeen("job-1", "Align")]


def test_a_task_that_was_never_submitted_is_told_with_its_last_error() -> None:
    batch = {"resourceType": "batch", "resource": "r"}
    events = [
        event(1, "TaskStateEntered", name="Align"),
        event(2, "TaskScheduled", 1),
        event(3, "TaskSubmitFailed", 2, **batch, error="Batch.ServerException", cause="busy"),
        event(4, "TaskSubmitFailed", 3, **batch, error="Batch.ClientException", cause="no queue"),
    ]
    assert failed_without_job(events) == [FailedTask("Align", "Batch.ClientException", "no queue", 3.0)]


@pytest.mark.parametrize(
    "kind",
    [
        "LambdaFunctionFailed",
        "LambdaFunctionTimedOut",
        "LambdaFunctionScheduleFailed",
        "ActivityFailed",
        "TaskTimedOut",
        "TaskStartFailed",
    ],
)
def test_every_kind_of_task_can_fail(kind: str) -> None:
    events = [event(1, "TaskStateEntered", name="Call"), event(2, kind, 1, error="E", cause="c")]
    assert failed_without_job(events) == [FailedTask("Call", "E", "c", 1.0)]


@pytest.mark.parametrize("kind", ["LambdaFunctionSucceeded", "TaskSucceeded", "ActivitySucceeded"])
def test_a_task_that_succeeded_in_the_end_has_not_failed(kind: str) -> None:
    events = [
        event(1, "TaskStateEntered", name="Call"),
        event(2, "LambdaFunctionFailed", 1, error="E"),
        event(3, "ExecutionFailed", 2, error="E"),
        event(4, "ExecutionRedriven", 3),
        event(5, kind, 4, output="1"),
    ]
    assert failed_without_job(events) == []


def test_a_submission_that_was_refused_at_first_has_a_job() -> None:
    batch = {"resourceType": "batch", "resource": "r"}
    events = [
        event(1, "TaskStateEntered", name="Align"),
        event(2, "TaskSubmitFailed", 1, **batch, error="Batch.ServerException", cause="busy"),
        event(3, "TaskSubmitted", 2, **batch, output=submitted("job-1", "Align")),
        event(4, "TaskTimedOut", 3, **batch, error="States.Timeout"),
    ]
    assert jobs(events) == [JobSeen("job-1", "Align")]
    assert failed_without_job(events) == []


def test_failures_of_many_iterations_are_one_of_their_state() -> None:
    events = [event(1, "MapStateEntered", name="Each"), event(2, "MapStateStarted", 1, length=2)]
    for index in (0, 1):
        at = 3 + 3 * index
        events += [
            event(at, "MapIterationStarted", 2, name="Each", index=index),
            event(at + 1, "TaskStateEntered", at, name="Call"),
            event(at + 2, "LambdaFunctionFailed", at + 1, error=f"E{index}"),
        ]
    assert [(task.state, task.error) for task in failed_without_job(events)] == [("Call", "E1")]


def test_a_distributed_map_is_told_with_its_run() -> None:
    events = [
        event(1, "MapStateEntered", name="Each"),
        event(2, "MapStateStarted", 1, length=2),
        event(3, "MapRunStarted", 2, mapRunArn="arn:run"),
        event(4, "MapRunFailed", 3, error="E", cause="c"),
    ]
    assert map_runs(events) == [MapRunSeen("arn:run", "Each")]
    assert failed_without_job(events) == [FailedTask("Each", "E", "c", 3.0)]


def test_outputs_that_are_no_job_are_passed_over() -> None:
    for output in (
        '"text"',
        "[1]",
        "not JSON",
        '{"JobId": 5}',
        '{"Payload": {"jobId": 5}}',
        '{"Payload": "x"}',
    ):
        events = [
            event(1, "TaskStateEntered", name="Call"),
            event(2, "TaskSucceeded", 1, resourceType="lambda", resource="invoke", output=output),
        ]
        assert jobs(events) == [], output


def wait(name: str, seconds: float, **more: object) -> dict[str, object]:
    return {
        name: {"Type": "Wait", "Seconds": seconds, **({"End": True} | more if "Next" not in more else more)}
    }


BRANCHES = [
    {"StartAt": "A", "States": wait("A", 1, Next="B") | wait("B", 60)},
    {"StartAt": "C", "States": wait("C", 1)},
]
MACHINE = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Pass", "Next": "Both"},
        "Both": {"Type": "Parallel", "Branches": BRANCHES, "Next": "Each"},
        "Each": {
            "Type": "Map",
            "Next": "Last",
            "ItemsPath": "$",
            "ItemProcessor": {"StartAt": "Item", "States": wait("Item", 60)},
        },
        **wait("Last", 60),
    },
}


@pytest.mark.parametrize(
    ("seconds", "states"),
    [(0.5, ["A", "C"]), (30, ["B"]), (90, ["Item"]), (150, ["Last"]), (1000, [])],
)
def test_an_execution_is_in_its_innermost_states(seconds: float, states: list[str]) -> None:
    from batchyard.asl.engine.history import render

    execution = virtual.run(virtual.spec(MACHINE), None, limit=seconds)  # type: ignore[arg-type]
    assert whereabouts([render(each) for each in execution.history]) == states


def test_what_was_aborted_by_a_failure_that_was_caught_is_left() -> None:
    from batchyard.asl.engine.history import render

    failing = {"StartAt": "Bad", "States": {"Bad": {"Type": "Fail"}}}
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Last"}]
    both = {"Type": "Parallel", "Branches": [*BRANCHES, failing], "Catch": catch, "End": True}
    machine = {"StartAt": "Both", "States": {"Both": both, **wait("Last", 60)}}
    execution = virtual.run(virtual.spec(machine), None, limit=10)  # type: ignore[arg-type]
    assert whereabouts([render(each) for each in execution.history]) == ["Last"]


def test_a_state_that_waits_for_its_token_says_so() -> None:
    task = {"resourceType": "sqs", "resource": "sendMessage.waitForTaskToken"}
    events = [
        event(1, "ExecutionStarted"),
        event(2, "TaskStateEntered", 0, name="Ask"),
        event(3, "TaskScheduled", 2, **task),
        event(4, "TaskSubmitted", 3, **task),
    ]
    assert whereabouts(events) == ["Ask (waits for its task token)"]
