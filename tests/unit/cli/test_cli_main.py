from __future__ import annotations

import importlib
import os
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from typer.main import get_command

from batchyard.__main__ import main
from batchyard.cli import gate as gate_verb
from batchyard.cli.app import app
from batchyard.cli.verbs import HELP_FLAGS, OPTIONS, VERBS, help_text
from batchyard.environments import Environment
from batchyard.errors import BatchyardError, ExecutionFailed, ManifestError, UsageError

SOURCE = Path(__file__).resolve().parents[3] / "scripts"
HEAVY = ("boto3", "botocore", "rich", "pydantic", "hcl2", "jinja2", "yaml", "jsonschema", "python_terraform")


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], []),
        (["--version"], []),
        (["run", "--help"], ["pydantic"]),  # Typer's own: it checks a verb's options with it
        (["local", "up", "--help"], ["pydantic"]),
    ],
)
def test_help_imports_nothing_heavy(arguments: list[str], allowed: list[str]) -> None:
    code = (
        "import sys; from batchyard.__main__ import main; code = main(sys.argv[1:]);"
        f"print('heavy:', [name for name in {HEAVY} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    assert done.stdout.splitlines()[-1] == f"heavy: {allowed}", done.stderr
    assert done.returncode == 0


def test_help_lists_every_verb_with_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["-h"], ["-v", "--help"]):  # the last by way of Typer
        assert main(arguments) == 0
        assert capsys.readouterr().out == help_text() + "\n"
    for verb, words in VERBS.items():
        command = get_command(importlib.import_module(f"batchyard.cli.{verb}").app)
        assert (command.help or "").splitlines()[0] == words, verb
    modules = {path.stem for path in (SOURCE / "batchyard/cli").glob("*.py")}
    assert modules - {"__init__", "app", "failures", "options", "run_printing", "verbs"} == set(VERBS)


def test_version_is_the_same_with_and_without_typer(capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["--version"]), main(["-v", "--version"])] == [0, 0]
    one, two = capsys.readouterr().out.splitlines()
    assert one == two == f"batchyard {version('batchyard')}"


def test_help_lists_every_option() -> None:
    known = [[*each.opts, *each.secondary_opts] for each in get_command(app).params]
    assert sorted(map(sorted, [*known, list(HELP_FLAGS)])) == sorted(
        sorted(each.split(", ")) for each in OPTIONS
    )


def test_every_verb_that_changes_something_has_a_dry_run(capsys: pytest.CaptureFixture[str]) -> None:
    changing = [
        "render",
        "package",
        "apply",
        "destroy",
        "smoke",
        "run start",
        "local up",
        "local down",
        "local reset",
    ]
    for verb in [*changing, "images build"]:
        assert main([*verb.split(), "--help"]) == 0
        assert "--dry-run" in capsys.readouterr().out, verb


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Usage: batchyard"),
        (["frobnicate"], 2, "No such command 'frobnicate'"),
        (["plan", "--nonsense"], 2, "No such option"),
        (["run", "list", "--output", "xml"], 2, "'xml' is not one of"),
        (["run", "start"], 2, "Missing argument"),
        (
            ["plan", "--env", "mars"],
            2,
            "unknown environment mars\n  known: dev; a new one is a new .tfvars file there",
        ),
        (["gate", "--env", "dev"], 1, "there is no saved plan"),
        (["apply", "--env", "dev"], 1, "make one: batchyard plan --env dev"),
        (["env", "show", "dev", "--variables"], 0, "export AWS_REGION=eu-west-1"),
    ],
)
def test_exit_codes(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    assert main(arguments) == code
    printed = capsys.readouterr()
    assert said in printed.out + printed.err


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "you may not"}}, "StartExecution")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BatchyardError("it broke", where="there", fix="mend it"), 1, "error: there: it broke\n  mend it\n"),
        (ManifestError("bad key"), 1, "error: bad key\n"),
        (ExecutionFailed("it failed"), 1, "error: it failed\n"),
        (UsageError("not so"), 2, "error: not so\n"),
        (KeyboardInterrupt(), 130, ""),
        (client_error("Odd"), 1, "error: StartExecution: Odd: you may not\n"),
        (client_error("ExpiredToken"), 1, "  sign in first: aws sso login, or set AWS_PROFILE\n"),
        (NoCredentialsError(), 1, "error: there are no AWS credentials\n"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), 1, "batchyard local status"),
    ],
)
def test_errors_become_exit_codes(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    def fail(name: str) -> Environment:
        raise error

    monkeypatch.setattr(gate_verb, "load", fail)
    assert main(["gate"]) == code
    assert said in capsys.readouterr().err
    assert not (project / ".batchyard/log").exists()


def test_a_bug_leaves_its_traceback_in_a_file_and_a_line_that_names_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(name: str) -> Environment:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(gate_verb, "load", fail)
    assert main(["gate"]) == 3
    [log] = (project / ".batchyard/log").iterdir()
    assert capsys.readouterr().err == (
        f"error: a bug in batchyard: ZeroDivisionError: oops\n  the traceback is in {log}\n"
    )
    assert 'raise ZeroDivisionError("oops")' in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_outside_a_project_the_help_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--help"]) == 0
    assert main(["run", "--help"]) == 0
    assert "Start a run" in capsys.readouterr().out
