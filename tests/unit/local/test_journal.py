"""What has begun is on disk at once, until the services' state holds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchyard.local import ministack
from batchyard.local.batch.host import Scope
from batchyard.local.journal import Journal
from batchyard.local.saver import Saver

HERE = Scope("000000000000", "us-east-1")
SERVICE = "stepfunctions"


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the only service's state."""
    content: dict[str, Any] = {"n": 1}
    table = {SERVICE: lambda: content}
    monkeypatch.setattr(ministack.module("app"), "_build_persistence_save_dict", lambda: table)
    return content


def arns(folder: Path) -> list[str]:
    return [entry["executionArn"] for _, entry in Journal(folder).entries()]


def test_it_is_read_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new")
    for name in ("a", "b"):
        journal.add(HERE, {"executionArn": name})
    assert list(Journal(tmp_path / "new").entries()) == [
        (HERE, {"executionArn": "a"}),
        (HERE, {"executionArn": "b"}),
    ]


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    Journal(tmp_path).add(HERE, {"executionArn": "a"})
    with (tmp_path / "started.jsonl").open("a") as file:
        file.write('{"account": "0000')
    assert arns(tmp_path) == ["a"]


def test_what_is_saved_is_dropped(state: dict[str, Any], tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    saver = Saver(tmp_path, journal)
    journal.add(HERE, {"executionArn": "a"})
    assert saver.save(everything=True)
    assert arns(tmp_path) == []
    journal.add(HERE, {"executionArn": "b"})
    assert arns(tmp_path) == ["b"]


def test_what_began_during_a_save_stays(
    state: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)

    def slow() -> dict[str, Any]:
        copied = dict(state)
        journal.add(HERE, {"executionArn": "later"})
        return copied

    monkeypatch.setattr(ministack.module("app"), "_build_persistence_save_dict", lambda: {SERVICE: slow})
    journal.add(HERE, {"executionArn": "earlier"})
    assert Saver(tmp_path, journal).save(everything=True)
    assert arns(tmp_path) == ["later"]


def test_a_save_that_fails_drops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def growing() -> Any:
        raise RuntimeError("dictionary changed size during iteration")

    journal = Journal(tmp_path)
    monkeypatch.setattr(ministack.module("app"), "_build_persistence_save_dict", lambda: {SERVICE: growing})
    for name in ("a", "b"):
        journal.add(HERE, {"executionArn": name})
        assert not Saver(tmp_path, journal).save(everything=True)
    journal.add(HERE, {"executionArn": "c"})
    assert arns(tmp_path) == ["a", "b", "c"]


def test_a_started_execution_is_written_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executions = ministack.get("services.stepfunctions", "_executions")
    arn = "arn:aws:states:us-east-1:000000000000:execution:m:early"

    def original(data: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        if data["name"] != "early":
            return 400, {}, b"{}"
        executions[arn] = {"executionArn": arn, "status": "RUNNING", "events": [{"id": 1}, {"id": 2}]}
        return 200, {}, json.dumps({"executionArn": arn}).encode()

    start = Journal(tmp_path).started(original)
    assert start({"name": "early"})[0] == 200
    assert start({"name": "refused"})[0] == 400
    ((_, record),) = Journal(tmp_path).entries()
    assert (record["executionArn"], record["events"]) == (arn, [{"id": 1}])
    del executions[arn]


def test_only_what_the_state_does_not_have_is_restored(tmp_path: Path) -> None:
    executions = ministack.get("services.stepfunctions", "_executions")
    known = {"executionArn": "known", "status": "SUCCEEDED", "events": []}
    ministack.within(HERE, lambda: executions.__setitem__("known", known))
    journal = Journal(tmp_path)
    for name in ("known", "lost"):
        journal.add(HERE, {"executionArn": name, "status": "RUNNING", "events": [{"id": 1, "type": "X"}]})
    Journal(tmp_path).restore()
    assert ministack.within(HERE, lambda: executions["known"])["status"] == "SUCCEEDED"
    lost = ministack.within(HERE, lambda: executions["lost"])
    assert (lost["status"], lost["error"]) == ("FAILED", "States.ServiceRestart")
    for name in ("known", "lost"):
        ministack.within(HERE, lambda name=name: executions.pop(name))
