"""State on disk: written whole with a commit, kept when it can not be, read back as it was."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.local.states.execution_client import PASS, WAIT, Environment

from batchyard.asl.engine import ExecutionSpec, MapChild
from batchyard.errors import BatchyardError
from batchyard.local.states.records import Record
from batchyard.local.states.store import Store

SPEC = ExecutionSpec("arn:x", "x", "arn:m", "m", "arn:role", "STANDARD", '{"StartAt": "A"}', "{}", 7)
TEXT = st.text(max_size=20)


def record(number: int = 1, **changes: Any) -> Record:
    return Record(number, dataclasses.replace(SPEC, **changes), {"revisionId": None}, 1.5)


def test_what_is_not_committed_is_lost_and_what_is_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.resources.put("machine", "arn:m", {"name": "m"})
    store.put(record())
    store.commit()
    store.resources.put("machine", "arn:n", {"name": "n"})
    store.resources.delete("machine", "arn:m")
    store.close()
    again = Store(tmp_path)
    assert list(again.resources.all("machine")) == [{"name": "m"}]
    assert again.find("arn:x") == record()
    assert again.number() == 2
    again.close()


@given(
    arn=TEXT,
    definition=TEXT,
    output=st.none() | TEXT,
    child=st.none() | st.builds(MapChild, TEXT, TEXT, st.integers(0, 10)),
    seed=st.integers(0, 2**63 - 1),
    tokens=st.lists(st.tuples(TEXT, st.floats(0, 2e9)).map(list), max_size=2),
)
@settings(max_examples=30, deadline=None)
def test_any_record_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    arn: str,
    definition: str,
    output: str | None,
    child: MapChild | None,
    seed: int,
    tokens: list[list[Any]],
) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    found = record(5, arn=arn, definition=definition, child=child, seed=seed)
    found.output, found.tokens = output, tokens
    store.put(found)
    assert store.find(arn) == found
    store.close()


def test_a_full_disk_keeps_what_is_not_written(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.resources.put("machine", "arn:m", {"name": "m"})
    reader = sqlite3.connect(tmp_path / "states.sqlite")
    reader.execute("begin immediate")  # nobody else can write now
    store._db.execute("pragma busy_timeout=1")
    with pytest.raises(BatchyardError, match="can not be saved") as raised:
        store.commit()
    assert "make room" in raised.value.fix
    assert store.find("arn:x") is None, "what is on disk can still be read"
    reader.rollback()
    reader.close()
    store.commit()
    store.close()
    again = Store(tmp_path)
    assert again.resources.get("machine", "arn:m") == {"name": "m"}
    again.close()


@pytest.mark.parametrize("damage", ["file", "row"])
def test_a_broken_file_is_refused_with_a_way_out(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    store.resources.put("machine", "arn:m", {"name": "m"})
    store.commit()
    store.close()
    path = tmp_path / "states.sqlite"
    if damage == "file":
        path.write_bytes(b"no database, " * 1_000)
    else:
        with sqlite3.connect(path) as database:
            database.execute("update resources set data = '{'")
        database.close()
    with pytest.raises(BatchyardError, match="can not be read") as raised:
        Store(tmp_path)
    assert str(path) in str(raised.value)
    assert "batchyard local reset" in raised.value.fix


def test_a_folder_has_one_store_at_a_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(BatchyardError, match="another engine"):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


def test_closed_executions_are_kept_for_90_days(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    env = Environment(tmp_path)
    closed = env.start(env.machine("closed", PASS))
    waiting = env.start(
        env.machine("open", {**WAIT, "States": {"Only": WAIT["States"]["Only"] | {"Seconds": 8_000_000}}})
    )
    env.later(89 * 24 * 3600)
    assert env.kinds(closed)[-1] == "ExecutionSucceeded"
    env.later(2 * 24 * 3600)
    with pytest.raises(Exception, match="Execution Does Not Exist"):
        env.execution(closed)
    assert env.execution(waiting)["status"] == "RUNNING"
    rows = env.service.store._db.execute("select count(*) from histories").fetchone()
    assert rows == (0,)


def test_a_definition_is_kept_once(tmp_path: Path) -> None:
    env = Environment(tmp_path)
    machine = env.machine("m", PASS)
    for _ in range(5):
        env.start(machine)
    assert env.service.store._db.execute("select count(*) from definitions").fetchone() == (1,)


def test_what_happened_to_an_execution_that_succeeded_is_dropped(tmp_path: Path) -> None:
    env = Environment(tmp_path)
    arn = env.start(env.machine("m", PASS))
    env.service.store.commit()
    assert env.service.store._db.execute("select count(*) from stimuli").fetchone() == (0,)
    assert env.kinds(arn)[-1] == "ExecutionSucceeded", "its history is not"


def test_wiping_forgets_everything(tmp_path: Path) -> None:
    env = Environment(tmp_path)
    env.start(env.machine("m", PASS))
    env.service.store.wipe()
    env.kill()
    assert env("ListStateMachines")["stateMachines"] == []
