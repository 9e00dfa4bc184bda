"""RedriveExecution: what it does, and why it refuses.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.local.states.execution_client import FAIL, PASS, TASK, WAIT, Environment

from batchyard.asl.engine.tasks import Failed, Succeeded
from batchyard.local.states.api_errors import ApiError


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def failed_task(env: Environment) -> str:
    arn = env.start(env.machine("m", TASK))
    env.tasks.tell(env.tasks.started[0], Failed("Bad", "luck"))
    env.rounds()
    assert env.execution(arn)["status"] == "FAILED"
    return arn


def refusal(env: Environment, arn: str) -> str:
    with pytest.raises(ApiError) as raised:
        env("RedriveExecution", executionArn=arn)
    assert raised.value.code == "ExecutionNotRedrivable"
    found = env.execution(arn)
    assert (found["redriveStatus"], found["redriveStatusReason"]) == ("NOT_REDRIVABLE", raised.value.message)
    return raised.value.message


@pytest.mark.parametrize("restarted", [False, True])
def test_a_failed_execution_goes_on_where_it_failed(env: Environment, restarted: bool) -> None:
    arn = failed_task(env)
    env.later(3600)
    if restarted:
        env.kill()
    answer = env("RedriveExecution", executionArn=arn)
    assert answer == {"redriveDate": env.clock.now()}
    found = env.execution(arn)
    assert (found["status"], found["redriveCount"], found["redriveDate"]) == ("RUNNING", 1, env.clock.now())
    assert not {"error", "cause", "stopDate"} & set(found)
    if restarted:
        env.kill()
        env.tasks.tell(env.tasks.resumed[0][0], Succeeded({"good": 1}))
    else:
        env.tasks.tell(env.tasks.started[-1], Succeeded({"good": 1}))
    env.rounds()
    found = env.execution(arn)
    assert (found["status"], found["output"], found["redriveCount"]) == ("SUCCEEDED", '{"good":1}', 1)
    kinds = env.kinds(arn)
    assert kinds.count("ExecutionRedriven") == kinds.count("ExecutionFailed") == 1
    assert kinds.count("TaskScheduled") == 2


def test_a_client_token_redrives_once(env: Environment) -> None:
    """ "idempotent responses for the last 10 client tokens", "valid for up to 15 minutes" """
    arn = failed_task(env)
    first = env("RedriveExecution", executionArn=arn, clientToken="t")
    env.later(5)
    env.kill()
    assert env("RedriveExecution", executionArn=arn, clientToken="t") == first
    assert env.execution(arn)["redriveCount"] == 1
    env.later(15 * 60)
    with pytest.raises(ApiError, match="RUNNING"):
        env("RedriveExecution", executionArn=arn, clientToken="t")


def test_what_runs_or_has_succeeded_is_refused(env: Environment) -> None:
    assert refusal(env, env.start(env.machine("w", WAIT))) == "Execution is RUNNING and cannot be redriven"
    assert refusal(env, env.start(env.machine("p", PASS))) == "Execution is SUCCEEDED and cannot be redriven"


def test_after_14_days_it_is_refused(env: Environment) -> None:
    arn = env.start(env.machine("m", FAIL))
    env.later(14 * 24 * 3600)
    assert env.execution(arn)["redriveStatus"] == "REDRIVABLE"
    env.later(1)
    assert refusal(env, arn) == "Execution redrivable period exceeded"


def test_an_aborted_execution_can_be_redriven(env: Environment) -> None:
    arn = env.start(env.machine("m", WAIT))
    env("StopExecution", executionArn=arn)
    env("RedriveExecution", executionArn=arn)
    env.later(61)
    assert env.execution(arn)["status"] == "SUCCEEDED"


def test_an_execution_may_be_redriven_again(env: Environment) -> None:
    arn = env.start(env.machine("m", FAIL))
    for count in (1, 2, 3):
        env.later(1)
        env("RedriveExecution", executionArn=arn)
        assert env.execution(arn)["redriveCount"] == count
        env.kill()
    assert env.kinds(arn).count("ExecutionFailed") == 4


def test_two_redrives_in_one_round_are_one(env: Environment) -> None:
    arn = failed_task(env)
    futures = [env.send("RedriveExecution", executionArn=arn) for _ in range(2)]
    env.rounds()
    assert futures[0].exception(0) is None
    assert isinstance(futures[1].exception(0), ApiError)
    assert env.execution(arn)["redriveCount"] == 1
