"""Resources outlive the environment: what is on disk is what was there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit.local.states.resource_client import ROLE, Client, Service, arn, definition

from batchyard.local.states.store import Store

_LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("DescribeStateMachine", {"stateMachineArn": arn("exome")}),
    ("DescribeStateMachine", {"stateMachineArn": arn("exome:1")}),
    ("DescribeStateMachineAlias", {"stateMachineAliasArn": arn("exome:live")}),
    ("ListStateMachines", {}),
    ("ListStateMachineVersions", {"stateMachineArn": arn("exome")}),
    ("ListTagsForResource", {"resourceArn": arn("exome")}),
    ("DescribeActivity", {"activityArn": arn("align", "activity")}),
)


def _make(client: Client) -> None:
    client.machine(publish=True, tags=[{"key": "a", "value": "b"}])
    client.machine("gone")
    client(
        "UpdateStateMachine", stateMachineArn=arn("exome"), definition=definition("two"), roleArn=ROLE + "-2"
    )
    routes = [{"stateMachineVersionArn": arn("exome:1"), "weight": 100}]
    client("CreateStateMachineAlias", name="live", routingConfiguration=routes, description="x")
    client("CreateActivity", name="align")
    client("DeleteStateMachine", stateMachineArn=arn("gone"))


def test_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    client = Client(Service(store.resources))
    _make(client)
    before = [client(operation, **request) for operation, request in _LOOKS]
    store.commit()
    store.close()
    again = Store(tmp_path)
    client = Client(Service(again.resources))
    assert [client(operation, **request) for operation, request in _LOOKS] == before
    assert client.machine("gone")["stateMachineArn"] == arn("gone")
    again.close()


def test_answers_do_not_change_with_later_requests(tmp_path: Path) -> None:
    """Records are handed out as they are, so that no operation may change one in its place."""
    store = Store(tmp_path)
    client = Client(Service(store.resources))
    _make(client)
    shown = client("DescribeStateMachineAlias", stateMachineAliasArn=arn("exome:live"))
    text = str(shown)
    client("UpdateStateMachineAlias", stateMachineAliasArn=arn("exome:live"), description="y")
    client("UpdateStateMachine", stateMachineArn=arn("exome"), tracingConfiguration={"enabled": True})
    client("TagResource", resourceArn=arn("exome"), tags=[{"key": "c", "value": "d"}])
    assert str(shown) == text
    assert client("DescribeStateMachine", stateMachineArn=arn("exome:1"))["tracingConfiguration"] == {
        "enabled": False
    }
    store.close()
