"""After a kill at any moment, executions end as they would have without it, and no task is begun twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.local.states.execution_client import SYNC, TASK, TOKEN, WAIT, Environment, single

from batchyard.asl.engine.tasks import Failed, Submitted, Succeeded
from batchyard.errors import BatchyardError
from batchyard.local.states.api_errors import ApiError

RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 2}]
BUSY: dict[str, Any] = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Next": "Random",
            "Branches": [
                {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "End": True}}},
                single(
                    "Map",
                    Type="Map",
                    ItemsPath="$.items",
                    MaxConcurrency=2,
                    ItemProcessor=single("Each", Type="Wait", SecondsPath="$"),
                ),
                single("Task", **{**TASK["States"]["Only"], "Retry": RETRY}),
            ],
        },
        "Random": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "End": True},
    },
}


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def ends(folder: Path, kills: set[int]) -> tuple[list[dict[str, Any]], int]:
    """Run the busy machine a second at a time, killed after some; return its history and the tasks begun."""
    env = Environment(folder)
    env.service.executions.new_seed = lambda: 5  # type: ignore[method-assign]
    arn = env.start(env.machine("m", BUSY), {"items": [1, 2, 3]}, name="x")
    begun = 0
    for second in range(12):
        for effect in env.tasks.started:
            begun += 1
            env.tasks.tell(effect, Failed("Again") if second < 2 else Succeeded({"second": second}))
        for effect, _ in env.tasks.resumed:
            env.tasks.tell(effect, Failed("Again") if second < 2 else Succeeded({"second": second}))
        env.tasks.started.clear()
        env.tasks.resumed.clear()
        env.rounds()
        if second in kills:
            env.kill()
        env.later(1)
    assert env.execution(arn)["status"] == "SUCCEEDED"
    events: list[dict[str, Any]] = env("GetExecutionHistory", executionArn=arn, maxResults=1000)["events"]
    env.service.store.close()
    return events, begun


@given(kills=st.sets(st.integers(0, 11), max_size=4))
@settings(max_examples=12, deadline=None)
def test_a_kill_changes_no_history(tmp_path_factory: pytest.TempPathFactory, kills: set[int]) -> None:
    undisturbed = ends(tmp_path_factory.mktemp("a"), set())
    killed = ends(tmp_path_factory.mktemp("b"), kills)
    assert killed == undisturbed


def test_a_wait_keeps_its_deadline(env: Environment) -> None:
    arn = env.start(env.machine("m", WAIT))
    begun = env.clock.now()
    env.later(50)
    env.kill()
    env.later(9)
    assert env.execution(arn)["status"] == "RUNNING"
    env.later(1)
    assert env.execution(arn)["stopDate"] == begun + 60


def test_a_wait_whose_time_came_while_nothing_ran_ends_at_once(env: Environment) -> None:
    arn = env.start(env.machine("m", WAIT))
    env.service.store.close()
    env.clock.advance_to(env.clock.now() + 3600)
    env._open()
    env.rounds()
    assert env.execution(arn)["status"] == "SUCCEEDED"


def test_what_was_submitted_is_only_waited_for(env: Environment) -> None:
    arn = env.start(env.machine("m", SYNC))
    (effect,) = env.tasks.started
    env.tasks.tell(effect, Submitted({"JobId": "j"}))
    env.rounds()
    env.kill()
    assert env.tasks.started == []
    assert env.tasks.resumed == [(effect, {"JobId": "j"})]
    env.tasks.tell(effect, Succeeded({"Status": "SUCCEEDED"}))
    env.rounds()
    assert json.loads(env.execution(arn)["output"]) == {"Status": "SUCCEEDED"}
    assert env.kinds(arn).count("TaskSubmitted") == 1


def test_what_was_not_told_as_submitted_is_resumed_as_such(env: Environment) -> None:
    env.start(env.machine("m", SYNC))
    (effect,) = env.tasks.started
    env.kill()
    assert env.tasks.started == []
    assert env.tasks.resumed == [(effect, None)]


def test_a_token_is_the_same_after_a_restart(env: Environment) -> None:
    arn = env.start(env.machine("m", TOKEN))
    (effect,) = env.tasks.started
    env.tasks.tell(effect, Submitted({"MessageId": "1"}))
    env.rounds()
    env.kill()
    env("SendTaskSuccess", taskToken=effect.token, output="1")  # type: ignore[union-attr]
    assert env.execution(arn)["output"] == "1"


def test_no_task_begins_before_it_is_on_disk(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = env.machine("m", TASK)

    def full() -> None:
        raise BatchyardError("the disk is full")

    monkeypatch.setattr(env.service.store, "commit", full)
    future = env.send("StartExecution", stateMachineArn=machine, name="x")
    env.service.host.step()
    assert env.tasks.started == []
    with pytest.raises(BatchyardError, match="can not be saved"):
        future.result(0)
    monkeypatch.undo()
    env.rounds()
    assert len(env.tasks.started) == 1, "it goes on when there is room again"


def test_an_execution_that_was_taken_and_had_no_turn_yet_begins(env: Environment) -> None:
    machine = env.machine("m", TASK)
    env.service.engine.work = lambda: None  # type: ignore[method-assign]
    future = env.send("StartExecution", stateMachineArn=machine)
    env.service.host.step()
    arn = future.result(0)["executionArn"]
    env.service.store.commit()
    env.kill()
    assert env.kinds(arn)[0] == "ExecutionStarted"
    assert len(env.tasks.started) == 1


def test_children_of_a_distributed_map_go_on(env: Environment) -> None:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    processor |= single("Each", Type="Wait", Seconds=60)
    arn = env.start(env.machine("m", single(Type="Map", ItemProcessor=processor)), [1, 2, 3])
    env.later(30)
    env.kill()
    env.later(31)
    assert json.loads(env.execution(arn)["output"]) == [1, 2, 3]


def test_an_asynchronous_express_execution_goes_on(env: Environment) -> None:
    env.start(env.machine("m", TASK, type="EXPRESS"))
    env.kill()
    ((effect, _),) = env.tasks.resumed
    env.tasks.tell(effect, Succeeded(1))
    env.rounds()
    env.kill()
    assert env.tasks.resumed == []


def test_a_synchronous_one_ends_with_its_callers_connection(env: Environment) -> None:
    env.send("StartSyncExecution", stateMachineArn=env.machine("m", TASK, type="EXPRESS"))
    env.rounds()
    assert len(env.tasks.started) == 1
    env.kill()
    assert env.tasks.resumed == []


def test_a_start_is_idempotent_over_a_restart(env: Environment) -> None:
    machine = env.machine("m", WAIT)
    request = {"stateMachineArn": machine, "name": "x", "input": "{}"}
    first = env("StartExecution", **request)
    env.kill()
    assert env("StartExecution", **request) == first
    with pytest.raises(ApiError, match="ExecutionAlreadyExists"):
        env("StartExecution", **request | {"input": "[]"})
    env.later(61)
    env.kill()
    with pytest.raises(ApiError, match="ExecutionAlreadyExists"):
        env("StartExecution", **request)


def test_a_definition_that_is_updated_or_deleted_is_kept_by_what_runs(env: Environment) -> None:
    machine = env.machine("m", WAIT, publish=True)
    arn = env.start(f"{machine}:1")
    env("UpdateStateMachine", stateMachineArn=machine, definition=json.dumps(TASK))
    env("DeleteStateMachineVersion", stateMachineVersionArn=f"{machine}:1")
    env.kill()
    described = env("DescribeStateMachineForExecution", executionArn=arn)
    assert json.loads(described["definition"]) == WAIT
    env.later(61)
    assert env.execution(arn)["status"] == "SUCCEEDED"
    assert env.tasks.started == []
