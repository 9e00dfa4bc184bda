"""Lambda, EventBridge, Batch and nested executions."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.local.tasks.fakes import EXECUTION, Client, Environment, refused, task, until

from batchyard.asl.engine.tasks import Failed, Submitted, Succeeded
from batchyard.local.tasks.failures import TaskError

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
REPORT = {"errorMessage": "no", "errorType": "BadInput", "requestId": "r", "stackTrace": ["  File"]}
JOB = {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:inner"
CHILD = "arn:aws:states:us-east-1:000000000000:execution:inner:"


def invoked(payload: bytes, **more: Any) -> dict[str, Any]:
    return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": payload, **more}


def test_a_functions_arn_gives_its_payload(env: Environment) -> None:
    assert env.run(ARN, {"a": 1}, invoked(b'{"b": [2]}'), service="lambda") == Succeeded({"b": [2]})
    assert env.clients["lambda"].sent == [("Invoke", {"FunctionName": ARN, "Payload": b'{"a":1}'})]


def test_invoke_gives_the_answer_with_the_payload_read(env: Environment) -> None:
    """Recorded of lambda:invoke."""
    arguments = {"FunctionName": "f", "Payload": {"a": 1}}
    output = env.run("lambda:invoke", arguments, invoked(b'"text"'), service="lambda").output
    assert list(output) == [
        "ExecutedVersion",
        "Payload",
        "SdkHttpMetadata",
        "SdkResponseMetadata",
        "StatusCode",
    ]
    assert (output["Payload"], output["StatusCode"], output["ExecutedVersion"]) == ("text", 200, "$LATEST")
    assert env.clients["lambda"].sent[0][1]["Payload"] == b'{"a":1}'


@pytest.mark.parametrize(
    ("resource", "cause"),
    [(ARN, json.dumps(REPORT)), ("lambda:invoke", json.dumps(REPORT, separators=(",", ":")))],
)
def test_an_exception_is_the_error(env: Environment, resource: str, cause: str) -> None:
    """Recorded: the cause is the report as it came, and compact JSON of it with lambda:invoke."""
    answer = invoked(json.dumps(REPORT).encode(), FunctionError="Unhandled")
    assert env.run(resource, {"FunctionName": "f"}, answer, service="lambda") == Failed(
        "BadInput", cause, "run"
    )


@pytest.mark.parametrize("payload", ['{"errorMessage": "Task timed out after 3.00 seconds"}', "not JSON"])
def test_an_error_without_a_type_is_unknown(env: Environment, payload: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: Lambda.Unknown"""
    found = env.run(ARN, {}, invoked(payload.encode(), FunctionError="Unhandled"), service="lambda")
    assert found.error == "Lambda.Unknown"
    assert found.cause.endswith(f"because Lambda did not return an error type. Returned payload: {payload}")


def test_a_token_belongs_into_the_payload(env: Environment) -> None:
    found = env.run(
        "lambda:invoke.waitForTaskToken", {"FunctionName": "f", "TaskToken": "t"}, service="lambda"
    )
    assert 'The field "TaskToken" is not supported by Step Functions' in found.cause


