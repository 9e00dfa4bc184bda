"""Versions of state machines.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.states.resource_client import SCOPE, START, Client, arn, definition

from batchyard.local.states import versions
from batchyard.local.states.api import ApiError

MACHINE = arn("exome")


def publish(client: Client, **request: Any) -> str:
    return str(
        client("PublishStateMachineVersion", stateMachineArn=MACHINE, **request)["stateMachineVersionArn"]
    )


def update(client: Client, comment: str, **request: Any) -> Any:
    return client("UpdateStateMachine", stateMachineArn=MACHINE, definition=definition(comment), **request)


def test_published_when_created(client: Client) -> None:
    made = client.machine(publish=True, versionDescription="first")
    assert made["stateMachineVersionArn"] == f"{MACHINE}:1"
    assert client.machine(publish=True, versionDescription="first") == made
    found = client("DescribeStateMachine", stateMachineArn=f"{MACHINE}:1")
    assert (found["stateMachineArn"], found["description"]) == (f"{MACHINE}:1", "first")
    assert "description" not in client("DescribeStateMachine", stateMachineArn=MACHINE)


def test_published_once_for_each_revision(client: Client) -> None:
    client.machine()
    assert [publish(client), publish(client, description="again")] == [f"{MACHINE}:1"] * 2
    update(client, "two")
    assert [publish(client), publish(client)] == [f"{MACHINE}:2"] * 2


def test_updated_with_publish(client: Client) -> None:
    client.machine()
    same = client("UpdateStateMachine", stateMachineArn=MACHINE, definition=definition(), publish=True)
    assert (same["stateMachineVersionArn"], "revisionId" in same) == (f"{MACHINE}:1", False)
    assert update(client, "two", publish=True)["stateMachineVersionArn"] == f"{MACHINE}:2"
    assert update(client, "two", publish=True)["stateMachineVersionArn"] == f"{MACHINE}:2"


def test_a_version_never_changes(client: Client) -> None:
    client.machine(publish=True)
    client.clock.advance_to(START + 60)
    update(client, "two", publish=True)
    one, two = (client("DescribeStateMachine", stateMachineArn=f"{MACHINE}:{each}") for each in (1, 2))
    assert (one["definition"], two["definition"]) == (definition(), definition("two"))
    assert ("revisionId" in one, "revisionId" in two) == (False, True)
    assert (one["creationDate"], two["creationDate"]) == (START, START + 60)


def test_numbers_are_not_given_twice(client: Client) -> None:
    client.machine(publish=True)
    update(client, "two", publish=True)
    client("DeleteStateMachineVersion", stateMachineVersionArn=f"{MACHINE}:2")
    assert publish(client) == f"{MACHINE}:3"


@pytest.mark.parametrize("revision", ["other", "INITIAL"])
def test_another_revision_is_not_published(client: Client, revision: str) -> None:
    client.machine()
    assert publish(client, revisionId="INITIAL") == f"{MACHINE}:1"
    current = update(client, "two")["revisionId"]
    assert client.refused("PublishStateMachineVersion", stateMachineArn=MACHINE, revisionId=revision) == (
        "ConflictException",
        (
            f"Failed to publish the State Machine version for revision {revision}. "
            f"The current State Machine revision is {current}."
        ),
    )
    assert publish(client, revisionId=current) == f"{MACHINE}:2"


def test_listed_newest_first(client: Client) -> None:
    client.machine(publish=True)
    for number in range(2, 12):
        update(client, str(number), publish=True)
    first = client("ListStateMachineVersions", stateMachineArn=MACHINE, maxResults=10)
    rest = client("ListStateMachineVersions", stateMachineArn=MACHINE, nextToken=first["nextToken"])
    found = first["stateMachineVersions"] + rest["stateMachineVersions"]
    assert [each["stateMachineVersionArn"] for each in found] == [f"{MACHINE}:{n}" for n in range(11, 0, -1)]


def test_deleted(client: Client) -> None:
    client.machine(publish=True)
    for _ in range(2):
        assert client("DeleteStateMachineVersion", stateMachineVersionArn=f"{MACHINE}:1") == {}
    assert client("ListStateMachineVersions", stateMachineArn=MACHINE) == {"stateMachineVersions": []}
    assert (
        client.refused("DescribeStateMachine", stateMachineArn=f"{MACHINE}:1")[0]
        == "StateMachineDoesNotExist"
    )
    assert (
        client.refused("DeleteStateMachineVersion", stateMachineVersionArn=MACHINE)[0]
        == "ValidationException"
    )


def test_a_thousand_at_most(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    assert versions.MOST == 1000
    monkeypatch.setattr(versions, "MOST", 1)
    client.machine(publish=True)
    update(client, "two")
    assert (
        client.refused("PublishStateMachineVersion", stateMachineArn=MACHINE)[0]
        == "ServiceQuotaExceededException"
    )


def test_what_starting_a_version_runs(client: Client) -> None:
    client.machine(publish=True)
    update(client, "two")
    found = client.machines.resolve(SCOPE, f"{MACHINE}:1")
    assert (found.machine_arn, found.version_arn, found.alias_arn) == (MACHINE, f"{MACHINE}:1", None)
    assert (found.definition, found.revision_id) == (definition(), None)
    plain = client.machines.resolve(SCOPE, MACHINE)
    assert (plain.definition, plain.version_arn) == (definition("two"), None)
    with pytest.raises(ApiError, match="StateMachineDoesNotExist"):
        client.machines.resolve(SCOPE, f"{MACHINE}:2")
