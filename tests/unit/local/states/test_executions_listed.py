"""ListExecutions: by machine, version, alias and map run; filters and pages.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import PASS, WAIT, Environment, single

from batchyard.local.states.api_errors import ApiError


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def names(env: Environment, **request: Any) -> list[str]:
    return [each["name"] for each in env("ListExecutions", **request)["executions"]]


def refused(env: Environment, **request: Any) -> str:
    with pytest.raises(ApiError) as raised:
        env("ListExecutions", **request)
    return raised.value.code


def test_the_newest_come_first(env: Environment) -> None:
    machine, other = env.machine("m", PASS), env.machine("other", PASS)
    for name in "abc":
        env.start(machine, name=name)
        env.start(other, name=f"other-{name}")
        env.later(1)
    assert names(env, stateMachineArn=machine) == ["c", "b", "a"]
    (found,) = env("ListExecutions", stateMachineArn=machine, maxResults=1)["executions"]
    assert found == {
        "executionArn": "arn:aws:states:us-east-1:000000000000:execution:m:c",
        "stateMachineArn": machine,
        "name": "c",
        "status": "SUCCEEDED",
        "startDate": env.clock.now() - 1,
        "stopDate": env.clock.now() - 1,
        "redriveCount": 0,
    }


def test_a_status_filters(env: Environment) -> None:
    choice = {"Variable": "$.wait", "BooleanEquals": True, "Next": "Wait"}
    states = {
        "Which": {"Type": "Choice", "Choices": [choice], "Default": "Fail"},
        "Wait": {"Type": "Wait", "Seconds": 60, "End": True},
        "Fail": {"Type": "Fail"},
    }
    machine = env.machine("m", {"StartAt": "Which", "States": states})
    for name, wait in (("a", True), ("b", False), ("c", True)):
        env.start(machine, {"wait": wait}, name=name)
    assert names(env, stateMachineArn=machine, statusFilter="RUNNING") == ["c", "a"]
    assert names(env, stateMachineArn=machine, statusFilter="FAILED") == ["b"]
    assert names(env, stateMachineArn=machine, statusFilter="SUCCEEDED") == []
    assert refused(env, stateMachineArn=machine, statusFilter="failed") == "ValidationException"


def test_pages_follow_each_other_whatever_starts_meanwhile(env: Environment) -> None:
    machine = env.machine("m", PASS)
    for number in range(7):
        env.start(machine, name=str(number))
    first = env("ListExecutions", stateMachineArn=machine, maxResults=3)
    env.start(machine, name="new")
    second = env("ListExecutions", stateMachineArn=machine, maxResults=3, nextToken=first["nextToken"])
    third = env("ListExecutions", stateMachineArn=machine, maxResults=3, nextToken=second["nextToken"])
    found = [each["name"] for page in (first, second, third) for each in page["executions"]]
    assert found == list("6543210")
    assert "nextToken" not in third


def test_a_token_is_good_for_its_own_request_and_for_a_day(env: Environment) -> None:
    machine, other = env.machine("m", PASS), env.machine("other", PASS)
    for name in "ab":
        env.start(machine, name=name)
    token = env("ListExecutions", stateMachineArn=machine, maxResults=1)["nextToken"]
    assert refused(env, stateMachineArn=other, nextToken=token) == "InvalidToken"
    assert refused(env, stateMachineArn=machine, nextToken="nonsense") == "InvalidToken"
    env.later(24 * 3600 + 1)
    assert refused(env, stateMachineArn=machine, nextToken=token) == "InvalidToken"


def test_by_version_and_alias(env: Environment) -> None:
    machine = env.machine("m", PASS)
    version = env("PublishStateMachineVersion", stateMachineArn=machine)["stateMachineVersionArn"]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = env("CreateStateMachineAlias", name="live", routingConfiguration=routing)["stateMachineAliasArn"]
    for name, arn in (("plain", machine), ("version", version), ("alias", alias)):
        env.start(arn, name=name)
    assert names(env, stateMachineArn=machine) == ["alias", "version", "plain"]
    assert names(env, stateMachineArn=version) == ["alias", "version"]
    assert names(env, stateMachineArn=alias) == ["alias"]


def test_exactly_one_of_machine_and_map_run_is_named(env: Environment) -> None:
    machine = env.machine("m", PASS)
    run = "arn:aws:states:us-east-1:000000000000:mapRun:m/l:1"
    assert refused(env) == "ValidationException"
    assert refused(env, stateMachineArn=machine, mapRunArn=run) == "ValidationException"
    assert refused(env, stateMachineArn=machine, redriveFilter="REDRIVEN") == "ValidationException"


def test_what_is_not_there_is_named(env: Environment) -> None:
    gone = "arn:aws:states:us-east-1:000000000000:stateMachine:gone"
    assert refused(env, stateMachineArn=gone) == "StateMachineDoesNotExist"
    assert refused(env, stateMachineArn="gone") == "InvalidArn"


DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}


def distributed(**more: Any) -> dict[str, Any]:
    processor = {**DISTRIBUTED, **single("Each", Type="Wait", Seconds=10)}
    return single(Type="Map", Label="each", ItemProcessor=processor, **more)


def run_of(env: Environment, arn: str) -> str:
    return str(env("ListMapRuns", executionArn=arn)["mapRuns"][0]["mapRunArn"])


def test_children_of_a_map_run_are_listed_with_it_and_not_with_the_machine(env: Environment) -> None:
    machine = env.machine("m", distributed())
    arn = env.start(machine, [1, 2, 3], name="parent")
    run = run_of(env, arn)
    assert run.startswith("arn:aws:states:us-east-1:000000000000:mapRun:m/each:")
    assert names(env, stateMachineArn=machine) == ["parent"]
    children = env("ListExecutions", mapRunArn=run)["executions"]
    assert [(each["status"], each["itemCount"], each["mapRunArn"]) for each in children] == [
        ("RUNNING", 1, run)
    ] * 3
    assert {each["stateMachineArn"] for each in children} == {f"{machine}/each"}
    found = env.execution(children[0]["executionArn"])
    assert (found["mapRunArn"], found["stateMachineArn"]) == (run, f"{machine}/each")
    described = env("DescribeStateMachineForExecution", executionArn=children[0]["executionArn"])
    assert json.loads(described["definition"])["StartAt"] == "Each"
    assert (described["mapRunArn"], described["label"]) == (run, "each")


def test_a_map_run_is_described_while_it_runs_and_after(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html"""
    arn = env.start(env.machine("m", distributed(MaxConcurrency=2)), [1, 2, 3])
    run = run_of(env, arn)
    found = env("DescribeMapRun", mapRunArn=run)
    assert (found["executionArn"], found["status"], found["maxConcurrency"]) == (arn, "RUNNING", 2)
    assert (found["itemCounts"]["running"], found["itemCounts"]["pending"]) == (2, 1)
    env("UpdateMapRun", mapRunArn=run, maxConcurrency=3, toleratedFailureCount=1)
    found = env("DescribeMapRun", mapRunArn=run)
    assert (found["maxConcurrency"], found["toleratedFailureCount"]) == (3, 1)
    env.kill()
    for _ in range(3):
        env.later(11)
    assert env.execution(arn)["status"] == "SUCCEEDED"
    env.kill()
    found = env("DescribeMapRun", mapRunArn=run)
    assert (found["status"], found["itemCounts"]["succeeded"], found["itemCounts"]["total"]) == (
        "SUCCEEDED",
        3,
        3,
    )
    (listed,) = env("ListMapRuns", executionArn=arn)["mapRuns"]
    assert listed["stopDate"] == found["stopDate"]
    assert listed["stateMachineArn"].endswith(":stateMachine:m/each")


