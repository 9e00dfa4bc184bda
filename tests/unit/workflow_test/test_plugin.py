"""The pytest plugin: cases as items, and the fixture `workflow`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from batchyard.errors import BatchyardError, UsageError
from batchyard.workflow_test.fixture import Workflow

SOURCE = Path(__file__).resolve().parents[3] / "scripts"
PYTHON_TEST = """
import sys

def test_ask(workflow):
    outcome = workflow("ask").run({"text": "x", "urgent": True}, mocks={"Ask": {"result": 7}})
    assert (outcome.status, outcome.output["sent"]) == ("SUCCEEDED", 7)
    assert outcome.path == ["Ask", "Urgent", "Done"]
    assert [sent.arguments["MessageBody"] for sent in outcome.sent] == ["x"]
"""


def run_pytest(project: Path, *arguments: str) -> tuple[int, str]:
    # On its own, without the options and plugins of the tests around it.
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *("-p", "batchyard.workflow_test.plugin", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *arguments,
        ],
        cwd=project,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    return done.returncode, done.stdout + done.stderr


def test_cases_named_by_path_and_python_tests_run_together(cases: Path, project: Path) -> None:
    cases.write_text(cases.read_text().replace("elapsed: 60", "elapsed: 61"))
    (project / "test_ask.py").write_text(PYTHON_TEST)
    code, out = run_pytest(project, "-v", "-rN", "test_ask.py", "templates/workflows/ask/tests/cases.yaml")
    assert code == 1, out
    outcomes = re.findall(r"^(\S+::\S+) (PASSED|FAILED)", out, re.MULTILINE)
    assert outcomes == [
        ("test_ask.py::test_ask", "PASSED"),
        ("templates/workflows/ask/tests/cases.yaml::urgent", "PASSED"),
        ("templates/workflows/ask/tests/cases.yaml::later", "FAILED"),
    ]
    assert "elapsed: expected 61 s, got 60 s\npath: Ask → Urgent → Later → Done\nlast events:" in out
    assert "2 passed" in out


def test_nothing_is_collected_unasked(project: Path) -> None:
    assert (
        run_pytest(project)[0] == 5
    )  # no tests: https://docs.pytest.org/en/stable/reference/exit-codes.html
    (project / "pytest.ini").write_text("[pytest]\nbatchyard_workflow_cases = true\n")
    code, out = run_pytest(project, "-q")
    assert (code, "2 passed" in out) == (0, True), out


def test_loading_the_plugin_costs_nothing() -> None:
    heavy = ["pydantic", "yaml", "jinja2", "botocore", "batchyard.asl.engine", "batchyard.manifest", "typer"]
    code = (
        f"import sys, batchyard.workflow_test.plugin;print([name for name in {heavy} if name in sys.modules])"
    )
    env = os.environ | {"PYTHONPATH": str(SOURCE)}
    assert subprocess.check_output([sys.executable, "-c", code], env=env, text=True).strip() == "[]"


def test_a_workflow_in_python_tells_what_is_wrong(project: Path) -> None:
    ask = Workflow("ask")
    assert ask.definition["StartAt"] == "Ask"
    with pytest.raises(UsageError, match=r"state Ask calls .*, and it has no mock"):
        ask.run({"text": "x"})
    with pytest.raises(BatchyardError, match=r"mocks\.Ask: unknown key reslut\n  did you mean result\?"):
        ask.run({"text": "x"}, {"Ask": {"reslut": 1}})
    with pytest.raises(UsageError, match="wait is sync or poll"):
        Workflow("ask", wait="pol")
    with pytest.raises(UsageError, match="no workflow folder aks"):
        Workflow("aks")
