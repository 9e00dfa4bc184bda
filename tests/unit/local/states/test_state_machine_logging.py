"""Logging configurations.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.states.resource_client import GROUP, ROLE, Client, arn, definition

from batchyard.local.states.logging_config import group_of


def destination(group: str = GROUP) -> dict[str, Any]:
    return {"cloudWatchLogsLogGroup": {"logGroupArn": group}}


@pytest.mark.parametrize(
    ("given", "described"),
    [
        ({}, {"level": "OFF", "includeExecutionData": False}),
        ({"destinations": []}, {"level": "OFF", "includeExecutionData": False, "destinations": []}),
        (
            {"level": "OFF", "destinations": [destination()]},
            {"level": "OFF", "includeExecutionData": False, "destinations": [destination()]},
        ),
        (
            {"level": "FATAL", "includeExecutionData": True, "destinations": [destination()]},
            {"level": "FATAL", "includeExecutionData": True, "destinations": [destination()]},
        ),
    ],
)
def test_described_with_defaults(client: Client, given: dict[str, Any], described: dict[str, Any]) -> None:
    client.machine(loggingConfiguration=given)
    found = client("DescribeStateMachine", stateMachineArn=arn("exome"))
    assert found["loggingConfiguration"] == described


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"level": "ALL"}, "Must specify exactly one Log Destination."),
        ({"level": "ERROR", "destinations": []}, "Must specify exactly one Log Destination."),
        ({"level": "ALL", "destinations": [destination()] * 2}, "Must specify exactly one Log Destination."),
        ({"level": "ALL", "destinations": [{}]}, "Must specify exactly one Log Destination."),
        (
            {"level": "ALL", "destinations": [destination(GROUP.removesuffix(":*"))]},
            "Log Group ARN must be provided with '*' qualifier.",
        ),
        (
            {"level": "ALL", "destinations": [destination(GROUP.replace("exome", "gone"))]},
            "Log Destination not found.",
        ),
    ],
)
def test_refused(client: Client, given: dict[str, Any], reason: str) -> None:
    expected = ("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {reason}")
    request = {"definition": definition(), "roleArn": ROLE}
    assert (
        client.refused("CreateStateMachine", name="exome", loggingConfiguration=given, **request) == expected
    )
    client.machine()
    assert (
        client.refused("UpdateStateMachine", stateMachineArn=arn("exome"), loggingConfiguration=given)
        == expected
    )


def test_group_of_a_configuration() -> None:
    found = group_of({"destinations": [destination()]})
    assert found is not None
    assert (found[0].region, found[1]) == ("us-east-1", "/aws/vendedlogs/states/exome")
    assert group_of({"level": "OFF"}) is None
