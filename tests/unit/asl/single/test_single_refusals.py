"""What TestState refuses: requests, mocked results and mocked contexts.

Rules and members: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html,
https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html, and recorded answers of the
service (public repository localstack/localstack: tests/aws/services/stepfunctions/v2/test_state/*.json).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.asl.single.requests import (
    MAP,
    PARALLEL,
    PLACE,
    TASK,
    TOKEN,
    answer_of,
    error,
    refusal,
    result,
)

from batchyard.asl import single


def test_a_context_may_be_mocked() -> None:
    context = json.dumps({"Task": {"Token": "abc"}, "Execution": {}})
    answer = answer_of(TOKEN, {}, mock=result({"any": 1}), context=context)
    assert answer["inspectionData"]["afterParameters"] == {"MessageBody": "abc"}


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({"Execution": {"Id": 1}}, "Execution.Id must be a string"),
        ({"Map": {}}, "'Map' field is not supported when mocking a Context object"),
        ({"Execution": {"x": 1}}, "Field 'x' is not allowed"),
        ({"X": {}}, "Field 'X' is not allowed"),
        (
            {"Task": {"Token": "t"}},
            (
                "Context object contains 'Task' when state is not a Task state with a '.sync' or "
                "'.waitForTaskToken' service integration pattern"
            ),
        ),
    ],
)
def test_a_mocked_context_has_to_be_one(context: dict[str, Any], told: str) -> None:
    found = refusal(TASK, document={"entries": []}, mock=result({}), context=json.dumps(context))
    assert found == ("ValidationException", f"Invalid Context object provided: {told}")


ONLY_ONE = "A test mock should have only one of the following fields: [result, errorOutput]."
NO_MAP = (
    "TestState API does not support Map or Parallel states. Supported state types include: "
    "[Task, Wait, Pass, Succeed, Fail, Choice]"
)


@pytest.mark.parametrize(
    ("state", "more", "told"),
    [
        (
            {"Type": "Pass", "End": True},
            {"mock": result(1)},
            ("ValidationException", "State type 'Pass' is not supported when a mock is specified"),
        ),
        (MAP, {}, ("InvalidDefinition", NO_MAP)),
        (PARALLEL, {}, ("InvalidDefinition", NO_MAP)),
        (TASK, {"mock": result(1) | error("E")}, ("ValidationException", ONLY_ONE)),
        (
            TASK,
            {"mock": result({}), "revealSecrets": True},
            ("ValidationException", "TestState does not support RevealSecrets when a mock is specified."),
        ),
        (TASK, {}, ("ValidationException", "RoleArn must be specified when testing a Task state")),
        (MAP, {"mock": result({})}, ("ValidationException", "Mocked result must be an array.")),
        (
            {**MAP, "ResultWriter": {}},
            {"mock": result([])},
            ("ValidationException", "Mocked result must be a JSON object."),
        ),
        (PARALLEL, {"mock": result({})}, ("ValidationException", "Mocked result must be an array.")),
        (
            PARALLEL,
            {"mock": result([1])},
            (
                "ValidationException",
                "Mocked result must contain the same number of items as number of Parallel branches.",
            ),
        ),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    state: dict[str, Any], more: dict[str, Any], told: tuple[str, str]
) -> None:
    assert refusal(state, document={"entries": [], "values": [1]}, **more) == told


@pytest.mark.parametrize("state", [TOKEN, {**TASK, "Resource": "arn:aws:states:::batch:submitJob.sync"}])
def test_what_waits_needs_a_mock(state: dict[str, Any]) -> None:
    assert refusal(state, roleArn="arn:aws:iam::111111111111:role/r")[0] == "InvalidDefinition"


SDK = "arn:aws:states:::aws-sdk:"
WRONG = [
    ("arn:aws:states:::events:putEvents", {"Entries": 1}, "Field 'Entries' must be an array"),
    (
        "arn:aws:states:::events:putEvents",
        {"Entries": [{}, {"EventId": 1}]},
        "Field 'EventId' must be a string",
    ),
    ("arn:aws:states:::states:startExecution", {}, "Required field 'ExecutionArn' is missing"),
    (
        "arn:aws:states:::states:startExecution",
        {"ExecutionArn": "a", "StartDate": True},
        "Field 'StartDate' must be a string",
    ),
    ("arn:aws:states:::lambda:invoke", {"StatusCode": "200"}, "Field 'StatusCode' must be a number"),
    (f"{SDK}s3:getObject", {"ContentLength": "1"}, "Field 'ContentLength' must be a number"),
    (f"{SDK}s3:getObject", {"StorageClass": "ICE"}, "Field 'StorageClass' is not an expected value"),
    (f"{SDK}kms:encrypt", {"CiphertextBlob": 1}, "Field 'CiphertextBlob' must be a string"),
    (
        f"{SDK}kms:encrypt",
        {"CiphertextBlob": ""},
        "Field 'CiphertextBlob' is smaller than the minimum length",
    ),
    (
        f"{SDK}lambda:getFunction",
        {"Configuration": {"MemorySize": 1}},
        "Field 'MemorySize' is less than the minimum value",
    ),
    (
        f"{SDK}lambda:getFunction",
        {"Configuration": {"MemorySize": 10**6}},
        "Field 'MemorySize' exceeds the maximum value",
    ),
    ("arn:aws:states:::batch:submitJob.sync", {"JobName": 1}, "Field 'JobName' must be a string"),
]


@pytest.mark.parametrize(("resource", "value", "told"), WRONG)
def test_a_mocked_result_is_held_against_the_api_s_model(resource: str, value: Any, told: str) -> None:
    state = {"Type": "Task", "Resource": resource, "End": True}
    code, message = refusal(state, mock=result(value))
    assert (code, message) == ("ValidationException", f"Mock result schema validation error: {told}")
    assert answer_of(state, mock=result(value, fieldValidationMode="NONE"))["output"] == value


def test_present_asks_for_no_required_field() -> None:
    state = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": True}
    assert answer_of(state, mock=result({}, fieldValidationMode="PRESENT"))["status"] == "SUCCEEDED"
    assert refusal(state, mock=result({"StartDate": 1}, fieldValidationMode="PRESENT"))[1].endswith(
        "Field 'StartDate' must be a string"
    )


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        ("arn:aws:states:::events:putEvents", {"random": "json"}),
        ("arn:aws:states:::lambda:invoke", {"Payload": {"any": [1]}}),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", [1]),
        ("arn:aws:lambda:us-east-1:111111111111:function:f", 7),
    ],
)
def test_what_no_model_tells_is_left_alone(resource: str, value: Any) -> None:
    state = {"Type": "Task", "Resource": resource, "End": True}
    assert answer_of(state, mock=result(value))["output"] == value


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"definition": "{"}, "InvalidDefinition"),
        ({"definition": "[]"}, "InvalidDefinition"),
        ({"definition": '{"States": {}}'}, "InvalidDefinition"),
        ({"input": "{"}, "InvalidExecutionInput"),
        ({"variables": "[]"}, "ValidationException"),
        ({"context": "{}"}, "ValidationException"),
    ],
)
def test_what_can_not_be_read_is_refused(change: dict[str, str], code: str) -> None:
    with pytest.raises(single.Refused) as caught:
        single.test({"definition": '{"Type": "Pass", "End": true}', **change}, PLACE)
    assert caught.value.code == code
