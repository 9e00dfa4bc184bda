"""Tasks: events by kind of integration, retries, catches, timeouts, heartbeats, tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.asl.engine.script import Script

from batchyard.asl.engine import virtual
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.tasks import Beat, Failed, Started, Submitted, Succeeded, TaskCall

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:a"
BATCH = "arn:aws:states:::batch:submitJob.sync"
TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
START = 1_700_000_000.0


def run(task: dict[str, Any], *attempts: list[tuple[float, Any]], **more: Any) -> tuple[Execution, Script]:
    states = {"T": {"Type": "Task", "End": True, **task}, **more}
    script = Script({"T": attempts})
    return virtual.run(virtual.spec({"StartAt": "T", "States": states}, {"k": 1}), script), script


def types(execution: Execution) -> list[str]:
    return [event.type for event in execution.history][2:-1]


@pytest.mark.parametrize(
    ("resource", "outcomes", "expected"),
    [
        (
            FUNCTION,
            [(0, Succeeded(2))],
            "LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded",
        ),
        (
            "arn:aws:states:::lambda:invoke",
            [(0, Succeeded({}))],
            "TaskScheduled TaskStarted TaskSucceeded",
        ),
        (
            BATCH,
            [(0, Submitted({"JobId": "1"})), (5, Succeeded({}))],
            "TaskScheduled TaskStarted TaskSubmitted TaskSucceeded",
        ),
        (
            TOKEN,
            [(0, Submitted({})), (5, Succeeded({}))],
            "TaskScheduled TaskStarted TaskSubmitted TaskSucceeded",
        ),
        (
            ACTIVITY,
            [(3, Started("w")), (5, Succeeded({}))],
            "ActivityScheduled ActivityStarted ActivitySucceeded",
        ),
    ],
)
def test_the_events_of_a_task_are_those_of_its_kind(resource: str, outcomes: Any, expected: str) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
    execution, _ = run({"Resource": resource}, outcomes)
    assert execution.status == "SUCCEEDED"
    assert types(execution) == [*expected.split(), "TaskStateExited"]


def test_a_service_task_names_resource_region_and_parameters() -> None:
    execution, script = run(
        {"Resource": BATCH, "Parameters": {"JobName.$": "$.k"}, "TimeoutSeconds": 60}, [(0, Succeeded({}))]
    )
    assert execution.history[2].details == {
        "resourceType": "batch",
        "resource": "submitJob.sync",
        "region": "us-east-1",
        "parameters": '{"JobName":1}',
        "timeoutInSeconds": 60,
    }
    (call,) = script.started
    assert isinstance(call, TaskCall)
    assert (call.arguments, call.state, call.token) == ({"JobName": 1}, "T", None)


@pytest.mark.parametrize(
    ("resource", "phase", "event"),
    [
        (FUNCTION, "run", "LambdaFunctionFailed"),
        (FUNCTION, "schedule", "LambdaFunctionScheduleFailed"),
        (FUNCTION, "start", "LambdaFunctionStartFailed"),
        (BATCH, "run", "TaskFailed"),
        (BATCH, "submit", "TaskSubmitFailed"),
        (BATCH, "start", "TaskStartFailed"),
        (ACTIVITY, "schedule", "ActivityScheduleFailed"),
    ],
)
def test_a_failure_is_told_by_how_far_the_task_got(resource: str, phase: Any, event: str) -> None:
    execution, _ = run({"Resource": resource}, [(0, Failed("E", "c", phase))])
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "E", "c")
    assert execution.history[-2].type == event
    assert execution.history[-1].previous == execution.history[-2].id


def test_a_retrier_waits_longer_each_time_and_gives_up() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    retry = [
        {
            "ErrorEquals": ["E"],
            "IntervalSeconds": 3,
            "BackoffRate": 2,
            "MaxAttempts": 3,
            "MaxDelaySeconds": 10,
        }
    ]
    execution, script = run({"Resource": BATCH, "Retry": retry}, [(0, Failed("E"))])
    assert execution.status == "FAILED"
    assert execution.stopped_at == START + 3 + 6 + 10
    assert [call.attempt for call in script.started if isinstance(call, TaskCall)] == [0, 1, 2, 3]
    assert types(execution).count("TaskScheduled") == 4
    assert types(execution).count("TaskStateEntered") == 0


def test_each_retrier_counts_for_itself() -> None:
    retry = [
        {"ErrorEquals": ["A"], "MaxAttempts": 1, "IntervalSeconds": 1},
        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1},
    ]
    answers = [[(0, Failed(name))] for name in ("A", "B", "A")]
    execution, script = run({"Resource": BATCH, "Retry": retry}, *answers)
    assert (execution.status, execution.error, len(script.started)) == ("FAILED", "A", 3)


def test_a_catcher_gets_error_and_cause() -> None:
    catch = [
        {"ErrorEquals": ["Other"], "Next": "No"},
        {"ErrorEquals": ["E"], "Next": "Yes", "ResultPath": "$.e"},
    ]
    execution, _ = run(
        {"Resource": BATCH, "Catch": catch},
        [(0, Failed("E", "why"))],
        Yes={"Type": "Succeed"},
        No={"Type": "Fail"},
    )
    assert json.loads(execution.output or "") == {"k": 1, "e": {"Error": "E", "Cause": "why"}}


@pytest.mark.parametrize(
    ("error", "names", "caught"),
    [
        ("E", ["States.ALL"], True),
        ("E", ["States.TaskFailed"], True),
        ("States.Timeout", ["States.TaskFailed"], False),
        ("States.Timeout", ["States.Timeout"], True),
        ("States.Runtime", ["States.ALL"], False),
        ("States.DataLimitExceeded", ["States.ALL"], True),
    ],
)
def test_what_names_of_errors_stand_for(error: str, names: list[str], caught: bool) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html;
    # that States.ALL catches States.DataLimitExceeded of a task is recorded from the service (March 2024).
    catch = [{"ErrorEquals": names, "Next": "Yes"}]
    execution, _ = run({"Resource": BATCH, "Catch": catch}, [(0, Failed(error))], Yes={"Type": "Succeed"})
    assert (execution.status == "SUCCEEDED") is caught


def test_a_task_times_out_and_is_cancelled() -> None:
    execution, script = run(
        {"Resource": BATCH, "TimeoutSeconds": 5}, [(0, Submitted({})), (9, Succeeded({}))]
    )
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "States.Timeout", None)
    assert types(execution)[-1] == "TaskTimedOut"
    assert execution.stopped_at == START + 5
    assert [reason for _, reason in script.cancelled] == ["the task has timed out"]


def test_a_missed_heartbeat_fails_the_task_and_a_kept_one_does_not() -> None:
    task = {"Resource": TOKEN, "HeartbeatSeconds": 5}
    kept, _ = run(task, [(0, Submitted({})), (4, Beat()), (8, Beat()), (12, Succeeded(1))])
    missed, _ = run(task, [(0, Submitted({})), (4, Beat()), (12, Succeeded(1))])
    assert (kept.status, kept.output) == ("SUCCEEDED", "1")
    assert (missed.status, missed.stopped_at) == ("FAILED", START + 9)


def test_a_token_task_sends_its_token() -> None:
    task = {"Resource": TOKEN, "Parameters": {"MessageBody.$": "$$.Task.Token", "QueueUrl": "q"}}
    _, script = run(task, [(0, Succeeded({}))])
    (call,) = script.started
    assert isinstance(call, TaskCall)
    assert call.token
    assert call.arguments["MessageBody"] == call.token


def test_a_result_over_the_limit_fails_the_task() -> None:
    execution, _ = run({"Resource": "arn:aws:states:::lambda:invoke"}, [(0, Succeeded("é" * 140_000))])
    assert execution.error == "States.DataLimitExceeded"
    assert execution.cause == (
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes "
        "service limit."
    )
    assert execution.history[-2].type == "TaskFailed"
