"""What a server is started with."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchyard.local import control, launcher, ports, server
from batchyard.local.record import Server


def test_nothing_of_the_person_gets_into_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, "private")
    for name in ("PATH", "HOME", "LC_ALL", "DOCKER_HOST", "BATCHYARD_LOCAL_DIR", "SFN_WAIT_SCALE"):
        monkeypatch.setenv(name, "kept")
    found = launcher._environment()
    assert "private" not in found.values()
    assert {name for name, value in found.items() if value == "kept"} == {
        "PATH",
        "HOME",
        "LC_ALL",
        "DOCKER_HOST",
        "BATCHYARD_LOCAL_DIR",
        "SFN_WAIT_SCALE",
    }
    assert found["PYTHONPATH"]


def test_of_two_servers_that_start_at_once_one_takes_another_port(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried: list[int] = []

    def start(folder: Path, port: int, enforce_iam: bool, executor: str) -> Server:
        tried.append(port)
        if len(tried) < 3:
            raise launcher.PortTaken(f"port {port} is taken")
        return Server("e", 1, port, 1.0)

    monkeypatch.setattr(launcher, "start", start)
    assert control._start(tmp_path, None, False, "process").port == tried[-1]
    monkeypatch.setattr(ports, "insist", lambda port: None)
    tried.clear()
    monkeypatch.setattr(control, "_TRIES", 2)
    with pytest.raises(launcher.PortTaken, match="port 5 is taken"):
        control._start(tmp_path, 5, False, "process")


def test_a_server_whose_port_is_taken_says_so_and_touches_nothing(tmp_path: Path) -> None:
    with server.listening(ports._any()) as other:
        port = other.getsockname()[1]
        with pytest.raises(launcher.PortTaken, match=f"port {port} is taken"):
            launcher.start(tmp_path, port, False, "process")
    assert not (tmp_path / "state").exists()
