from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from batchyard.__main__ import main
from batchyard.local import control
from batchyard.local.control import Server

SERVER = Server("http://127.0.0.1:4599", 77, 4599, 1.0)


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was asked of the local environment, which runs."""
    asked: list[str] = []

    def up(**settings: object) -> Server:
        asked.append(f"up {settings}")
        return SERVER

    monkeypatch.setattr(control, "status", lambda: SERVER)
    monkeypatch.setattr(control, "up", up)
    monkeypatch.setattr(control, "down", lambda: asked.append("down"))
    monkeypatch.setattr(control, "reset", lambda: asked.append("reset"))
    return asked


@pytest.mark.parametrize(
    ("arguments", "asked", "printed"),
    [
        (
            ["up", "--port", "4599", "--executor", "simulated"],
            ["up {'port': 4599, 'enforce_iam': None, 'executor': 'simulated'}"],
            "already up: http://127.0.0.1:4599 (process 77)\n",
        ),
        (
            ["up", "--no-enforce-iam"],
            ["up {'port': None, 'enforce_iam': False, 'executor': None}"],
            "already up: http://127.0.0.1:4599 (process 77)\n",
        ),
        (
            ["up", "--enforce-iam"],
            ["up {'port': None, 'enforce_iam': True, 'executor': None}"],
            "already up: http://127.0.0.1:4599 (process 77)\n",
        ),
        (["status"], [], "running: http://127.0.0.1:4599 (process 77)\n"),
        (["down"], ["down"], "down\n"),
        (["down", "--dry-run"], [], "would stop process 77\n"),
        (["reset", "--yes"], ["reset"], "reset\n"),
    ],
)
def test_the_local_environment_is_asked_once(
    calls: list[str],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    asked: list[str],
    printed: str,
) -> None:
    assert main(["local", *arguments]) == 0
    assert (calls, capsys.readouterr().out) == (asked, printed)


def test_what_is_not_the_default_is_said(
    calls: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unusual = replace(SERVER, enforce_iam=True, executor="simulated")
    monkeypatch.setattr(control, "status", lambda: unusual)
    monkeypatch.setattr(control, "up", lambda **_settings: unusual)
    said = "http://127.0.0.1:4599 (process 77), IAM enforced, executor simulated\n"
    assert main(["local", "status"]) == 0
    assert capsys.readouterr().out == f"running: {said}"
    assert main(["local", "up"]) == 0
    assert capsys.readouterr().out == f"already up: {said}"


@pytest.mark.parametrize("verb", ["up", "status"])
def test_the_documents_moment_of_start_is_utc(
    calls: list[str], capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    assert main(["local", verb, "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["started"] == "1970-01-01T00:00:01.000+00:00"


@pytest.mark.parametrize(
    ("arguments", "planned"),
    [
        ([], []),
        (["--executor", "process", "--no-enforce-iam", "--port", "4599"], []),
        (["--enforce-iam"], ["restart the local environment, IAM enforced"]),
        (["--port", "4600"], ["restart the local environment on port 4600"]),
    ],
)
def test_up_dry_run_says_whether_it_would_restart(
    calls: list[str], capsys: pytest.CaptureFixture[str], arguments: list[str], planned: list[str]
) -> None:
    assert main(["local", "up", "--dry-run", "--output", "json", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["would"] == planned
    assert calls == []


def test_help_tells_which_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local", "up", "--help"]) == 0
    assert "the last one used, then 4566, then any free one" in " ".join(
        capsys.readouterr().out.replace("\u2502", " ").split()
    )


def test_status_of_what_does_not_run_exits_1(
    calls: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "status", lambda: None)
    assert main(["local", "status", "--output", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"running": False}


def test_status_tells_what_has_failed_and_exits_1(
    calls: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "failure", lambda server: "state machines: LookupError()")
    assert main(["local", "status"]) == 1
    running, failed = capsys.readouterr().out.splitlines()
    assert running == "running: http://127.0.0.1:4599 (process 77)"
    assert failed.startswith("failed: state machines: LookupError() (batchyard local logs)")
    assert main(["local", "status", "--output", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["failure"] == "state machines: LookupError()"


def test_reset_dry_run_and_unconfirmed_reset_keep_everything(
    calls: list[str], project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert main(["local", "reset", "--dry-run"]) == 0
    assert capsys.readouterr().out == f"would forget everything under {project}/.batchyard/local\n"
    assert main(["local", "reset"]) == 1
    assert calls == []


def test_logs_print_the_servers_lines(
    calls: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "logs", lambda lines, follow: iter([f"last {lines}", "ready"]))
    assert main(["local", "logs", "--lines", "2"]) == 0
    assert capsys.readouterr().out == "last 2\nready\n"
