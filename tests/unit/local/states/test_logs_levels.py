"""Executions' events in CloudWatch Logs.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html; shapes: recorded log events of the service.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import (
    FAIL,
    GROUP,
    PASS,
    SCOPE,
    START,
    TASK,
    WAIT,
    Environment,
    single,
)

from batchyard.asl.engine.tasks import Failed


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def machine(env: Environment, definition: Any, level: str, data: bool = True, **more: Any) -> str:
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}
    logging = {"level": level, "includeExecutionData": data, "destinations": [destination]}
    return env.machine("m", definition, loggingConfiguration=logging, **more)


def lines(env: Environment) -> list[dict[str, Any]]:
    return [line for _, _, _, line in env.outlets.lines]


def test_a_line_is_an_event_with_its_data(env: Environment) -> None:
    arn = env.start(machine(env, PASS, "ALL"))
    cut, output = {"truncated": False}, '{"done":true}'
    common = {"event_timestamp": str(int(START * 1000)), "execution_arn": arn, "redrive_count": "0"}
    role = "arn:aws:iam::000000000000:role/states"
    assert lines(env) == [
        {
            "id": "1",
            "type": "ExecutionStarted",
            "details": {"input": "{}", "inputDetails": cut, "roleArn": role},
            "previous_event_id": "0",
            **common,
        },
        {
            "id": "2",
            "type": "PassStateEntered",
            "details": {"input": "{}", "inputDetails": cut, "name": "Only"},
            "previous_event_id": "0",
            **common,
        },
        {
            "id": "3",
            "type": "PassStateExited",
            "details": {"name": "Only", "output": output, "outputDetails": cut},
            "previous_event_id": "2",
            **common,
        },
        {
            "id": "4",
            "type": "ExecutionSucceeded",
            "details": {"output": output, "outputDetails": cut},
            "previous_event_id": "3",
            **common,
        },
    ]


def test_without_data_names_and_errors_stay(env: Environment) -> None:
    env.start(machine(env, FAIL, "ALL", data=False))
    role = "arn:aws:iam::000000000000:role/states"
    assert [each["details"] for each in lines(env)] == [
        {"roleArn": role},
        {"name": "Only"},
        {"error": "Told", "cause": "so"},
    ]


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        ("ERROR", ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
        ("OFF", []),
    ],
)
def test_a_level_holds_its_events(env: Environment, level: str, kinds: list[str]) -> None:
    env.start(machine(env, FAIL, level))
    assert [each["type"] for each in lines(env)] == kinds


def test_a_failure_that_is_caught_is_an_error_and_not_fatal(env: Environment) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "After"}]
    states = {
        "Only": {key: value for key, value in TASK["States"]["Only"].items() if key != "End"}
        | {"Catch": catch, "Next": "After"},
        "After": {"Type": "Pass", "End": True},
    }
    env.start(machine(env, {"StartAt": "Only", "States": states}, "ERROR"))
    env.tasks.tell(env.tasks.started[0], Failed("Bad"))
    env.rounds()
    assert [each["type"] for each in lines(env)] == ["TaskFailed"]


def test_lines_go_to_the_group_of_the_configuration(env: Environment) -> None:
    env.start(machine(env, WAIT, "ALL"))
    env.later(61)
    places = {(scope, group, stream) for scope, group, stream, _ in env.outlets.lines}
    ((scope, group, stream),) = places
    assert (scope, group) == (SCOPE, "/states/tests")
    assert stream.startswith("states/m/2023-11-14-22-13/")


def test_express_executions_log_too(env: Environment) -> None:
    env.start(machine(env, PASS, "ALL", type="EXPRESS"))
    env.send("StartSyncExecution", stateMachineArn="arn:aws:states:us-east-1:000000000000:stateMachine:m")
    env.rounds()
    assert [each["type"] for each in lines(env)].count("ExecutionSucceeded") == 2


def test_children_of_a_distributed_map_log_with_their_machine(env: Environment) -> None:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    processor |= single("Each", Type="Pass")
    env.start(machine(env, single(Type="Map", ItemProcessor=processor), "ALL"), [1, 2])
    assert len({each["execution_arn"] for each in lines(env)}) == 3


def test_a_redriven_executions_lines_say_so(env: Environment) -> None:
    arn = env.start(machine(env, FAIL, "ALL"))
    env.kill()
    env("RedriveExecution", executionArn=arn)
    found = lines(env)
    assert [each["redrive_count"] for each in found] == ["1"] * len(found)
    assert found[0]["type"] == "ExecutionRedriven"


def test_what_is_over_248_kib_is_cut(env: Environment) -> None:
    env.start(machine(env, single(Type="Succeed"), "ALL"), "x" * 250 * 1024)
    details = lines(env)[0]["details"]
    assert details["inputDetails"] == {"truncated": True}
    assert len(details["input"]) == 248 * 1024
