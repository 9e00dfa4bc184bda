"""Updates of state machines.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.states.resource_client import ROLE, START, Client, arn, definition


def test_update_makes_a_revision_when_something_changes(client: Client) -> None:
    client.machine()
    machine = arn("exome")
    client.clock.advance_to(START + 60)
    first = client("UpdateStateMachine", stateMachineArn=machine, definition=definition("two"))
    assert first["updateDate"] == START + 60
    same = client("UpdateStateMachine", stateMachineArn=machine, definition=definition("two"), roleArn=ROLE)
    assert same["revisionId"] == first["revisionId"]
    other = client("UpdateStateMachine", stateMachineArn=machine, tracingConfiguration={"enabled": True})
    assert other["revisionId"] != first["revisionId"]
    found = client("DescribeStateMachine", stateMachineArn=machine)
    assert found["revisionId"] == other["revisionId"]
    assert (found["definition"], found["creationDate"]) == (definition("two"), START)


def test_update_without_a_change_leaves_the_first_revision(client: Client) -> None:
    # "The first revision ID when you create the state machine is null":
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
    client.machine()
    answer = client("UpdateStateMachine", stateMachineArn=arn("exome"), definition=definition())
    assert "revisionId" not in answer


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        (
            {"publish": True},
            "MissingRequiredParameter",
            (
                "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration "
                "must be specified"
            ),
        ),
        (
            {"stateMachineArn": arn("other"), "roleArn": ROLE},
            "StateMachineDoesNotExist",
            f"State Machine Does Not Exist: '{arn('other')}'",
        ),
        (
            {"stateMachineArn": arn("exome:1"), "roleArn": ROLE},
            "StateMachineDoesNotExist",
            f"State Machine Does Not Exist: '{arn('exome:1')}'",
        ),
        ({"stateMachineArn": arn("exome/label"), "roleArn": ROLE}, "ValidationException", ""),
        (
            {"stateMachineArn": "exome", "roleArn": ROLE},
            "InvalidArn",
            "Invalid Arn: 'Invalid ARN prefix: exome'",
        ),
        (
            {"stateMachineArn": arn("exome", "activity"), "roleArn": ROLE},
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: activity'",
        ),
        (
            {"roleArn": ROLE, "versionDescription": "x"},
            "ValidationException",
            "Version description can only be set when publish is true",
        ),
    ],
)
def test_updates_that_are_refused(client: Client, request_: dict[str, Any], code: str, message: str) -> None:
    client.machine(publish=True)
    found = client.refused("UpdateStateMachine", **{"stateMachineArn": arn("exome"), **request_})
    assert (found[0], message in found[1]) == (code, True)
