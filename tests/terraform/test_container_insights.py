"""Container Insights: what the AWS CLI has to say, with a command that only writes it down."""

from __future__ import annotations

import os
from pathlib import Path

import boto3
import pytest

from tests.terraform.module_plans import Workspace

ARN = "arn:aws:batch:us-east-1:111122223333:compute-environment/batchyard-test-fargate-1"
RUNS = """mock_provider "aws" {{
  override_resource {{
    target = aws_batch_compute_environment.this
    values = {{ arn = "{arn}" }}
  }}
}}

variables {{
  name               = "batchyard-test-fargate"
  type               = "FARGATE"
  max_vcpus          = 1
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
}}
{runs}"""
RUN = """
run "step_{number}" {{
  variables {{
    container_insights = {mode}
  }}
}}
"""


def _words(mode: str) -> str:
    setting = f"--ecs-settings containerInsights={mode}"
    return f"batch update-compute-environment --compute-environment {ARN} {setting} --region us-east-1"


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that the stand-in for the AWS CLI writes to; it ends with 0, or as told."""
    command = tmp_path / "aws"
    command.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\nexit "${{EXIT_CODE:-0}}"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "calls"


def applied(space: Workspace, *modes: str) -> tuple[int, str]:
    """Apply the module with one mode after the other; return Terraform's exit code and what it said."""
    folder = space.module("compute")
    file = folder / "tests" / "insights_in_a_row.tftest.hcl"
    steps = "".join(RUN.format(number=number, mode=mode) for number, mode in enumerate(modes))
    file.write_text(RUNS.format(arn=ARN, runs=steps))
    try:
        done = space.run("test", f"-filter=tests/{file.name}", folder=folder, check=False)
    finally:
        file.unlink()
    return done.returncode, done.stdout + done.stderr


@pytest.mark.terraform
def test_the_mode_is_said_once_for_each_change(modules_workspace: Workspace, calls: Path) -> None:
    code, said = applied(modules_workspace, '"ENHANCED"', '"ENHANCED"', '"DISABLED"', "null")
    assert code == 0, said
    assert [line.removesuffix(" --output text") for line in calls.read_text().splitlines()] == [
        _words("ENHANCED"),
        _words("DISABLED"),
    ]


@pytest.mark.terraform
def test_a_refusal_fails_the_apply(
    modules_workspace: Workspace, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXIT_CODE", "252")
    code, said = applied(modules_workspace, '"ENABLED"')
    assert code == 1
    assert "exit status 252" in said
    assert calls.read_text().count("containerInsights=ENABLED") == 1


def test_batch_takes_what_is_said() -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsSettings.html
    model = boto3.client("batch", region_name="us-east-1").meta.service_model
    members = model.operation_model("UpdateComputeEnvironment").input_shape.members
    modes = members["ecsSettings"].members["containerInsights"].enum
    assert sorted(modes) == ["DISABLED", "ENABLED", "ENHANCED"]
