"""Records of servers: read back as written, and never believed without an answer."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from batchyard.errors import BatchyardError
from batchyard.local import control, ports, record
from batchyard.local.record import Server

SERVER = Server("http://127.0.0.1:1", os.getpid(), 1, 12.5, enforce_iam=True, executor="simulated")


def test_it_is_read_back(tmp_path: Path) -> None:
    record.write(tmp_path, SERVER)
    assert record.read(tmp_path) == SERVER
    record.forget(tmp_path)
    record.forget(tmp_path)
    assert record.read(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid": 1}'])
def test_a_broken_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "server.json").write_text(text)
    assert record.read(tmp_path) is None


def test_who_does_not_answer_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHYARD_LOCAL_DIR", str(tmp_path))
    record.write(tmp_path, Server("http://127.0.0.1:1", os.getpid(), ports._any(), 1.0))
    assert control.status() is None
    assert control.down() is False
    assert record.read(tmp_path) is None


@pytest.mark.parametrize(
    ("port", "enforce_iam", "executor", "expected"),
    [
        (None, True, "simulated", True),
        (1, True, "simulated", True),
        (2, True, "simulated", False),
        (None, False, "simulated", False),
        (None, True, "process", False),
    ],
)
def test_fits(port: int | None, enforce_iam: bool, executor: str, expected: bool) -> None:
    assert SERVER.fits(port=port, enforce_iam=enforce_iam, executor=executor) is expected


def test_settings_are_remembered_after_the_server_is_forgotten(tmp_path: Path) -> None:
    assert record.recall(tmp_path) == (False, "process")
    record.remember(tmp_path, SERVER)
    record.forget(tmp_path)
    assert record.recall(tmp_path) == (True, "simulated")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"enforce_iam": "yes", "executor": "steam"}'])
def test_broken_memory_is_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / "last.json").write_text(text)
    assert record.recall(tmp_path) == (False, "process")


def test_a_taken_port_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHYARD_LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr(control, "status", lambda: SERVER)
    stopped: list[Server] = []
    monkeypatch.setattr(control.launcher, "stop", lambda _folder, server: stopped.append(server))
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(BatchyardError, match="is taken by"),
    ):
        control.up(port=listener.getsockname()[1])
    assert stopped == []


def test_a_folder_is_claimed_once(tmp_path: Path) -> None:
    descriptor = record.claim(tmp_path)
    with pytest.raises(BatchyardError, match="another server"):
        record.claim(tmp_path)
    os.close(descriptor)
    os.close(record.claim(tmp_path))


def test_exclusive_waits(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with record.exclusive(tmp_path / "lock"):
            order.append("second")

    with record.exclusive(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_there_is_no_log_before_the_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHYARD_LOCAL_DIR", str(tmp_path))
    with pytest.raises(BatchyardError, match="no log yet"):
        next(control.logs())