@pytest.mark.parametrize("operation", ["DescribeMapRun", "UpdateMapRun"])
def test_a_map_run_that_is_not_there_is_named(env: Environment, operation: str) -> None:
    run = "arn:aws:states:us-east-1:000000000000:mapRun:m/l:1"
    more = {"maxConcurrency": 1} if operation == "UpdateMapRun" else {}
    with pytest.raises(ApiError) as raised:
        env(operation, mapRunArn=run, **more)
    assert raised.value.code == "ResourceNotFound"


def test_express_children_run_and_are_not_listed(env: Environment) -> None:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}
    processor |= single("Each", Type="Pass", Result=1)
    arn = env.start(env.machine("m", single(Type="Map", ItemProcessor=processor)), [1, 2])
    assert json.loads(env.execution(arn)["output"]) == [1, 1]
    assert names(env, mapRunArn=run_of(env, arn)) == []


def test_a_redrive_filters_children(env: Environment) -> None:
    processor = {**DISTRIBUTED, **single("Each", Type="Fail")}
    machine = env.machine("m", single(Type="Map", ItemProcessor=processor))
    arn = env.start(machine, [1])
    run = run_of(env, arn)
    assert names(env, mapRunArn=run, redriveFilter="REDRIVEN") == []
    assert len(names(env, mapRunArn=run, redriveFilter="NOT_REDRIVEN")) == 1
    env("RedriveExecution", executionArn=arn)
    assert len(names(env, mapRunArn=run, redriveFilter="REDRIVEN")) == 1
    assert env("DescribeMapRun", mapRunArn=run)["redriveCount"] == 1


def test_waiting_executions_are_listed_after_a_restart(env: Environment) -> None:
    machine = env.machine("m", WAIT)
    env.start(machine, name="x")
    env.kill()
    assert names(env, stateMachineArn=machine, statusFilter="RUNNING") == ["x"]