def test_events_name_the_execution(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html"""
    entry = {"Detail": {"a": 1}, "DetailType": "t", "Source": "s", "Resources": ["r"]}
    answer = {"Entries": [{"EventId": "e"}], "FailedEntryCount": 0}
    output = env.run("events:putEvents", {"Entries": [entry]}, answer, service="events").output
    assert output == {"Entries": [{"EventId": "e"}], "FailedEntryCount": 0}
    [(_, sent)] = env.clients["events"].sent
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:machine"
    assert sent["Entries"] == [{**entry, "Detail": '{"a":1}', "Resources": ["r", machine, EXECUTION]}]


@pytest.mark.parametrize(
    ("entry", "code", "message"),
    [
        ({"Detail": '"text"', "DetailType": "t", "Source": "s"}, "MalformedDetail", "Detail is malformed."),
        (
            {"Detail": {}, "DetailType": "t"},
            "InvalidArgument",
            "Parameter Source is not valid. Reason: Source is a required argument.",
        ),
    ],
)
def test_an_entry_that_is_not_taken_fails_the_task(
    env: Environment, entry: Any, code: str, message: str
) -> None:
    """Recorded of events:putEvents: the others are taken."""
    good = {"Detail": {}, "DetailType": "t", "Source": "s"}
    answer = {"Entries": [{"EventId": "e"}], "FailedEntryCount": 0}
    found = env.run("events:putEvents", {"Entries": [good, entry]}, answer, service="events")
    assert found.error == "EventBridge.FailedEntry"
    told = [{"EventId": "e"}, {"ErrorCode": code, "ErrorMessage": message}]
    assert json.loads(found.cause) == {"Entries": told, "FailedEntryCount": 1}


def test_a_job_is_submitted_under_the_effects_id(env: Environment) -> None:
    output = env.run("batch:submitJob", JOB).output
    assert (output["JobId"], output["SdkHttpMetadata"]["HttpStatusCode"]) == (f"job of {EXECUTION}#5", 200)
    assert env.batch.calls == [("submit", {"jobName": "n", "jobQueue": "q", "jobDefinition": "d"})]


def test_a_job_that_is_waited_for_is_known_by_a_variable(env: Environment) -> None:
    """Recorded of batch:submitJob.sync: the cause of a failed task shows it beside the job's own variables.

    The rule that the service waits by looks for it:
    https://docs.aws.amazon.com/step-functions/latest/dg/batch-iam.html
    """
    own = [{"Name": "A", "Value": "1"}, {"Name": "MANAGED_BY_AWS", "Value": "me"}]
    env.run("batch:submitJob.sync", {**JOB, "ContainerOverrides": {"Command": ["x"], "Environment": own}})
    env.run("batch:submitJob.sync", JOB, count=2)
    managed = {"name": "MANAGED_BY_AWS", "value": "STARTED_BY_STEP_FUNCTIONS"}
    assert [payload["containerOverrides"] for _, payload in env.batch.calls] == [
        {"command": ["x"], "environment": [{"name": "A", "value": "1"}, managed]},
        {"environment": [managed]},
    ]


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({"jobId": "j", "status": "SUCCEEDED"}, Succeeded({"JobId": "j", "Status": "SUCCEEDED"})),
        ({"jobId": "j", "status": "FAILED"}, Failed("States.TaskFailed", '{"JobId":"j","Status":"FAILED"}')),
    ],
)
def test_sync_waits_for_the_job(env: Environment, detail: dict[str, Any], expected: object) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html"""
    call = task("batch:submitJob.sync", JOB)
    env.runner.start(call, env.told)
    assert isinstance(env.told.wait(), Submitted)
    until(lambda: env.batch.waiting)
    env.batch.waiting[f"job of {call.id}"](detail)
    assert env.told.wait(2) == expected


@pytest.mark.parametrize(
    ("action", "pattern"),
    [("batch:SubmitJob", ""), ("events:PutRule", ".sync"), ("events:PutTargets", ".sync")],
)
def test_a_job_needs_its_permissions(env: Environment, action: str, pattern: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html#connect-batch-iam"""
    env.iam.refused[action] = "User: u is not authorized"
    found = env.run(f"batch:submitJob{pattern}", JOB)
    assert found.error == "Batch.AWSBatchException"
    assert found.cause.startswith(
        "User: u is not authorized (Service: AWSBatch; Status Code: 403; Error Code: Acc"
    )
    assert env.batch.calls == []


def test_waiting_for_a_job_needs_a_look_at_it(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html"""
    env.iam.refused["batch:DescribeJobs"] = "User: u is not authorized"
    found = env.run("batch:submitJob.sync", JOB, count=2)
    assert (found.error, found.phase) == ("Batch.AWSBatchException", "run")
    assert ("batch:DescribeJobs", "*") in env.iam.asked


def test_a_queue_that_there_is_not(env: Environment) -> None:
    env.batch.answer = 404, {"__type": "ClientException", "message": "no such queue"}
    found = env.run("batch:submitJob.sync", JOB)
    assert (found.error, found.phase) == ("Batch.ClientException", "submit")
    assert found.cause.startswith(
        "no such queue (Service: AWSBatch; Status Code: 404; Error Code: ClientException;"
    )


@pytest.mark.parametrize("value", [1, True, None, ["x"], {}])
def test_only_texts_are_parameters_of_jobs(env: Environment, value: Any) -> None:
    found = env.run("batch:submitJob", {**JOB, "Parameters": {"k": value}})
    assert "The value for the field 'k' must be a STRING" in found.cause


def test_an_execution_without_a_name_gets_one_of_the_effect(env: Environment) -> None:
    client = env.clients["stepfunctions"] = Client({"executionArn": "e"}, {"executionArn": "e"})
    for count in (1, 2):
        env.runner.start(task("states:startExecution", {"StateMachineArn": MACHINE}), env.told)
        env.told.wait(count)
    (_, first), (_, second) = client.sent
    assert first == second == {"stateMachineArn": MACHINE, "input": "{}", "name": first["name"]}


@pytest.mark.parametrize(("pattern", "output"), [(".sync", '{"a":1}'), (".sync:2", {"a": 1})])
def test_sync_yields_the_ended_execution(env: Environment, pattern: str, output: object) -> None:
    """Recorded of states:startExecution.sync and .sync:2."""
    _start(env, pattern)
    record = {
        "executionArn": CHILD + "n",
        "status": "SUCCEEDED",
        "output": '{"a":1}',
        "startDate": 1.5,
        "error": None,
    }
    env.executions.waiting[CHILD + "n"](record | {"outputDetails": {"included": True}})
    assert env.told.wait(2) == Succeeded(
        {
            "ExecutionArn": CHILD + "n",
            "Output": output,
            "OutputDetails": {"Included": True},
            "StartDate": 1500,
            "Status": "SUCCEEDED",
        }
    )


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_failed_execution_is_the_cause(env: Environment, status: str) -> None:
    """Recorded of states:startExecution.sync."""
    _start(env, ".sync")
    env.executions.waiting[CHILD + "n"]({"status": status, "error": "E", "cause": "C", "input": "{}"})
    cause = f'{{"Cause":"C","Error":"E","Input":"{{}}","Status":"{status}"}}'
    assert env.told.wait(2) == Failed("States.TaskFailed", cause)


@pytest.mark.parametrize(
    "action", ["states:DescribeExecution", "events:DescribeRule", "events:PutRule", "events:PutTargets"]
)
def test_waiting_for_an_execution_needs_its_permissions(env: Environment, action: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html#sync-async-iam-policies"""
    env.iam.refused[action] = "User: u is not authorized"
    found = env.run("states:startExecution.sync", {"StateMachineArn": MACHINE}, service="stepfunctions")
    assert found.error == "StepFunctions.AWSStepFunctionsException"
    assert env.clients["stepfunctions"].sent == []
    assert ("states:DescribeExecution", CHILD + "*") in env.iam.asked


def test_an_execution_that_was_started_before_the_kill_is_waited_for(env: Environment) -> None:
    env.clients["stepfunctions"] = Client(refused("ExecutionAlreadyExists", "it does"))
    env.runner.resume(task("states:startExecution.sync:2", {"StateMachineArn": MACHINE}), None, env.told)
    submitted = env.told.wait()
    assert submitted.output["ExecutionArn"].startswith(CHILD)
    until(lambda: env.executions.waiting)
    assert list(env.executions.waiting) == [submitted.output["ExecutionArn"]]


def _start(env: Environment, pattern: str) -> None:
    arguments = {"StateMachineArn": MACHINE, "Name": "n"}
    resource = f"states:startExecution{pattern}"
    assert isinstance(
        env.run(resource, arguments, {"executionArn": CHILD + "n"}, service="stepfunctions"), Submitted
    )
    until(lambda: env.executions.waiting)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
MEMBERS = (
    *("JobName", "JobQueue", "JobDefinition", "Parameters", "Tags", "ContainerOverrides", "Entries", "Name"),
    *("FunctionName", "Payload", "Qualifier", "StateMachineArn", "Input", "QueueUrl", "MessageBody", "Item"),
    *("TableName", "Bucket", "Key", "Body", "TopicArn", "Message", "MessageAttributes"),
)
RESOURCES = (
    *("batch:submitJob.sync", "events:putEvents", "lambda:invoke", "states:startExecution.sync:2"),
    *("sqs:sendMessage", "sns:publish", "dynamodb:putItem", "aws-sdk:s3:putObject", ARN),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RESOURCES), JSON | st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_no_arguments_are_a_bug(resource: str, arguments: Any) -> None:
    env = Environment()
    call = task(resource, arguments)
    answer = {"Payload": b"{}", "Entries": [{}] * 9, "FailedEntryCount": 0, "executionArn": "e"}
    for service in ("lambda", "events", "stepfunctions", "sqs", "sns", "dynamodb", "s3"):
        env.clients[service] = Client(answer)
    with contextlib.suppress(TaskError):
        assert env.runner._handler(call).begin(call, again=False) is not None
