"""State machines: created, updated, described, listed, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.states.resource_client import (
    GROUP,
    ROLE,
    START,
    Client,
    arn,
    definition,
)

OFF = {"level": "OFF", "includeExecutionData": False}
ALL = {
    "level": "ALL",
    "includeExecutionData": True,
    "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}],
}


def test_create_and_describe(client: Client) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
    assert client.machine() == {"stateMachineArn": arn("exome"), "creationDate": START}
    assert client("DescribeStateMachine", stateMachineArn=arn("exome")) == {
        "stateMachineArn": arn("exome"),
        "name": "exome",
        "status": "ACTIVE",
        "type": "STANDARD",
        "definition": definition(),
        "roleArn": ROLE,
        "creationDate": START,
        "loggingConfiguration": OFF,
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }


def test_what_was_set_is_read_back(client: Client) -> None:
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/states"}
    client.machine(
        type="EXPRESS",
        loggingConfiguration=ALL,
        tracingConfiguration={"enabled": True},
        encryptionConfiguration=key,
    )
    found = client("DescribeStateMachine", stateMachineArn=arn("exome"))
    assert found["type"] == "EXPRESS"
    assert found["loggingConfiguration"] == ALL
    assert found["tracingConfiguration"] == {"enabled": True}
    assert found["encryptionConfiguration"] == {**key, "kmsDataKeyReusePeriodSeconds": 300}
    shown = client("DescribeStateMachine", stateMachineArn=arn("exome"), includedData="METADATA_ONLY")
    assert shown["definition"] == "{}"


# "CreateStateMachine's idempotency check is based on the state machine name, definition, type,
# LoggingConfiguration, TracingConfiguration, and EncryptionConfiguration ... also on the publish and
# versionDescription parameters. If a following request has a different roleArn or tags, Step Functions will
# ignore these differences": https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
@pytest.mark.parametrize("change", [{}, {"roleArn": ROLE + "-2"}, {"tags": [{"key": "a", "value": "b"}]}])
def test_the_same_again_is_the_same_machine(client: Client, change: dict[str, Any]) -> None:
    first = client.machine()
    client.clock.advance_to(START + 60)
    assert client.machine(**change) == first
    assert client("DescribeStateMachine", stateMachineArn=arn("exome"))["roleArn"] == ROLE


@pytest.mark.parametrize(
    "change",
    [
        {"definition": definition("two")},
        {"definition": definition().replace(": ", ":")},
        {"type": "EXPRESS"},
        {"loggingConfiguration": ALL},
        {"tracingConfiguration": {"enabled": True}},
        {"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/states"}},
        {"publish": True},
    ],
)
def test_another_of_the_same_name_is_refused(client: Client, change: dict[str, Any]) -> None:
    client.machine()
    code, message = client.refused(
        "CreateStateMachine", **{"name": "exome", "definition": definition(), "roleArn": ROLE, **change}
    )
    assert (code, message) == ("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn('exome')}'")


# Characters: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
@pytest.mark.parametrize(
    "name", ["a b", "a\tb", *(f"a{each}" for each in '<>{}[]?*"#%\\^|~`$&,;:/\x00\x1f\x7f\x9f')]
)
def test_names_that_are_none(client: Client, name: str) -> None:
    assert client.refused("CreateStateMachine", name=name, definition=definition(), roleArn=ROLE) == (
        "InvalidName",
        f"Invalid Name: '{name}'",
    )


@pytest.mark.parametrize("name", ["a", "a" * 80, "größe", "a.b-c_d@e!(f)+=',"[:-1]])
def test_names_that_are(client: Client, name: str) -> None:
    assert client.machine(name)["stateMachineArn"] == arn(name)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"roleArn": "states"}, "InvalidArn", "Invalid Role Arn: 'states'"),
        ({"roleArn": "arn:aws:iam::000000000000:user/a"}, "InvalidArn", "Invalid Role Arn: "),
        (
            {"roleArn": "arn:aws:iam::000000000001:role/a"},
            "AccessDeniedException",
            "Cross-account pass role is not allowed.",
        ),
        (
            {"versionDescription": "x"},
            "ValidationException",
            "Version description can only be set when publish is true",
        ),
        (
            {"encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY"}},
            "InvalidEncryptionConfiguration",
            "kmsKeyId",
        ),
        (
            {"encryptionConfiguration": {"type": "AWS_OWNED_KEY", "kmsKeyId": "a"}},
            "InvalidEncryptionConfiguration",
            "AWS_OWNED_KEY",
        ),
        ({"tags": [{"key": "aws:a", "value": "b"}]}, "ValidationException", "'aws:'"),
        ({"tags": [{"key": str(each)} for each in range(51)]}, "TooManyTags", "at most 50"),
    ],
)
def test_requests_that_are_refused(client: Client, change: dict[str, Any], code: str, message: str) -> None:
    request = {"name": "exome", "definition": definition(), "roleArn": ROLE, **change}
    found_code, found = client.refused("CreateStateMachine", **request)
    assert (found_code, message in found) == (code, True)
    assert client("ListStateMachines") == {"stateMachines": []}


# Wording: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        (
            '{"StartAt": "A"}',
            "STANDARD",
            "SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /",
        ),
        (
            definition(
                Type="Task",
                Resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                Parameters={"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"},
            ),
            "EXPRESS",
            (
                "SCHEMA_VALIDATION_FAILED: Express state machine does not support '.waitForTaskToken' "
                "service integration  at /States/Only/Resource"
            ),
        ),
        (
            definition(Type="Task", Resource="arn:aws:states:::aws-sdk:sqs:sendMesage"),
            "STANDARD",
            (
                "SCHEMA_VALIDATION_FAILED: The resource provided arn:aws:states:::aws-sdk:sqs:sendMesage "
                "is not recognized. The value is not a valid resource ARN, or the resource is not available "
                "in this region. at /States/Only/Resource"
            ),
        ),
    ],
)
def test_definitions_that_are_refused(client: Client, text: str, kind: str, reason: str) -> None:
    request = {"name": "exome", "definition": text, "roleArn": ROLE, "type": kind}
    expected = ("InvalidDefinition", f"Invalid State Machine Definition: '{reason}'")
    assert client.refused("CreateStateMachine", **request) == expected


def test_listing_in_pages(client: Client) -> None:
    for name in ("b", "c", "a"):
        client.machine(name)
    first = client("ListStateMachines", maxResults=2)
    assert [each["name"] for each in first["stateMachines"]] == ["a", "b"]
    assert set(first["stateMachines"][0]) == {"stateMachineArn", "name", "type", "creationDate"}
    client("DeleteStateMachine", stateMachineArn=arn("a"))
    second = client("ListStateMachines", maxResults=2, nextToken=first["nextToken"])
    assert ([each["name"] for each in second["stateMachines"]], "nextToken" in second) == (["c"], False)
    # "Each pagination token expires after 24 hours":
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html
    client.clock.advance_to(START + 24 * 3600 + 1)
    for token in (first["nextToken"], "nonsense"):
        refusal = client.refused("ListStateMachines", nextToken=token)
        assert refusal == ("InvalidToken", "Invalid Token: 'Invalid token'")
