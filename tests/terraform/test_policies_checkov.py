"""The own checks inside the real checkov: over bundles, over a plan by the real provider, and over source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchyard.policies import scan
from batchyard.policies.bundles import resource, terraform
from batchyard.policies.catalogue import PREFIX, RULES
from tests.terraform.module_plans import Workspace
from tests.unit.policies.policy_jobs import SHAPES, broken, right

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("checkov")]
ROOT = Path(__file__).resolve().parents[2]
CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
BROKEN = list(broken())
_PROVIDER = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "000000000000"
  secret_key                  = "not-a-secret"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}
"""


@pytest.fixture(autouse=True)
def _checkov(monkeypatch: pytest.MonkeyPatch) -> None:
    if not CHECKOV.is_file():
        pytest.skip("checkov has an environment of its own, which make scan installs")
    monkeypatch.setattr(scan, "project_root", lambda: ROOT)


def jobs() -> dict[str, dict[str, Any]]:
    """Return definitions by workflow and job; a job's name says which rule it breaks."""
    found = {shape: {"right": right(shape)} for shape in SHAPES}
    for index, (number, shape, _, job) in enumerate(BROKEN):
        found[shape][f"breaks-{number}-{index}"] = job
    return found


def broken_rules(report: scan.Report) -> set[tuple[str, int]]:
    """Return where a rule is broken, and its number."""
    return {(found.where, int(found.check.removeprefix(PREFIX))) for found in report.failed}


def test_bundles_are_scanned_as_terraform_json(tmp_path: Path) -> None:
    bundles = {shape: {"job_definitions": found} for shape, found in jobs().items()}
    skipped = right("ecs") | {"name": "of-a-test-skipped"}
    bundles["own"] = {"job_definitions": {"skipped": skipped}}
    (tmp_path / "all.tf.json").write_text(json.dumps(terraform(bundles)))
    reasons = {"of-a-test-skipped": {"CKV_BATCHYARD_1": "why not"}}
    report = scan.run(["--directory", str(tmp_path), "--framework", "terraform_json"], reasons, tmp_path)
    places = [f"{shape}/breaks-{number}-{index}" for index, (number, shape, _, _) in enumerate(BROKEN)]
    assert broken_rules(report) == {
        (place, number) for place, (number, *_) in zip(places, BROKEN, strict=True)
    }
    said = {found.where: found.what for found in report.failed}
    assert all(text in said[place] for place, (_, _, text, _) in zip(places, BROKEN, strict=True))
    assert {found.fix for found in report.failed} <= {rule.fix for rule in RULES}
    assert [(each.where, each.check, each.what) for each in report.skipped] == [
        ("own/skipped", "CKV_BATCHYARD_1", "why not")
    ]


def test_plans_are_scanned(tmp_path: Path, modules_workspace: Workspace) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    firsts = {(number, shape): job for number, shape, _, job in reversed(BROKEN)}
    definitions = {f"breaks-{number}-{shape}": resource(job) for (number, shape), job in firsts.items()}
    definitions |= {f"right-{shape}": resource(right(shape)) for shape in SHAPES}
    repositories = {"moved": {"name": "moved"}, "kept": {"name": "kept", "image_tag_mutability": "IMMUTABLE"}}
    code = {"resource": {"aws_batch_job_definition": definitions, "aws_ecr_repository": repositories}}
    (folder / "main.tf.json").write_text(json.dumps(code))
    (folder / "provider.tf").write_text(_PROVIDER)
    modules_workspace.run("init", "-backend=false", folder=folder)
    modules_workspace.run("plan", "-refresh=false", "-lock=false", "-out=plan", folder=folder)
    plan = tmp_path / "plan.json"
    plan.write_text(modules_workspace.run("show", "-json", "plan", folder=folder).stdout)
    report = scan.run(["--file", str(plan), "--framework", "terraform_plan"], {}, tmp_path)
    expected = {(f"aws_batch_job_definition.breaks-{number}-{shape}", number) for number, shape in firsts}
    expected |= {("aws_ecr_repository.moved", 9)}
    assert broken_rules(report) == expected


def test_source_is_scanned_where_values_stand_in_it(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
variable "name" {}
resource "aws_ecr_repository" "moved" {
  name = var.name
}
resource "aws_ecr_repository" "wanted" {
  #checkov:skip=CKV_BATCHYARD_9:a cache of another registry's tags
  name = var.name
}
resource "aws_batch_job_definition" "inline" {
  name                 = var.name
  type                 = "container"
  container_properties = jsonencode({ image = "align:latest", jobRoleArn = aws_iam_role.job.arn })
  timeout {
    attempt_duration_seconds = 600
  }
  retry_strategy {
    attempts = 2
    evaluate_on_exit {
      action    = "EXIT"
      on_reason = "*"
    }
  }
}
"""
    )
    report = scan.run(["--directory", str(tmp_path), "--framework", "terraform"], {}, tmp_path)
    assert [(found.where, found.check) for found in report.failed] == [
        ("aws_batch_job_definition.inline", "CKV_BATCHYARD_2"),
        ("aws_ecr_repository.moved", "CKV_BATCHYARD_9"),
    ]
    assert [(each.where, each.what) for each in report.skipped] == [
        ("aws_ecr_repository.wanted", "a cache of another registry's tags")
    ]
