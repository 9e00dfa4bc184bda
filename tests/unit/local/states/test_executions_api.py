"""StartExecution, StartSyncExecution, StopExecution and DescribeExecution.

Wording and members: recorded answers of the service.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import FAIL, PASS, SYNC, TASK, WAIT, Environment, single

from batchyard.asl.engine.tasks import Failed, Succeeded
from batchyard.local.batch.host import Scope
from batchyard.local.states.api_errors import ApiError

VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
EXECUTION = "arn:aws:states:us-east-1:000000000000:execution"


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def refused(env: Environment, operation: str, **request: Any) -> tuple[str, str]:
    with pytest.raises(ApiError) as raised:
        env(operation, **request)
    return raised.value.code, raised.value.message


def test_a_name_is_random_where_none_is_given(env: Environment) -> None:
    machine = env.machine("m", PASS)
    first, second = (env.start(machine) for _ in range(2))
    assert first != second
    assert first.startswith(f"{EXECUTION}:m:")
    assert len(first.rpartition(":")[2]) == 36


def test_a_finished_execution_is_described(env: Environment) -> None:
    arn = env.start(env.machine("m", PASS), name="x")
    assert env.execution(arn) == {
        "executionArn": f"{EXECUTION}:m:x",
        "stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m",
        "name": "x",
        "status": "SUCCEEDED",
        "startDate": env.clock.now(),
        "stopDate": env.clock.now(),
        "input": "{}",
        "inputDetails": {"included": True},
        "output": '{"done":true}',
        "outputDetails": {"included": True},
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }


def test_a_failed_execution_tells_error_and_cause_and_no_output(env: Environment) -> None:
    found = env.execution(env.start(env.machine("m", FAIL)))
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Told", "so")
    assert found["redriveStatus"] == "REDRIVABLE"
    assert not {"output", "outputDetails", "redriveStatusReason"} & set(found)


def test_data_is_left_out_on_request(env: Environment) -> None:
    arn = env.start(env.machine("m", PASS))
    found = env("DescribeExecution", executionArn=arn, includedData="METADATA_ONLY")
    assert not {"input", "output"} & set(found)
    assert found["inputDetails"] == {"included": False}


@pytest.mark.parametrize("name", ["with space", "a:b", "a*", 'a"', "a\x07"])
def test_a_name_has_its_pattern(env: Environment, name: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"""
    code, _ = refused(env, "StartExecution", stateMachineArn=env.machine("m", PASS), name=name)
    assert code == "InvalidName"


