"""`Step Functions Execution Status Change` events.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.local.states.execution_client import FAIL, PASS, START, WAIT, Environment, single


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def test_every_change_of_status_is_told_with_all_members(env: Environment) -> None:
    machine = env.machine("m", WAIT)
    arn = env.start(machine, [1], name="x")
    env.later(60)
    begun, ended = env.outlets.events
    started = {
        "executionArn": arn,
        "stateMachineArn": machine,
        "name": "x",
        "status": "RUNNING",
        "startDate": int(START * 1000),
        "stopDate": None,
        "input": "[1]",
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": None,
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
        "error": None,
        "cause": None,
    }
    assert begun == started
    assert ended == started | {
        "status": "SUCCEEDED",
        "stopDate": int(START * 1000) + 60_000,
        "output": "[1]",
        "outputDetails": {"included": True},
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }


def test_an_execution_that_ends_at_once_tells_both(env: Environment) -> None:
    env.start(env.machine("m", FAIL))
    assert [each["status"] for each in env.outlets.events] == ["RUNNING", "FAILED"]
    told = env.outlets.events[1]
    assert (told["error"], told["cause"], told["redriveStatus"]) == ("Told", "so", "REDRIVABLE")
    assert (told["output"], told["redriveStatusReason"]) == (None, None)


def test_a_redrive_tells_that_it_runs_again(env: Environment) -> None:
    arn = env.start(env.machine("m", FAIL))
    env.later(5)
    env.outlets.events.clear()
    env("RedriveExecution", executionArn=arn)
    begun, ended = env.outlets.events
    assert (begun["status"], begun["redriveCount"]) == ("RUNNING", 1)
    assert begun["redriveDate"] == int(START * 1000) + 5_000
    assert (ended["status"], ended["redriveCount"]) == ("FAILED", 1)


def test_express_executions_tell_nothing(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html"""
    env.start(env.machine("m", PASS, type="EXPRESS"))
    assert env.outlets.events == []


@pytest.mark.parametrize(
    ("size", "given", "result"), [(120, True, True), (130, False, True), (250, False, False)]
)
def test_what_is_over_248_kib_is_left_out(env: Environment, size: int, given: bool, result: bool) -> None:
    """ "If the combined escaped input and escaped output exceeds 248KB, then the input will be excluded." """
    env.start(env.machine("m", single(Type="Pass")), "x" * (size * 1024))
    told = env.outlets.events[1]
    assert told["inputDetails"] == {"included": given}
    assert told["outputDetails"] == {"included": result}
    assert ((told["input"] is not None), (told["output"] is not None)) == (given, result)


def test_nothing_is_told_twice_after_a_restart(env: Environment) -> None:
    env.start(env.machine("m", WAIT))
    env.kill()
    assert env.outlets.events == []
    env.later(61)
    assert [each["status"] for each in env.outlets.events] == ["SUCCEEDED"]
