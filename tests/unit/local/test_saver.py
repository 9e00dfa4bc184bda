"""State is written when it changes, whole, in a form that MiniStack loads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batchyard.errors import BatchyardError
from batchyard.local import ministack
from batchyard.local.saver import Saver, check

Services = dict[str, Callable[[], Any]]


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    """Return the table of services that are saved, empty."""
    table: Services = {}
    monkeypatch.setattr(ministack.module("app"), "_build_persistence_save_dict", lambda: table)
    return table


def test_what_is_written_is_loaded(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scoped = ministack.module("core.responses").AccountRegionScopedDict()
    scoped["key"] = {"body": b"\xff", "list": [1]}
    services["eventbridge"] = lambda: {"rules": scoped}
    assert Saver(tmp_path).save()
    persistence = ministack.module("core.persistence")
    monkeypatch.setattr(persistence, "PERSIST_STATE", True)
    monkeypatch.setattr(persistence, "STATE_DIR", str(tmp_path))
    assert ministack.get("core.persistence", "load_state")("eventbridge")["rules"]["key"] == scoped["key"]


def test_only_changes_are_written(services: Services, tmp_path: Path) -> None:
    state = {"n": 1}
    services["sqs"] = lambda: state
    saver = Saver(tmp_path)
    saver.save(everything=True)
    path = tmp_path / "sqs.json"
    path.write_text("untouched")
    saver.save(everything=True)
    assert path.read_text() == "untouched"
    state["n"] = 2
    saver.save(everything=True)
    assert json.loads(path.read_text())["payload"] == {"n": 2}


def test_state_machines_are_left_out(services: Services, tmp_path: Path) -> None:
    services["stepfunctions"] = services["sqs"] = dict
    assert Saver(tmp_path).save(everything=True)
    assert [path.name for path in tmp_path.iterdir()] == ["sqs.json"]


def test_a_table_that_grows_meanwhile_is_saved_later(services: Services, tmp_path: Path) -> None:
    def growing() -> Any:
        raise RuntimeError("dictionary changed size during iteration")

    services["sqs"] = growing
    services["sns"] = dict
    saver = Saver(tmp_path)
    assert not saver.save()
    services["sqs"] = dict
    assert saver.save(everything=True)
    assert {path.name for path in tmp_path.iterdir()} == {"sqs.json", "sns.json"}


def test_what_can_not_be_written_is_reported_and_skipped(
    services: Services, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    services["odd"] = lambda: {"x": object()}
    services["sns"] = dict
    assert Saver(tmp_path).save()
    assert "odd can not be saved" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == ["sns.json"]


def test_stopping_saves_the_last_change(services: Services, tmp_path: Path) -> None:
    state = {"n": 1}
    services["sqs"] = lambda: state
    saver = Saver(tmp_path / "new")
    saver.start()
    saver.touch()
    state["n"] = 2
    saver.stop()
    assert json.loads((tmp_path / "new" / "sqs.json").read_text())["payload"] == {"n": 2}


def test_what_can_not_be_put_on_disk_is_tried_again(
    services: Services, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    services["sqs"] = lambda: {"n": 1}
    saver = Saver(tmp_path / "missing")
    assert not saver.save(everything=True)
    assert "sqs can not be written" in caplog.text
    (tmp_path / "missing").mkdir()
    assert saver.save(everything=True)
    assert (tmp_path / "missing" / "sqs.json").is_file()


def test_a_start_that_failed_overwrites_nothing(services: Services, tmp_path: Path) -> None:
    services["sqs"] = dict
    (tmp_path / "sqs.json").write_text("{broken")
    Saver(tmp_path).stop()
    assert (tmp_path / "sqs.json").read_text() == "{broken"


def test_broken_files_are_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "iam.json").write_text("{}")
    check(tmp_path)
    check(tmp_path / "none")
    (tmp_path / "sqs.json").write_bytes(b'{"cut of\xff')
    with pytest.raises(BatchyardError, match=r"sqs\.json: the saved state can not be read") as raised:
        check(tmp_path)
    assert "batchyard local reset" in raised.value.fix
