from __future__ import annotations

import errno
import importlib
import json
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
from batchyard.cli.options import put_picture
from batchyard.cli.verbs import HELP_FLAGS, OPTIONS, VERBS, help_text
from batchyard.environments import Environment
from batchyard.errors import BatchyardError, ExecutionFailed, ManifestError, UsageError
from batchyard.output import Output

SOURCE = Path(__file__).resolve().parents[3] / "scripts"
HEAVY = ("boto3", "botocore", "rich", "pydantic", "hcl2", "jinja2", "yaml", "jsonschema", "python_terraform")


@pytest.mark.parametrize("call", ["--help", "--version", "run --help", "local up --help", "plan --help"])
def test_help_imports_nothing_heavy(call: str) -> None:
    code = (
        "import sys; from batchyard.__main__ import main; code = main(sys.argv[1:]);"
        f"print('heavy:', [name for name in {HEAVY} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *call.split()],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{SOURCE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    assert done.stdout.splitlines()[-1] == "heavy: []", done.stderr
    assert done.returncode == 0


def test_help_lists_every_verb_with_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["-h"], ["-v", "--help"]):  # the last by way of Typer
        assert main(arguments) == 0
        assert capsys.readouterr().out == help_text() + "\n"
    for verb, words in VERBS.items():
        command = get_command(importlib.import_module(f"batchyard.cli.{verb}").app)
        assert (command.help or "").splitlines()[0] == words, verb
    modules = {path.stem for path in (SOURCE / "batchyard/cli").glob("*.py")}
    assert modules - {
        "__init__",
        "app",
        "failures",
        "options",
        "plan_printing",
        "run_printing",
        "verbs",
    } == set(VERBS)


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
        (["run"], 2, "Usage: batchyard run"),
        (["frobnicate"], 2, "No such command 'frobnicate'"),
        (["plan", "--nonsense"], 2, "No such option: --nonsense\n  see batchyard plan --help"),
        (["run", "frobnicate"], 2, "No such command 'frobnicate'\n  see batchyard run --help"),
        (["-v", "run", "list", "--limit", "0"], 2, "see batchyard run list --help"),
        (["env", "show", "dev", "--env", "mars"], 2, "two environments: dev, and --env mars"),
        (["env", "show", "mars"], 2, "unknown environment mars"),
        (["env", "graph", "--env", "mars"], 2, "unknown environment mars"),
        (["env", "graph", "mars"], 2, "unknown environment mars"),
        (["workflow", "show", "exome", "--env", "mars"], 2, "unknown environment mars"),
        (["workflow", "show", "genome", "--env", "dev"], 2, "deploys no workflow genome\n  it has: exome"),
        (["workflow", "graph", "exome", "--env", "mars"], 2, "unknown environment mars"),
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


@pytest.mark.parametrize("arguments", [["gate"], ["run", "start", "exome", "--input", "no.json"], ["apply"]])
def test_after_an_error_programs_get_no_document(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main([*arguments, "--env", "dev", "--output", "json"]) in (1, 2)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")


@pytest.mark.parametrize("named", [[], ["dev"], ["--env", "dev"]])
def test_an_environment_is_named_as_argument_option_or_variable(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    named: list[str],
) -> None:
    monkeypatch.setenv("BATCHYARD_ENV", "mars" if named else "dev")
    assert main(["env", "show", *named, "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["environment"] == "dev"


def test_a_reader_that_goes_away_is_no_bug(project: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "batchyard", "env", "show", "dev"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_picture_that_can_not_be_written_is_told(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can not be written"):
        put_picture(Output(), "<svg/>", tmp_path / "file" / "x.svg")


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
        (
            OSError(errno.ENOSPC, "No space left", "/x"),
            1,
            "error: /x: No space left\n  make room on that disk\n",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "error: /x: Permission denied\n"),
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
