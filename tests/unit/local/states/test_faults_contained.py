"""A fault of one execution, of a task or of who listens takes nothing else down, now or at the next start."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import PASS, SYNC, TASK, WAIT, Environment, single

from batchyard.asl.engine.engine import Engine
from batchyard.errors import BatchyardError


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def broken(*_: Any, **__: Any) -> Any:
    raise LookupError("a bug")


def change(env: Environment, statement: str) -> None:
    """Change the file while nothing has it open."""
    env.service.store.close()
    with sqlite3.connect(env.folder / "states.sqlite") as db:
        db.execute(statement)
    env.service.store.close = lambda: None  # type: ignore[method-assign]


def others_go_on(env: Environment) -> None:
    assert env.execution(env.start(env.machine("after", PASS)))["status"] == "SUCCEEDED"
    assert env.service.host.failure is None


def test_a_listener_that_raises_stops_nothing(env: Environment, caplog: pytest.LogCaptureFixture) -> None:
    env.service.journal.listeners.insert(0, broken)
    others_go_on(env)
    assert [event["status"] for event in env.outlets.events] == ["RUNNING", "SUCCEEDED"]
    assert "a bug" in caplog.text


def test_an_outlet_that_raises_stops_nothing(env: Environment, caplog: pytest.LogCaptureFixture) -> None:
    env.outlets.put_event = broken  # type: ignore[method-assign]
    others_go_on(env)
    assert "a bug" in caplog.text


@pytest.mark.parametrize("method", ["start", "resume", "cancel"])
def test_a_task_that_can_not_begin_fails_its_execution_alone(env: Environment, method: str) -> None:
    setattr(env.tasks, method, broken)
    arn = env.start(env.machine("m", TASK))
    env.service.host.submit(env.service.engine.resume)
    env.rounds()
    if method == "cancel":
        env("StopExecution", executionArn=arn)
        assert env.execution(arn)["status"] == "ABORTED"
    else:
        found = env.execution(arn)
        assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
        assert found["cause"] == "LookupError: a bug"
    others_go_on(env)


@pytest.mark.parametrize(
    "damage",
    [
        "update stimuli set data = '{}' where number = 0",
        "update stimuli set data = replace(data, '\"start\"', '\"unheard\"')",
        "update definitions set data = '{'",
    ],
)
def test_an_execution_that_can_not_be_played_again_has_failed(
    env: Environment, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    arn = env.start(env.machine("m", WAIT), name="x")
    change(env, damage)
    env.kill()
    found = env.execution(arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert env.kinds(arn)[-1] == "ExecutionFailed"
    assert arn in caplog.text
    others_go_on(env)
    env.later(100)
    env.kill()
    assert env.execution(arn)["cause"] == found["cause"]


def test_a_file_that_can_not_be_read_sets_nothing_aside(env: Environment) -> None:
    env.start(env.machine("m", WAIT), name="x")
    change(env, "alter table stimuli rename to other")
    (path,) = env.folder.glob("*.sqlite")
    with sqlite3.connect(path) as db:
        db.execute("create table stimuli (x)")
    with pytest.raises(BatchyardError, match="no such column"):
        env.kill()
    with sqlite3.connect(path) as db:
        assert db.execute("select status from executions").fetchall() == [("RUNNING",)]


def test_an_execution_that_ends_when_it_is_played_again_has_ended(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = env.start(env.machine("m", SYNC), name="x")
    restore = Engine.restore

    def ended(engine: Engine, *arguments: Any) -> Any:
        execution = restore(engine, *arguments)
        execution.close("FAILED", "States.Runtime", "so", len(execution.history))
        return execution

    monkeypatch.setattr(Engine, "restore", ended)
    env.kill()
    monkeypatch.undo()
    assert env.execution(arn)["status"] == "FAILED"
    assert env.tasks.resumed == []
    assert env("StopExecution", executionArn=arn)["stopDate"] == env.execution(arn)["stopDate"]
    others_go_on(env)


def test_a_child_that_can_not_be_played_again_fails_its_map_run(env: Environment) -> None:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    processor |= single("Each", Type="Wait", Seconds=60)
    arn = env.start(env.machine("m", single(Type="Map", ItemProcessor=processor)), [1, 2])
    children = "select id from executions where map_run is not null limit 1"
    change(env, f"update stimuli set data = '[]' where execution in ({children})")
    env.kill()
    env.later(61)
    found = env.execution(arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.ExceedToleratedFailureThreshold")


def test_what_can_not_start_is_not_there(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = env.machine("m", PASS)
    monkeypatch.setattr("batchyard.asl.engine.execution.program", broken)
    with pytest.raises(LookupError):
        env.start(machine, name="x")
    monkeypatch.undo()
    assert env("ListExecutions", stateMachineArn=machine)["executions"] == []
    assert json.loads(env.execution(env.start(machine, name="x"))["output"]) == {"done": True}
