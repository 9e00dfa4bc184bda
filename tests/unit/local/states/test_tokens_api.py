"""SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import TOKEN, Environment

from batchyard.asl.engine.tasks import Submitted
from batchyard.asl.engine.tokens import token as token_of
from batchyard.local.batch.host import Scope
from batchyard.local.states.api_errors import ApiError

GONE = ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def waiting(env: Environment, **more: Any) -> tuple[str, str]:
    """Return an execution that waits for a token, and the token."""
    state = {**TOKEN["States"]["Only"], **more}
    arn = env.start(env.machine("m", {"StartAt": "Only", "States": {"Only": state}}))
    effect = env.tasks.started[-1]
    env.tasks.tell(effect, Submitted({"MessageId": "1"}))
    env.rounds()
    return arn, effect.token  # type: ignore[union-attr, return-value]


def refused(env: Environment, operation: str, **request: Any) -> tuple[str, str]:
    with pytest.raises(ApiError) as raised:
        env(operation, **request)
    return raised.value.code, raised.value.message


def test_success_is_the_tasks_result(env: Environment) -> None:
    arn, token = waiting(env)
    assert env("SendTaskSuccess", taskToken=token, output='{"a": [1, 12345678901234567890]}') == {}
    assert json.loads(env.execution(arn)["output"]) == {"a": [1, 12345678901234567890]}
    assert refused(env, "SendTaskSuccess", taskToken=token, output="1") == GONE


def test_failure_is_the_tasks_error(env: Environment) -> None:
    arn, token = waiting(env)
    env("SendTaskFailure", taskToken=token, error="Bad", cause="luck")
    found = env.execution(arn)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Bad", "luck")


def test_a_failure_needs_neither_error_nor_cause(env: Environment) -> None:
    arn, token = waiting(env)
    env("SendTaskFailure", taskToken=token)
    found = env.execution(arn)
    assert found["status"] == "FAILED"
    assert not {"error", "cause"} & set(found)


def test_heartbeats_keep_a_task_waiting(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html"""
    arn, token = waiting(env, HeartbeatSeconds=10)
    for _ in range(3):
        env.later(9)
        env("SendTaskHeartbeat", taskToken=token)
    assert env.execution(arn)["status"] == "RUNNING"
    env.later(11)
    assert env.execution(arn)["status"] == "FAILED"
    for operation, more in (("SendTaskHeartbeat", {}), ("SendTaskSuccess", {"output": "1"})):
        assert refused(env, operation, taskToken=token, **more) == GONE


def test_a_second_answer_in_the_same_round_comes_too_late(env: Environment) -> None:
    arn, token = waiting(env)
    futures = [env.send("SendTaskSuccess", taskToken=token, output=text) for text in ("1", "2")]
    env.rounds()
    assert futures[0].result(0) == {}
    assert isinstance(futures[1].exception(0), ApiError)
    assert env.execution(arn)["output"] == "1"


def test_a_stopped_executions_token_is_gone(env: Environment) -> None:
    arn, token = waiting(env)
    env("StopExecution", executionArn=arn)
    assert refused(env, "SendTaskSuccess", taskToken=token, output="1") == GONE


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U="])
def test_what_is_no_token_is_refused(env: Environment, token: str) -> None:
    assert refused(env, "SendTaskHeartbeat", taskToken=token) == (
        "InvalidToken",
        "Invalid Token: 'Invalid token'",
    )


def test_a_token_of_no_execution_is_refused(env: Environment) -> None:
    unknown = token_of("arn:aws:states:us-east-1:000000000000:execution:m:none#3")
    assert refused(env, "SendTaskHeartbeat", taskToken=unknown)[0] == "TaskDoesNotExist"


def test_another_account_can_not_answer(env: Environment) -> None:
    arn, token = waiting(env)
    with pytest.raises(ApiError) as raised:
        env("SendTaskSuccess", Scope("111111111111", "us-east-1"), taskToken=token, output="1")
    assert raised.value.code == "TaskDoesNotExist"
    assert env.execution(arn)["status"] == "RUNNING"


@pytest.mark.parametrize("output", ["", "{", "nonsense", "NaN"])
def test_an_output_is_json(env: Environment, output: str) -> None:
    arn, token = waiting(env)
    assert refused(env, "SendTaskSuccess", taskToken=token, output=output)[0] == "InvalidOutput"
    assert env.execution(arn)["status"] == "RUNNING"
