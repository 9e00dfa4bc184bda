"""Every operation of the service's model through botocore: as it writes requests and reads answers.

Source: the API model that botocore carries (stepfunctions, 2016-11-23).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import FAIL, PASS, ROLE, TOKEN, WAIT, single
from tests.unit.local.states.wire import Json, Wire


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    found = Wire(tmp_path)
    yield found
    found.states.stop()


MAP = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                **single("Inner", Type="Wait", Seconds=60),
            },
            "End": True,
        }
    },
}
NOBODY = "arn:aws:states:us-east-1:000000000000:stateMachine:nobody"


def made(wire: Wire, name: str, definition: Json, **more: Any) -> str:
    answer = wire("CreateStateMachine", name=name, roleArn=ROLE, definition=json.dumps(definition), **more)
    return str(answer["stateMachineArn"])


def ended(wire: Wire, arn: str) -> Json:
    while (found := wire("DescribeExecution", executionArn=arn))["status"] == "RUNNING":
        pass
    return found


def every(wire: Wire) -> None:
    """Call every operation as somebody who uses them all would."""
    machine = made(wire, "m", WAIT, publish=True, versionDescription="one", tags=[{"key": "a", "value": "b"}])
    wire("DescribeStateMachine", stateMachineArn=machine)
    wire("ListStateMachines", maxResults=1)
    wire("ValidateStateMachineDefinition", definition=json.dumps({"StartAt": "x", "States": {}}))
    wire("TestState", definition=json.dumps({"Type": "Pass", "End": True}), roleArn=ROLE, input="[1]")
    wire("TagResource", resourceArn=machine, tags=[{"key": "c", "value": "d"}])
    wire("ListTagsForResource", resourceArn=machine)
    wire("UntagResource", resourceArn=machine, tagKeys=["c"])
    wire("UpdateStateMachine", stateMachineArn=machine, definition=json.dumps(PASS), publish=True)
    version = wire("PublishStateMachineVersion", stateMachineArn=machine)["stateMachineVersionArn"]
    wire("ListStateMachineVersions", stateMachineArn=machine)
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = wire("CreateStateMachineAlias", name="live", routingConfiguration=routes)["stateMachineAliasArn"]
    wire("UpdateStateMachineAlias", stateMachineAliasArn=alias, description="now")
    wire("DescribeStateMachineAlias", stateMachineAliasArn=alias)
    wire("ListStateMachineAliases", stateMachineArn=machine)
    started = wire("StartExecution", stateMachineArn=alias, name="x", input='{"a": 1}', traceHeader="t")
    ended(wire, started["executionArn"])
    wire("DescribeStateMachineForExecution", executionArn=started["executionArn"])
    wire("GetExecutionHistory", executionArn=started["executionArn"], reverseOrder=True)
    wire("ListExecutions", stateMachineArn=machine, statusFilter="SUCCEEDED")
    waits = wire("StartExecution", stateMachineArn=f"{machine}:1")["executionArn"]
    wire("StopExecution", executionArn=waits, error="E", cause="c")
    ended(wire, waits)
    fails = wire("StartExecution", stateMachineArn=made(wire, "fails", FAIL))["executionArn"]
    ended(wire, fails)
    wire("GetExecutionHistory", executionArn=fails)
    wire("RedriveExecution", executionArn=fails, clientToken="token")
    wire("DescribeExecution", executionArn=fails)
    express = made(wire, "express", PASS, type="EXPRESS")
    wire("StartSyncExecution", stateMachineArn=express, input="{}", name="s")
    wire("StartSyncExecution", stateMachineArn=made(wire, "xf", FAIL, type="EXPRESS"))
    _map_run(wire)
    _tokens(wire)
    _activity(wire)
    wire("DeleteStateMachineAlias", stateMachineAliasArn=alias)
    wire("DeleteStateMachineVersion", stateMachineVersionArn=version)
    wire("DeleteStateMachine", stateMachineArn=machine)


def _map_run(wire: Wire) -> None:
    parent = wire("StartExecution", stateMachineArn=made(wire, "map", MAP), input="[1, 2]")["executionArn"]
    while not (runs := wire("ListMapRuns", executionArn=parent)["mapRuns"]):
        pass
    run = runs[0]["mapRunArn"]
    wire("UpdateMapRun", mapRunArn=run, maxConcurrency=1, toleratedFailurePercentage=5.5)
    wire("DescribeMapRun", mapRunArn=run)
    while not (children := wire("ListExecutions", mapRunArn=run)["executions"]):
        pass
    wire("DescribeExecution", executionArn=children[0]["executionArn"])
    wire("DescribeStateMachineForExecution", executionArn=children[0]["executionArn"])
    wire("StopExecution", executionArn=parent)
    ended(wire, parent)
    wire("DescribeMapRun", mapRunArn=run)
    wire("GetExecutionHistory", executionArn=parent)


def _tokens(wire: Wire) -> None:
    machine = made(wire, "token", TOKEN)
    for operation, more in (
        ("SendTaskSuccess", {"output": "1"}),
        ("SendTaskFailure", {"error": "E", "cause": "c"}),
    ):
        arn = wire("StartExecution", stateMachineArn=machine)["executionArn"]
        while not (open_ := [each for each in wire.tasks.started if each.execution_arn == arn]):
            pass
        token = open_[0].token  # type: ignore[union-attr]
        wire("SendTaskHeartbeat", taskToken=token)
        wire(operation, taskToken=token, **more)
        ended(wire, arn)
        wire("GetExecutionHistory", executionArn=arn)
        assert wire.refused(operation, taskToken=token, **more) == (400, "TaskTimedOut")


def _activity(wire: Wire) -> None:
    activity = wire("CreateActivity", name="a", tags=[{"key": "k", "value": "v"}])["activityArn"]
    wire("DescribeActivity", activityArn=activity)
    wire("ListActivities")
    arn = wire("StartExecution", stateMachineArn=made(wire, "act", single(Type="Task", Resource=activity)))
    task = wire("GetActivityTask", activityArn=activity, workerName="w")
    wire("SendTaskSuccess", taskToken=task["taskToken"], output='"done"')
    ended(wire, arn["executionArn"])
    wire("GetExecutionHistory", executionArn=arn["executionArn"])
    wire("DeleteActivity", activityArn=activity)


def test_every_operation_answers_as_the_model_says(wire: Wire) -> None:
    called: set[str] = set()
    wire.client.meta.events.register_first(
        "before-call.stepfunctions", lambda model, **_: called.add(model.name), unique_id="called"
    )
    try:
        every(wire)
    finally:
        wire.client.meta.events.unregister("before-call.stepfunctions", unique_id="called")
    assert called == set(wire.client.meta.service_model.operation_names)


REFUSED: dict[str, tuple[Json, str]] = {
    "CreateActivity": ({"name": "a b"}, "InvalidName"),
    "CreateStateMachine": ({"name": "n", "roleArn": ROLE, "definition": "{"}, "InvalidDefinition"),
    "CreateStateMachineAlias": ({"name": "a"}, "ValidationException"),
    "DeleteActivity": ({"activityArn": "x"}, "InvalidArn"),
    "DeleteStateMachine": ({"stateMachineArn": "x"}, "InvalidArn"),
    "DeleteStateMachineAlias": ({"stateMachineAliasArn": "x"}, "InvalidArn"),
    "DeleteStateMachineVersion": ({"stateMachineVersionArn": NOBODY}, "ValidationException"),
    "DescribeActivity": ({"activityArn": NOBODY.replace("stateMachine", "activity")}, "ActivityDoesNotExist"),
    "DescribeExecution": (
        {"executionArn": f"{NOBODY}:x".replace("stateMachine", "execution")}, "ExecutionDoesNotExist"),
    "DescribeMapRun": ({"mapRunArn": "x"}, "InvalidArn"),
    "DescribeStateMachine": ({"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    "DescribeStateMachineAlias": ({"stateMachineAliasArn": f"{NOBODY}:a"}, "ResourceNotFound"),
    "DescribeStateMachineForExecution": ({"executionArn": "x"}, "InvalidArn"),
    "GetActivityTask": ({"activityArn": NOBODY.replace("stateMachine", "activity")}, "ActivityDoesNotExist"),
    "GetExecutionHistory": ({"executionArn": "x"}, "InvalidArn"),
    "ListActivities": ({"maxResults": 1001}, "ValidationException"),
    "ListExecutions": ({}, "ValidationException"),
    "ListMapRuns": ({"executionArn": "x"}, "InvalidArn"),
    "ListStateMachineAliases": ({"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    "ListStateMachineVersions": ({"stateMachineArn": f"{NOBODY}:1"}, "ValidationException"),
    "ListStateMachines": ({"nextToken": "x"}, "InvalidToken"),
    "ListTagsForResource": ({"resourceArn": NOBODY}, "ResourceNotFound"),
    "PublishStateMachineVersion": ({"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    "RedriveExecution": ({"executionArn": "x"}, "InvalidArn"),
    "SendTaskFailure": ({"taskToken": "x"}, "InvalidToken"),
    "SendTaskHeartbeat": ({"taskToken": "x"}, "InvalidToken"),
    "SendTaskSuccess": ({"taskToken": "x", "output": "{"}, "InvalidOutput"),
    "StartExecution": ({"stateMachineArn": NOBODY, "input": "{"}, "InvalidExecutionInput"),
    "StartSyncExecution": ({"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    "StopExecution": ({"executionArn": "x"}, "InvalidArn"),
    "TagResource": ({"resourceArn": NOBODY, "tags": []}, "ResourceNotFound"),
    "TestState": ({"definition": "{"}, "InvalidDefinition"),
    "UntagResource": ({"resourceArn": NOBODY, "tagKeys": ["a"]}, "ResourceNotFound"),
    "UpdateMapRun": ({"mapRunArn": "x"}, "InvalidArn"),
    "UpdateStateMachine": ({"stateMachineArn": NOBODY}, "MissingRequiredParameter"),
    "UpdateStateMachineAlias": ({"stateMachineAliasArn": f"{NOBODY}:a"}, "ValidationException"),
    "ValidateStateMachineDefinition": ({}, "ValidationException"),
}  # fmt: skip


def test_every_operation_refuses_as_the_model_says(wire: Wire) -> None:
    model = wire.client.meta.service_model
    assert set(REFUSED) == set(model.operation_names)
    common = {"ValidationException", "SerializationException"}
    for operation, (request, code) in REFUSED.items():
        assert wire.refused(operation, **request) == (400, code), operation
        named = {shape.name for shape in model.operation_model(operation).error_shapes}
        assert code in named | common, operation


ODD = (
    "\ud800",
    "",
    "x",
    "é\0",
    "{}",
    "a" * 300,
    "[" * 5000,
    0,
    -1,
    2**70,
    1.5,
    True,
    [],
    [None],
    {},
    {"x": 1},
)


def test_no_odd_value_is_an_error_of_the_service(wire: Wire) -> None:
    """Any value in the place of any member is answered, and nothing that follows suffers from it."""
    model = wire.client.meta.service_model
    machine = made(wire, "m", WAIT)
    execution = wire("StartExecution", stateMachineArn=machine, name="x")["executionArn"]
    activity = wire("CreateActivity", name="a")["activityArn"]
    good = {
        "stateMachineArn": machine, "executionArn": execution, "activityArn": activity, "name": "m",
        "roleArn": ROLE, "definition": json.dumps(PASS), "resourceArn": machine, "taskToken": "x",
        "output": "1", "input": "{}", "tags": [], "tagKeys": ["a"], "mapRunArn": NOBODY, "nextToken": None,
        "stateMachineAliasArn": f"{machine}:live", "stateMachineVersionArn": f"{machine}:9",
        "routingConfiguration": [{"stateMachineVersionArn": f"{machine}:1", "weight": 100}],
    }  # fmt: skip
    faults = []
    for operation in model.operation_names:
        if operation in ("GetActivityTask", "DeleteStateMachine", "DeleteActivity"):
            continue
        members = model.operation_model(operation).input_shape.members
        for member in members:
            for odd in ODD:
                status = wire.status(
                    operation, {k: v for k, v in good.items() if k in members} | {member: odd}
                )
                if status >= 500:
                    faults.append((operation, member, odd if isinstance(odd, int) else repr(odd)[:20]))
    assert faults == []
    assert wire.status("CreateStateMachine", good | {"name": "after"}) == 200


def test_half_a_character_in_a_definition_or_input_is_kept(wire: Wire) -> None:
    """A JSON string may hold one half of a surrogate pair; UTF-8 can not."""
    half = json.dumps({**PASS, "Comment": "\ud800"}, ensure_ascii=False)
    request = {"name": "m", "roleArn": ROLE, "definition": half}
    assert wire.status("CreateStateMachine", request) in (200, 400)
    machine = made(wire, "after", PASS)
    start = {"stateMachineArn": machine, "input": '{"a": "\ud800"}', "name": "x"}
    assert wire.status("StartExecution", start) in (200, 400)
    start = {"stateMachineArn": machine.replace("after", "m")}
    assert wire.status("StartExecution", start) in (200, 400)
    assert wire.status("StartExecution", {"stateMachineArn": machine}) == 200
    odd = machine.replace("stateMachine", "execution") + ":\ud800"
    assert wire.refused("DescribeExecution", executionArn=odd)[0] == 400
    odd = machine.replace("stateMachine", "mapRun") + "/x:\ud800"
    assert wire.refused("DescribeMapRun", mapRunArn=odd)[0] == 400
    assert wire.states.failure is None
