"""TestState: what it takes, refuses and answers; what a state does is held by the tests of the state itself.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import Any

import pytest
from tests.unit.local.states.resource_client import ROLE, Client, definition

from batchyard.asl.engine.tasks import Beat, Failed, Started, Succeeded, TaskCall
from batchyard.local.states import test_state_api

PASS = {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "Next": "Then"}
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "align", "Payload.$": "$"},
    "OutputPath": "$.Payload",
    "End": True,
}
SYNC = {**TASK, "Resource": "arn:aws:states:::batch:submitJob.sync", "Parameters": {}}


def run(client: Client, state: dict[str, Any], **request: Any) -> Any:
    return client("TestState", definition=json.dumps(state), **request)


def refused(client: Client, state: dict[str, Any], **request: Any) -> tuple[str, str]:
    return client.refused("TestState", definition=json.dumps(state), **request)


def test_a_state_that_calls_nothing(client: Client) -> None:
    found = run(client, PASS, input='{"a": 1}')
    assert (found["status"], found["nextState"]) == ("SUCCEEDED", "Then")
    assert json.loads(found["output"]) == {"b": 1}


def test_levels_of_inspection(client: Client) -> None:
    info, debug = (run(client, PASS, input='{"a": 1}', inspectionLevel=level) for level in ("INFO", "DEBUG"))
    assert "inspectionData" not in info
    assert json.loads(debug["inspectionData"]["afterParameters"]) == {"b": 1}


def test_a_mocked_task(client: Client) -> None:
    result = json.dumps({"StatusCode": 200, "Payload": {"ok": True}})
    found = run(client, TASK, mock={"result": result})
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"ok": True})
    error = run(client, TASK, mock={"errorOutput": {"error": "Lambda.TooManyRequestsException"}})
    assert (error["status"], error["error"]) == ("FAILED", "Lambda.TooManyRequestsException")
    assert client.service.runner.calls == []


def test_a_state_of_a_machine(client: Client) -> None:
    request = {"definition": definition(Result={"x": 1}), "stateName": "Only"}
    assert json.loads(client("TestState", **request)["output"]) == {"x": 1}
    refusal = client.refused("TestState", **request | {"stateName": "Other"})
    assert refusal == ("ValidationException", "State not found in definition")


@pytest.mark.parametrize(
    ("state", "request_", "code", "message"),
    [
        ({"Type": "Pass"}, {}, "InvalidDefinition", "only one of the following fields: [Next, End]"),
        ({"Type": "Nap", "End": True}, {}, "InvalidDefinition", "Invalid State Machine Definition: '"),
        (PASS, {"input": "nonsense"}, "InvalidExecutionInput", "Invalid State Machine Execution Input"),
        (PASS, {"input": "[" * 9000}, "InvalidExecutionInput", "Invalid State Machine Execution Input"),
        (PASS, {"variables": "NaN"}, "ValidationException", "variables"),
        (TASK, {"mock": {"result": "{"}}, "ValidationException", "mock.result"),
        (PASS, {"roleArn": "me"}, "InvalidArn", "Invalid Role Arn: 'me'"),
        (PASS, {"inspectionLevel": "ALL"}, "ValidationException", "enum value set: [DEBUG, INFO, TRACE]"),
        (
            PASS,
            {"mock": {"result": "1"}},
            "ValidationException",
            "State type 'Pass' is not supported when a mock is specified",
        ),
        (
            TASK,
            {"mock": {"result": "1", "errorOutput": {}}},
            "ValidationException",
            "A test mock should have only one of the following fields: [result, errorOutput].",
        ),
        (
            TASK,
            {"mock": {"result": '{"StatusCode": "200"}'}},
            "ValidationException",
            "Mock result schema validation error: Field 'StatusCode' must be a number",
        ),
        (SYNC, {"roleArn": ROLE}, "InvalidDefinition", ""),
    ],
)
def test_refused(
    client: Client, state: dict[str, Any], request_: dict[str, Any], code: str, message: str
) -> None:
    found = refused(client, state, **request_)
    assert (found[0], message in found[1]) == (code, True)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "[" * 9000, '{"Type": "Pass", "Type": "Pass", "End": true}']
)
def test_definitions_that_are_no_states(client: Client, text: str) -> None:
    expected = "ValidationException" if not text else "InvalidDefinition"
    assert client.refused("TestState", definition=text)[0] == expected


def started(client: Client, **request: Any) -> tuple[Future[Any], TaskCall, Any]:
    future = run(client, TASK, input='{"a": 1}', roleArn=ROLE, **request)
    ((call, report),) = client.service.runner.calls
    assert isinstance(call, TaskCall)
    return future, call, report


def test_a_task_is_called_with_its_role(client: Client) -> None:
    future, call, report = started(client)
    assert (call.role_arn, call.call.service, call.arguments["Payload"]) == (ROLE, "lambda", {"a": 1})
    for progress in (Started(), Beat()):
        report(call.id, progress)
    assert not future.done()
    report(call.id, Succeeded({"Payload": [1]}))
    assert future.result(0) == {"status": "SUCCEEDED", "output": "[1]"}


def test_a_task_that_fails(client: Client) -> None:
    future, call, report = started(client)
    report(call.id, Failed("Lambda.ServiceException", "down"))
    found = future.result(0)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Lambda.ServiceException", "down")


def test_a_task_may_take_five_minutes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert test_state_api.MOST_SECONDS == 300
    monkeypatch.setattr(test_state_api, "MOST_SECONDS", 0.01)
    future, call, report = started(client)
    found = future.result(5)
    assert (found["status"], found["error"]) == ("FAILED", "States.Timeout")
    assert client.service.runner.cancelled == [(call.id, "States.Timeout")]
    report(call.id, Succeeded({}))
    assert future.result(0) == found
