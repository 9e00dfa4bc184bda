"""The emulator's other services find and start state machines of this control plane."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import GROUP, PASS, ROLE, Environment

from batchyard.local import ministack
from batchyard.local.states import other_services
from batchyard.local.states.api_errors import ApiError

ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:made"


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Return an environment that the emulator's module leads to; the module is mended again afterwards."""
    found = Environment(tmp_path)
    module = ministack.module(other_services.MODULE)
    for touch in ministack.TOUCHED:
        if touch.module == other_services.MODULE:
            monkeypatch.setattr(module, touch.name, getattr(module, touch.name))
    other_services.install(lambda scope, operation, request: found(operation, scope, **request))
    return found


def emulator(name: str) -> Any:
    return getattr(ministack.module(other_services.MODULE), name)


def record(**more: Any) -> dict[str, Any]:
    """Return a machine as the emulator's CloudFormation puts it into the table."""
    made = {"stateMachineArn": ARN, "name": "made", "definition": json.dumps(PASS), "roleArn": ROLE}
    return made | {"type": "STANDARD", "status": "ACTIVE", "revisionId": "r", "lastVersionNumber": 0} | more


def test_a_template_makes_changes_and_deletes_a_machine(env: Environment) -> None:
    table = emulator("_state_machines")
    destination = {"CloudWatchLogsLogGroup": {"LogGroupArn": GROUP}}
    logging = {"Level": "ALL", "IncludeExecutionData": True, "Destinations": [destination]}
    table[ARN] = record(loggingConfiguration=logging)
    assert env("DescribeStateMachine", stateMachineArn=ARN)["loggingConfiguration"] == {
        "level": "ALL",
        "includeExecutionData": True,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}],
    }
    assert ARN in table
    assert list(table) == [ARN]
    status, _, _ = emulator("_update_state_machine")({"stateMachineArn": ARN, "roleArn": f"{ROLE}-two"})
    assert status == 200
    assert table.get(ARN)["roleArn"] == f"{ROLE}-two"
    emulator("_tag_resource")({"resourceArn": ARN, "tags": [{"key": "k", "value": "v"}]})
    emulator("_untag_resource")({"resourceArn": ARN, "tagKeys": ["k"]})
    assert env("ListTagsForResource", resourceArn=ARN)["tags"] == []
    table.pop(ARN, None)
    assert table.get(ARN) is None
    table.pop(ARN, None)


def test_a_template_that_the_service_refuses_fails(env: Environment) -> None:
    with pytest.raises(ApiError, match="InvalidDefinition"):
        emulator("_state_machines")[ARN] = record(definition="{}")


def test_a_start_of_another_service_is_an_execution(env: Environment) -> None:
    machine = env.machine("made", PASS)
    status, _, body = emulator("_start_execution")({"stateMachineArn": machine, "input": "[1]"})
    assert status == 200
    assert env.execution(json.loads(body)["executionArn"])["input"] == "[1]"


def test_a_start_that_is_refused_says_so(env: Environment) -> None:
    status, _, body = emulator("_start_execution")({"stateMachineArn": ARN})
    assert (status, json.loads(body)["__type"]) == (400, "StateMachineDoesNotExist")


def test_targets_are_machines_versions_and_aliases(env: Environment) -> None:
    machine = env.machine("made", PASS)
    version = env("PublishStateMachineVersion", stateMachineArn=machine)["stateMachineVersionArn"]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = env("CreateStateMachineAlias", name="live", routingConfiguration=routing)["stateMachineAliasArn"]
    resolved = emulator("_resolve_state_machine_arn")
    assert {resolved(arn) for arn in (machine, version, alias)} == {machine}
    assert resolved(f"{machine}-none") is None


def test_the_emulator_keeps_and_loads_no_machines_of_its_own(env: Environment) -> None:
    emulator("load_persisted_state")({"state_machines": {ARN: record()}})
    assert list(emulator("_state_machines")) == []
    assert emulator("get_state")() == {}
