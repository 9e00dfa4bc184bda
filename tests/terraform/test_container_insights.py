"""Container Insights: the account's default in the provider, and what is told of a cluster without it."""

from __future__ import annotations

import boto3
import pytest

from tests.terraform.module_plans import Workspace
from tests.terraform.root_plans import Plans

SETTING = "aws_ecs_account_setting_default.container_insights[0]"
CASE = """mock_provider "aws" {{}}

override_data {{
  target = data.aws_ecs_cluster.this[0]
  values = {{ setting = [{{ name = "containerInsights", value = "{has}" }}] }}
}}

variables {{
  name               = "batchyard-test-fargate"
  type               = "FARGATE"
  max_vcpus          = 1
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
  security_group_ids = ["sg-0a1b2c3d4e5f60718"]
}}

run "applied" {{
  variables {{
    container_insights = {wanted}
  }}
}}
"""


def told(space: Workspace, has: str, wanted: str) -> str:
    """Return what an apply of the module says of a cluster that has one mode and is to have another."""
    folder = space.module("compute")
    file = folder / "tests" / f"insights_{has}.tftest.hcl"
    file.write_text(CASE.format(has=has, wanted=wanted))
    try:
        done = space.run("test", f"-filter=tests/{file.name}", folder=folder, check=False)
    finally:
        file.unlink()
    return " ".join((done.stdout + done.stderr).replace("│", " ").split())


@pytest.mark.terraform
@pytest.mark.parametrize("has", ["disabled", "enabled"])
def test_a_cluster_with_another_mode_is_told_with_what_to_run(modules_workspace: Workspace, has: str) -> None:
    text = told(modules_workspace, has, '"ENHANCED"')
    assert "container_insights of batchyard-test-fargate is not yet ENHANCED" in text
    assert "--ecs-settings containerInsights=ENHANCED" in text


@pytest.mark.terraform
@pytest.mark.parametrize(("has", "wanted"), [("enhanced", '"ENHANCED"'), ("disabled", "null")])
def test_nothing_is_told_where_nothing_differs(modules_workspace: Workspace, has: str, wanted: str) -> None:
    text = told(modules_workspace, has, wanted)
    assert "1 passed, 0 failed" in text
    assert "not yet" not in text


@pytest.mark.terraform
def test_the_account_gets_the_default_before_any_cluster_is_made(plans: Plans) -> None:
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSettingDefault.html
    after = plans.after("dev", SETTING, "-var=container_insights=ENHANCED")
    assert (after["name"], after["value"]) == ("containerInsights", "enhanced")
    root = plans.of("dev", "-var=container_insights=ENHANCED")["configuration"]["root_module"]
    assert root["module_calls"]["compute"]["depends_on"] == [SETTING.removesuffix("[0]")]


@pytest.mark.terraform
def test_an_account_is_left_alone_unless_asked(plans: Plans) -> None:
    assert not [address for address in plans.changes("dev") if "container_insights" in address]


def test_batch_takes_the_command_that_is_told() -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsSettings.html
    model = boto3.client("batch", region_name="us-east-1").meta.service_model
    members = model.operation_model("UpdateComputeEnvironment").input_shape.members
    modes = members["ecsSettings"].members["containerInsights"].enum
    assert sorted(modes) == ["DISABLED", "ENABLED", "ENHANCED"]
