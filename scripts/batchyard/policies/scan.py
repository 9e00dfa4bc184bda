"""Running checkov with the own checks over an environment's bundles or its plan."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchyard.errors import BatchyardError, UsageError
from batchyard.paths import build_dir, project_root
from batchyard.policies import bundles, skips
from batchyard.policies.catalogue import PREFIX

CHECKS = Path(__file__).with_name("checks")
_SECONDS = 300


@dataclass(frozen=True)
class Finding:
    """One broken rule, or one that is skipped.

    Args:
        check: the rule's id.
        where: `<workflow>/<job>`, or the address in the plan.
        what: what is wrong, or why it is skipped.
        fix: what to do about it.
    """

    check: str
    where: str
    what: str
    fix: str

    def line(self) -> str:
        """Return the finding as people read it."""
        return f"{self.where}: {self.what} ({self.check})\n  {self.fix}"


@dataclass(frozen=True)
class Report:
    """What checkov said: broken rules, skipped ones, and how many were kept."""

    failed: tuple[Finding, ...]
    skipped: tuple[Finding, ...]
    passed: int


def of_bundles(environment: str) -> Report:
    """Check the job definitions of the rendered bundles.

    Args:
        environment: its name; rendered before.

    Raises:
        BatchyardError: there are no bundles, a skip is wrong, or checkov is missing or fails.
    """
    found = bundles.read(build_dir(environment))
    with tempfile.TemporaryDirectory(prefix="batchyard-policies-") as name:
        folder = Path(name)
        code = json.dumps(bundles.terraform(found), indent=2)
        (folder / f"{environment}.tf.json").write_text(code, encoding="utf-8")
        return run(["--directory", name, "--framework", "terraform_json"], _reasons(found), folder)


def of_plan(environment: str) -> Report:
    """Check the job definitions and repositories of the saved plan.

    Args:
        environment: its name; planned before.

    Raises:
        BatchyardError: as `of_bundles`, or there is no plan.
    """
    plan = build_dir(environment) / "plan.json"
    if not plan.is_file():
        raise UsageError("no plan here", where=str(plan), fix=f"make plan ENV={environment} makes it")
    with tempfile.TemporaryDirectory(prefix="batchyard-policies-") as name:
        reasons = _reasons(bundles.read(plan.parent))
        return run(["--file", str(plan), "--framework", "terraform_plan"], reasons, Path(name))


def _reasons(found: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return skips.of_bundles(found, project_root() / "templates" / "workflows")


def run(arguments: Sequence[str], reasons: Mapping[str, Mapping[str, str]], folder: Path) -> Report:
    """Run checkov with the own checks alone.

    Args:
        arguments: what to scan.
        reasons: what is skipped and why, by check, by the name of a job definition.
        folder: for a file that checkov reads the reasons from.

    Raises:
        BatchyardError: checkov is missing, or says nothing of any own check.
    """
    program = project_root() / ".venv-checkov" / "bin" / "checkov"
    if not program.is_file():
        raise BatchyardError("checkov is not installed", where=str(program), fix="run make scan once")
    table = folder / "skips.json"
    table.write_text(json.dumps(reasons), encoding="utf-8")
    own = [
        "--external-checks-dir",
        str(CHECKS),
        "--check",
        f"{PREFIX}*",
        "--skip-download",
        "--output",
        "json",
    ]
    done = subprocess.run(
        [str(program), *arguments, *own],
        cwd=folder,  # a .checkov.yaml where we are would add its own folders
        env=os.environ | {"BATCHYARD_POLICY_SKIPS": str(table), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return _report(done.stdout, done.stderr)


def _report(output: str, said: str) -> Report:
    try:
        document = json.loads(output)
    except ValueError as error:
        raise BatchyardError(f"checkov gave no report: {said.strip()[-500:]}", fix="run make scan") from error
    results = document.get("results", {}) if isinstance(document, dict) else {}
    report = Report(
        failed=tuple(
            _finding(record, each) for record in _sorted(results, "failed") for each in record["details"]
        ),
        skipped=tuple(
            _finding(record, str(record["check_result"].get("suppress_comment", "")))
            for record in _sorted(results, "skipped")
        ),
        passed=len(results.get("passed_checks", [])),
    )
    # A check that can not be loaded is only logged, and what nobody checks would pass.
    if not (report.failed or report.skipped or report.passed) or "Cannot load" in said:
        raise BatchyardError(
            f"checkov ran none of the checks {PREFIX}*: {said.strip()[-500:] or 'nothing to check'}",
            fix="render or plan again; the report above names what does not load",
        )
    return report


def _sorted(results: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = results.get(f"{kind}_checks", [])
    return sorted(records, key=lambda record: (record["resource"], record["check_id"]))


def _finding(record: Mapping[str, Any], what: str) -> Finding:
    return Finding(
        check=record["check_id"],
        where=record["resource"].removeprefix("resource."),
        what=what,
        fix=record["guideline"] or "",
    )
