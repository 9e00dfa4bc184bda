"""State machines that are deleted, and those of others, which are not.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
"""

from __future__ import annotations

import pytest
from tests.unit.local.states.resource_client import ROLE, SCOPE, Client, Service, arn, definition

from batchyard.local.batch.host import Scope


def test_delete(client: Client) -> None:
    client.machine(publish=True, tags=[{"key": "a", "value": "b"}])
    for _ in range(2):
        assert client("DeleteStateMachine", stateMachineArn=arn("exome")) == {}
    assert client("ListStateMachineVersions", stateMachineArn=arn("exome")) == {"stateMachineVersions": []}
    for operation in ("DescribeStateMachine", "ListStateMachineAliases"):
        code, message = client.refused(operation, stateMachineArn=arn("exome"))
        assert (code, message) == (
            "StateMachineDoesNotExist",
            f"State Machine Does Not Exist: '{arn('exome')}'",
        )
    client.machine()
    assert client("ListTagsForResource", resourceArn=arn("exome")) == {"tags": []}


def test_delete_waits_for_executions(client: Client) -> None:
    # "A state machine is deleted only when all its executions are completed":
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
    client.machine()
    client.around.running[arn("exome")] = [arn("exome:run", "execution")]
    client("DeleteStateMachine", stateMachineArn=arn("exome"))
    assert client.around.stopped == [arn("exome:run", "execution")]
    assert client("DescribeStateMachine", stateMachineArn=arn("exome"))["status"] == "DELETING"
    for operation, more in (
        ("UpdateStateMachine", {"roleArn": ROLE}),
        ("PublishStateMachineVersion", {}),
        ("ListStateMachineAliases", {}),
    ):
        assert client.refused(operation, stateMachineArn=arn("exome"), **more)[0] == "StateMachineDeleting"
    request = {"name": "exome", "definition": definition(), "roleArn": ROLE}
    assert client.refused("CreateStateMachine", **request)[0] == "StateMachineDeleting"
    client.around.running.clear()
    assert (
        client.refused("DescribeStateMachine", stateMachineArn=arn("exome"))[0] == "StateMachineDoesNotExist"
    )


@pytest.mark.parametrize("other", [Scope("000000000001", "us-east-1"), Scope("000000000000", "eu-west-1")])
def test_accounts_and_regions_are_apart(other: Scope) -> None:
    service = Service()
    Client(service, SCOPE).machine()
    stranger = Client(service, other)
    assert stranger("ListStateMachines") == {"stateMachines": []}
    assert (
        stranger.refused("DescribeStateMachine", stateMachineArn=arn("exome"))[0]
        == "StateMachineDoesNotExist"
    )
    assert stranger("DeleteStateMachine", stateMachineArn=arn("exome")) == {}
    assert Client(service, SCOPE)("DescribeStateMachine", stateMachineArn=arn("exome"))["status"] == "ACTIVE"
