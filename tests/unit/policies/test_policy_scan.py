"""The command, with a program in place of checkov that says what a test has it say."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.policies.policy_jobs import right

from batchyard.errors import BatchyardError, UsageError
from batchyard.policies import __main__ as command
from batchyard.policies import scan

SKIP = "jobs:\n  align:\n    # checkov:skip=CKV_BATCHYARD_1:why not\n    queue: high\n"


def record(number: int, *details: str, **result: str) -> dict[str, Any]:
    return {
        "check_id": f"CKV_BATCHYARD_{number}",
        "resource": "resource.exome/align",
        "details": list(details),
        "guideline": "do otherwise",
        "check_result": result,
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one bundle, and a checkov that keeps what it is given beside its own file."""
    for name in ("build/dev", "templates/workflows/exome", ".venv-checkov/bin"):
        (tmp_path / name).mkdir(parents=True)
    bundle = {"folder": "exome", "job_definitions": {"align": right("container")}}
    (tmp_path / "build/dev/exome.bundle.json").write_text(json.dumps(bundle))
    (tmp_path / "templates/workflows/exome/workflow.yaml").write_text(SKIP)
    program = tmp_path / ".venv-checkov/bin/checkov"
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, os, pathlib, sys\n"
        f"here = pathlib.Path({str(program.parent)!r})\n"
        "place = pathlib.Path(sys.argv[2])\n"
        "files = [place] if place.is_file() else place.glob('*.tf.json')\n"
        "given = {'arguments': sys.argv[1:], 'files': [file.read_text() for file in files],\n"
        "         'skips': json.loads(pathlib.Path(os.environ['BATCHYARD_POLICY_SKIPS']).read_text())}\n"
        "(here / 'given.json').write_text(json.dumps(given))\n"
        "sys.stdout.write((here / 'output').read_text())\n"
        "sys.stderr.write((here / 'errors').read_text() if (here / 'errors').exists() else '')\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(scan, "project_root", lambda: tmp_path)
    monkeypatch.setattr(scan, "build_dir", lambda name: tmp_path / "build" / name)
    return tmp_path


def says(project: Path, **results: list[dict[str, Any]]) -> None:
    document = {"results": {f"{kind}_checks": records for kind, records in results.items()}}
    (project / ".venv-checkov/bin/output").write_text(json.dumps(document))


def given(project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / ".venv-checkov/bin/given.json").read_text())
    return found


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["policies", "--env", "dev", *arguments])
    return command.main(), capsys.readouterr().out


def test_findings_are_lines_with_the_fix(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    says(
        project,
        failed=[record(2, "image of a has no tag", "image of b has no tag")],
        skipped=[record(1, suppress_comment="why not")],
        passed=[record(3), record(4)],
    )
    code, text = run(capsys, monkeypatch)
    assert code == 1
    assert text.splitlines() == [
        "exome/align: image of a has no tag (CKV_BATCHYARD_2)",
        "  do otherwise",
        "exome/align: image of b has no tag (CKV_BATCHYARD_2)",
        "  do otherwise",
        "exome/align: skipped CKV_BATCHYARD_1: why not",
        "policies: 2 failed, 1 skipped, 2 passed",
    ]


def test_without_a_finding_the_command_succeeds(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    says(project, passed=[record(1)])
    assert run(capsys, monkeypatch) == (0, "policies: 0 failed, 0 skipped, 1 passed\n")


def test_checkov_gets_the_definitions_and_what_manifests_skip(project: Path) -> None:
    says(project, passed=[record(1)])
    scan.of_bundles("dev")
    seen = given(project)
    assert '"exome/align"' in seen["files"][0]
    assert seen["skips"] == {"of-a-test-container": {"CKV_BATCHYARD_1": "why not"}}
    assert seen["arguments"][2:4] == ["--framework", "terraform_json"]
    assert str(scan.CHECKS) in seen["arguments"]


def test_a_plan_is_scanned_as_a_plan(project: Path) -> None:
    says(project, passed=[record(1)])
    (project / "build/dev/plan.json").write_text("{}")
    scan.of_plan("dev")
    assert given(project)["arguments"][:4] == [
        "--file",
        str(project / "build/dev/plan.json"),
        "--framework",
        "terraform_plan",
    ]


def test_a_missing_plan_is_told(project: Path) -> None:
    with pytest.raises(UsageError, match="no plan here\n  make plan ENV=dev"):
        scan.of_plan("dev")


def test_a_missing_checkov_is_told(project: Path) -> None:
    (project / ".venv-checkov/bin/checkov").unlink()
    with pytest.raises(BatchyardError, match="checkov is not installed\n  run make scan once"):
        scan.of_bundles("dev")


@pytest.mark.parametrize("errors", ["", "Cannot load external check 'batchyard_checks'"])
def test_checks_that_did_not_run_are_no_success(project: Path, errors: str) -> None:
    says(project, passed=[record(1)] if errors else [])
    (project / ".venv-checkov/bin/errors").write_text(errors)
    with pytest.raises(BatchyardError, match="ran none of the checks"):
        scan.of_bundles("dev")


def test_output_that_is_no_report_is_told(project: Path) -> None:
    (project / ".venv-checkov/bin/output").write_text("Traceback")
    (project / ".venv-checkov/bin/errors").write_text("no such option")
    with pytest.raises(BatchyardError, match="checkov gave no report: no such option"):
        scan.of_bundles("dev")


def test_the_scan_of_the_source_loads_the_same_checks() -> None:
    root = Path(__file__).resolve().parents[3]
    settings = yaml.safe_load((root / ".checkov.yaml").read_text())
    assert [root / name for name in settings["external-checks-dir"]] == [scan.CHECKS]
    assert list(scan.CHECKS.glob("[!_]*.py"))
