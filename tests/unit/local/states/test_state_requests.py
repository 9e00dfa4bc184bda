"""Requests checked against the API's model, in the service's words.

Source: the model of the API in botocore; errors that all operations share are at
https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.states.resource_client import ROLE, SCOPE, Client, Service, definition

from batchyard.local.states import api, resources


def fault(path: str, shown: str | None, must: str) -> str:
    value = "" if shown is None else f" '{shown}'"
    return f"Value{value} at '{path}' failed to satisfy constraint: Member must {must}"


SHORT = "have length greater than or equal to 1"
KEY = {"type": "NONE", "kmsDataKeyReusePeriodSeconds": 59}
MACHINE = {"name": "a", "roleArn": ROLE}


@pytest.mark.parametrize(
    ("operation", "request_", "faults"),
    [
        ("CreateActivity", {}, [("name", None, "not be null")]),
        ("CreateActivity", {"name": ""}, [("name", "", SHORT)]),
        ("CreateActivity", {"name": "a" * 81}, [("name", "a" * 81, "have length less than or equal to 80")]),
        (
            "ListStateMachines",
            {"maxResults": 1001},
            [("maxResults", "1001", "have value less than or equal to 1000")],
        ),
        (
            "ListStateMachines",
            {"maxResults": -1},
            [("maxResults", "-1", "have value greater than or equal to 0")],
        ),
        (
            "ListStateMachines",
            {"nextToken": "t" * 1025},
            [("nextToken", "t" * 1025, "have length less than or equal to 1024")],
        ),
        ("CreateActivity", {"name": "a", "tags": [{"key": ""}]}, [("tags.1.member.key", "", SHORT)]),
        (
            "CreateActivity",
            {"name": "a", "encryptionConfiguration": KEY},
            [
                (
                    "encryptionConfiguration.kmsDataKeyReusePeriodSeconds",
                    "59",
                    "have value greater than or equal to 60",
                ),
                (
                    "encryptionConfiguration.type",
                    "NONE",
                    "satisfy enum value set: [AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY]",
                ),
            ],
        ),
        # What is marked as sensitive in the model is not shown.
        (
            "CreateStateMachine",
            {**MACHINE, "definition": "x" * 1048577},
            [("definition", None, "have length less than or equal to 1048576")],
        ),
        # "Length constraints apply to the payload size, and are expressed as bytes in UTF-8 encoding":
        # https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
        (
            "StartExecution",
            {"stateMachineArn": "a", "input": "ü" * 131073},
            [("input", None, "have length less than or equal to 262144")],
        ),
    ],
)
def test_what_the_model_does_not_allow(
    client: Client, operation: str, request_: dict[str, Any], faults: list[tuple[str, str | None, str]]
) -> None:
    number = "1 validation error" if len(faults) == 1 else f"{len(faults)} validation errors"
    expected = ("ValidationException", f"{number} detected: {'; '.join(fault(*each) for each in faults)}")
    assert client.refused(operation, **request_) == expected


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"name": 1}, "NUMBER_VALUE can not be converted to a String"),
        ({"name": True}, "TRUE_VALUE can not be converted to a String"),
        ({"name": 1.5}, "DECIMAL_VALUE can not be converted to a String"),
        ({"name": {}}, "Start of structure or map found where not expected."),
        ({"name": []}, "Start of list found where not expected"),
        ({"name": "a", "tags": "b"}, "Unexpected field type"),
    ],
)
def test_wrong_types_can_not_be_read(client: Client, request_: dict[str, Any], message: str) -> None:
    assert client.refused("CreateActivity", **request_) == ("SerializationException", message)


def test_a_body_that_is_no_object() -> None:
    with pytest.raises(api.ApiError) as caught:
        api.handle(Service(), SCOPE, "ListActivities", [])
    assert caught.value.response()[1]["__type"] == "SerializationException"


def test_operations_that_are_none(client: Client) -> None:
    with pytest.raises(api.ApiError, match="UnknownOperationException"):
        client("DescribeEverything")


def test_unknown_members_and_nulls_are_ignored(client: Client) -> None:
    client.machine(nonsense=1, tags=None, versionDescription=None)
    assert [each["name"] for each in client("ListStateMachines")["stateMachines"]] == ["exome"]


def test_a_refusal_on_the_wire(client: Client) -> None:
    client.machine()
    with pytest.raises(api.ApiError) as caught:
        client.machine(definition=definition("two"))
    status, body = caught.value.response()
    assert (status, set(body), body["__type"]) == (400, {"__type", "message"}, "StateMachineAlreadyExists")


def test_a_conflict_has_its_own_status(client: Client) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html
    made = client.machine()
    with pytest.raises(api.ApiError) as caught:
        client("PublishStateMachineVersion", stateMachineArn=made["stateMachineArn"], revisionId="x")
    assert caught.value.status == 409


def test_every_operation_on_resources_is_of_the_api() -> None:
    from botocore.loaders import Loader

    model = Loader().load_service_model("stepfunctions", "service-2")
    assert set(resources.OPERATIONS) <= set(model["operations"])
    if missing := set(model["operations"]) - set(api.operations()):
        pytest.fail(f"operations without a function: {sorted(missing)}")