def test_the_same_start_again_is_the_same_execution_while_it_is_open(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html (idempotency)"""
    machine = env.machine("m", WAIT)
    request = {"stateMachineArn": machine, "name": "x", "input": '{"a": 1}'}
    first = env("StartExecution", **request)
    env.later(5)
    assert env("StartExecution", **request) == first
    code, message = refused(env, "StartExecution", **request | {"input": '{"a": 2}'})
    assert (code, message) == (
        "ExecutionAlreadyExists",
        f"Execution Already Exists: '{EXECUTION}:m:x'",
    )
    env.later(60)
    assert refused(env, "StartExecution", **request)[0] == "ExecutionAlreadyExists"


def test_two_starts_in_one_round_are_one_execution(env: Environment) -> None:
    machine = env.machine("m", WAIT)
    futures = [env.send("StartExecution", stateMachineArn=machine, name="x") for _ in range(2)]
    env.rounds()
    assert futures[0].result(0) == futures[1].result(0)
    assert len(env("ListExecutions", stateMachineArn=machine)["executions"]) == 1


def test_a_name_is_free_again_after_90_days(env: Environment) -> None:
    machine = env.machine("m", PASS)
    env.start(machine, name="x")
    env.service._expire_at = float("inf")  # not because the record is gone, but by its age
    env.later(90 * 24 * 3600 - 1)
    assert refused(env, "StartExecution", stateMachineArn=machine, name="x")[0] == "ExecutionAlreadyExists"
    env.later(2)
    assert env.execution(env.start(machine, name="x"))["startDate"] == env.clock.now()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Invalid execution input."),
        ("not json", f"Unrecognized token 'not': was expecting {VALUES}"),
        ("{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
    ],
)
def test_an_input_is_json(env: Environment, text: str, reason: str) -> None:
    found = refused(env, "StartExecution", stateMachineArn=env.machine("m", PASS), input=text)
    assert found == ("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{reason}'")


@pytest.mark.parametrize("text", ["[1, 2", "{} {}", "NaN", '{"a" 1}', "[1 2]", "-", '"\x01"'])
def test_no_text_that_is_not_json_starts_anything(env: Environment, text: str) -> None:
    assert refused(env, "StartExecution", stateMachineArn=env.machine("m", PASS), input=text)[0] == (
        "InvalidExecutionInput"
    )


@pytest.mark.parametrize("text", ["1", '"text"', "null", "[]", "12345678901234567890123"])
def test_any_json_value_is_an_input(env: Environment, text: str) -> None:
    arn = env("StartExecution", stateMachineArn=env.machine("m", single(Type="Pass")), input=text)
    assert env.execution(arn["executionArn"])["output"] == text


def test_an_input_has_at_most_262144_bytes(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    machine = env.machine("m", single(Type="Succeed"))
    fits = json.dumps("é" * ((262_144 - 2) // 2), ensure_ascii=False)
    env("StartExecution", stateMachineArn=machine, input=fits)
    code, message = refused(env, "StartExecution", stateMachineArn=machine, input=fits[:-1] + 'x"')
    assert code == "ValidationException"
    assert "262144" in message


def test_a_machine_that_is_not_there_starts_nothing(env: Environment) -> None:
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:none"
    assert refused(env, "StartExecution", stateMachineArn=arn) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{arn}'",
    )


def test_a_version_and_an_alias_start_what_they_stand_for(env: Environment) -> None:
    machine = env.machine("m", single(Type="Pass", Result=1))
    version = env("PublishStateMachineVersion", stateMachineArn=machine)["stateMachineVersionArn"]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = env("CreateStateMachineAlias", name="live", routingConfiguration=routing)["stateMachineAliasArn"]
    env("UpdateStateMachine", stateMachineArn=machine, definition=json.dumps(single(Type="Pass", Result=2)))
    outputs = [env.execution(env.start(arn)) for arn in (machine, version, alias)]
    assert [each["output"] for each in outputs] == ["2", "1", "1"]
    assert [each["stateMachineArn"] for each in outputs] == [machine] * 3
    named = [(each.get("stateMachineVersionArn"), each.get("stateMachineAliasArn")) for each in outputs]
    assert named == [(None, None), (version, None), (version, alias)]


def test_an_execution_runs_the_definition_that_it_was_started_with(env: Environment) -> None:
    machine = env.machine("m", WAIT)
    arn = env.start(machine)
    env("UpdateStateMachine", stateMachineArn=machine, definition=json.dumps(FAIL))
    env.kill()
    env.later(61)
    assert env.execution(arn)["status"] == "SUCCEEDED"
    found = env("DescribeStateMachineForExecution", executionArn=arn)
    assert json.loads(found["definition"]) == WAIT
    assert (found["stateMachineArn"], found["roleArn"]) == (machine, "arn:aws:iam::000000000000:role/states")


def test_a_stop_aborts_and_cancels(env: Environment) -> None:
    arn = env.start(env.machine("m", SYNC))
    env.later(1)
    stopped = env("StopExecution", executionArn=arn, error="Enough", cause="said so")
    found = env.execution(arn)
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "Enough", "said so")
    assert stopped == {"stopDate": found["stopDate"]}
    assert env.tasks.cancelled == [env.tasks.started[0].id]
    assert env.kinds(arn)[-1] == "ExecutionAborted"
    assert env("StopExecution", executionArn=arn) == stopped, "a second stop changes nothing"
    env.tasks.tell(env.tasks.started[0], Succeeded({}))
    env.rounds()
    assert env.execution(arn)["status"] == "ABORTED"


@pytest.mark.parametrize("operation", ["DescribeExecution", "StopExecution", "GetExecutionHistory"])
def test_an_execution_that_is_not_there_is_named(env: Environment, operation: str) -> None:
    arn = f"{EXECUTION}:m:none"
    assert refused(env, operation, executionArn=arn) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{arn}'",
    )
    assert refused(env, operation, executionArn="nonsense") == (
        "InvalidArn",
        "Invalid Arn: 'Invalid ARN prefix: nonsense'",
    )


def test_another_account_does_not_see_it(env: Environment) -> None:
    arn = env.start(env.machine("m", PASS))
    with pytest.raises(ApiError, match="Execution Does Not Exist"):
        env("DescribeExecution", Scope("111111111111", "us-east-1"), executionArn=arn)


def express(env: Environment, definition: Any) -> str:
    return env.machine("fast", definition, type="EXPRESS")


def test_express_executions_are_not_told_of(env: Environment) -> None:
    """Recorded answers of the service."""
    machine = express(env, PASS)
    arn = env.start(machine, name="x")
    assert arn.startswith("arn:aws:states:us-east-1:000000000000:express:fast:x:")
    for operation in ("DescribeExecution", "StopExecution", "GetExecutionHistory"):
        assert refused(env, operation, executionArn=arn) == (
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'",
        )
    assert refused(env, "ListExecutions", stateMachineArn=machine) == (
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )
    assert env.start(machine, name="x") != arn, "a name may be used again"


def test_a_synchronous_execution_is_answered_at_its_end(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html"""
    machine = express(env, TASK)
    future = env.send("StartSyncExecution", stateMachineArn=machine, name="x", input='{"a": 1}')
    env.rounds()
    assert not future.done()
    env.clock.advance_to(env.clock.now() + 0.25)
    env.tasks.tell(env.tasks.started[0], Succeeded({"b": 2}))
    env.rounds()
    found = future.result(0)
    assert found.pop("executionArn").startswith("arn:aws:states:us-east-1:000000000000:express:fast:x:")
    assert found == {
        "stateMachineArn": machine,
        "name": "x",
        "startDate": env.clock.now() - 0.25,
        "stopDate": env.clock.now(),
        "status": "SUCCEEDED",
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "output": '{"b":2}',
        "outputDetails": {"included": True},
        "billingDetails": {"billedDurationInMilliseconds": 300, "billedMemoryUsedInMB": 64},
    }


def test_a_synchronous_failure_is_an_answer(env: Environment) -> None:
    future = env.send("StartSyncExecution", stateMachineArn=express(env, TASK))
    env.rounds()
    env.tasks.tell(env.tasks.started[0], Failed("Bad", "luck"))
    env.rounds()
    found = future.result(0)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Bad", "luck")
    assert "output" not in found


def test_express_has_five_minutes(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    future = env.send("StartSyncExecution", stateMachineArn=express(env, TASK))
    env.rounds()
    env.later(299)
    assert not future.done()
    env.later(2)
    assert future.result(0)["status"] == "TIMED_OUT"
    assert future.result(0)["billingDetails"]["billedDurationInMilliseconds"] >= 300_000


def test_a_standard_machine_has_no_synchronous_start(env: Environment) -> None:
    found = refused(env, "StartSyncExecution", stateMachineArn=env.machine("m", PASS))
    assert found[0] == "StateMachineTypeNotSupported"


def test_a_deleted_machine_aborts_its_executions(env: Environment) -> None:
    machine = env.machine("m", WAIT)
    arn = env.start(machine)
    env("DeleteStateMachine", stateMachineArn=machine)
    assert env.execution(arn)["status"] == "ABORTED"
    assert env("ListStateMachines")["stateMachines"] == []


def test_the_end_of_an_execution_is_told_once(env: Environment) -> None:
    arn = env.start(env.machine("m", WAIT))
    told: list[Any] = []
    env.service.executions.when_ended(arn, told.append)
    env.rounds()
    assert told == []
    env.later(61)
    assert [each["status"] for each in told] == ["SUCCEEDED"]
    assert told[0]["output"] == "{}"
    env.service.executions.when_ended(arn, told.append)
    env.rounds()
    assert len(told) == 2, "also where it had ended before"
