"""The root module: plans of its environments with the real provider and bundles, and what it refuses."""

from __future__ import annotations

import base64
import email
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.root_plans import ACCOUNTS, Plans

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("root")]


@pytest.mark.parametrize(
    ("environment", "counts"),
    [
        (
            "local",
            {
                "aws_batch_compute_environment": 4,
                "aws_launch_template": 3,
                "aws_placement_group": 1,
                "aws_batch_job_queue": 6,
                "aws_batch_scheduling_policy": 1,
                "aws_batch_job_definition": 8,
                "aws_lambda_function": 4,
                "aws_sfn_state_machine": 2,
                "aws_sfn_alias": 2,
                "aws_s3_bucket": 2,
                "aws_ecr_repository": 4,
                "aws_nat_gateway": 0,
                "aws_vpc_endpoint": 2,
                "aws_cloudwatch_metric_alarm": 6,
            },
        ),
        (
            "dev",
            {
                "aws_batch_compute_environment": 4,
                "aws_launch_template": 3,
                "aws_batch_job_queue": 5,
                "aws_batch_job_definition": 4,
                "aws_lambda_function": 2,
                "aws_sfn_state_machine": 1,
                "aws_nat_gateway": 1,
                "aws_subnet": 9,
                "aws_vpc_endpoint": 5,
            },
        ),
    ],
)
def test_environment_plans_its_data(plans: Plans, environment: str, counts: dict[str, int]) -> None:
    found = Counter(item["type"] for item in plans.of(environment)["resource_changes"])
    assert {kind: found[kind] for kind in counts} == counts
    assert {tuple(change["actions"]) for change in plans.changes(environment).values()} == {("create",)}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ('module.queue["high"].aws_batch_job_queue.this', {"name": "batchyard-local-high", "priority": 1000}),
        ('module.queue["low"].aws_batch_job_queue.this', {"name": "batchyard-local-low", "priority": 1}),
        ('module.storage["results"].aws_s3_bucket.this', {"bucket": "batchyard-local-000000000000-results"}),
        ('module.registry["align"].aws_ecr_repository.this', {"name": "batchyard-local/align"}),
        (
            'module.function["exome-poll/job-status"].aws_lambda_function.this',
            {
                "function_name": "batchyard-local-exome-poll-job-status",
                "filename": "../build/local/functions/job-status.zip",
            },
        ),
        (
            'module.workflow["exome"].aws_sfn_state_machine.this',
            {"name": "batchyard-local-exome", "publish": True},
        ),
        (
            'module.job_definition["exome/align"].aws_batch_job_definition.this',
            {"name": "batchyard-local-exome-align", "deregister_on_new_revision": False},
        ),
        ("module.notifications.aws_sns_topic.this", {"name": "batchyard-local-notifications"}),
    ],
)
def test_names_are_those_that_bundles_rely_on(plans: Plans, address: str, expected: dict[str, Any]) -> None:
    after = plans.after("local", address)
    assert {key: after[key] for key in expected} == expected


def test_only_workflows_that_the_environment_names_are_deployed(plans: Plans) -> None:
    assert [address for address in plans.changes("local") if "removed" in address] == []


def test_everything_carries_project_and_environment(plans: Plans) -> None:
    untagged = [
        address
        for address, change in plans.changes("dev").items()
        if "tags_all" in change["after"]
        and not {"project": "batchyard", "environment": "dev"}.items() <= change["after"]["tags_all"].items()
    ]
    assert untagged == []


@pytest.mark.parametrize("environment", ACCOUNTS)
def test_a_reviewer_sees_every_state_machine_whole(plans: Plans, environment: str) -> None:
    machines = {
        address: change
        for address, change in plans.changes(environment).items()
        if ".aws_sfn_state_machine." in address
    }
    assert machines
    for change in machines.values():
        assert "definition" not in change["after_unknown"]
        assert json.loads(change["after"]["definition"])["StartAt"] == "Align"


def test_condition_values_reach_policies_as_lists(plans: Plans) -> None:
    policy = plans.after("local", 'module.job_definition["exome/align"].aws_iam_role_policy.job[0]')["policy"]
    conditions = {item["Sid"]: item.get("Condition") for item in json.loads(policy)["Statement"]}
    assert conditions == {
        "ReadInput": None,
        "WriteResults": None,
        "ListResults": {"StringLike": {"s3:prefix": ["runs/*"]}},
    }


def test_urgent_jobs_fall_back_to_on_demand_in_dev(plans: Plans) -> None:
    configuration = plans.after("dev", 'module.queue["high"].aws_batch_job_queue.this')
    assert [item["order"] for item in configuration["compute_environment_order"]] == [1, 2]
    strategies = {
        key: plans.after("dev", f'module.compute["{key}"].aws_batch_compute_environment.this')[
            "compute_resources"
        ][0]["allocation_strategy"]
        for key in ("spot", "on-demand")
    }
    assert strategies == {"spot": "SPOT_CAPACITY_OPTIMIZED", "on-demand": "BEST_FIT_PROGRESSIVE"}


@pytest.mark.parametrize("environment", ACCOUNTS)
def test_no_compute_environment_states_desired_vcpus(plans: Plans, environment: str) -> None:
    found = [
        resources
        for address, change in plans.changes(environment).items()
        if ".aws_batch_compute_environment." in address
        for resources in change["after"]["compute_resources"]
    ]
    assert found
    assert all(resources["max_vcpus"] for resources in found)
    assert not any("desired_vcpus" in resources for resources in found), "Batch moves it with the load"


def test_user_data_parses_back_into_its_scripts(plans: Plans) -> None:
    template = plans.after("local", 'module.compute["spot"].aws_launch_template.this[0]')
    message = email.message_from_bytes(base64.b64decode(template["user_data"]))
    parts = {part.get_filename(): part for part in message.walk() if not part.is_multipart()}
    scripts = {name: str(part.get_payload()) for name, part in parts.items()}
    assert not message.defects
    assert list(scripts) == ["scratch.sh", "ecs-agent.sh"]
    assert {part.get_content_type() for part in parts.values()} == {"text/x-shellscript"}
    assert all(script.startswith("#!/bin/bash\n") for script in scripts.values())
    assert "mount_point='/scratch'" in scripts["scratch.sh"]


def test_a_missing_bundle_says_what_to_run(plans: Plans, tmp_path: Path) -> None:
    text = plans.refused("local", f"-var=build_directory={tmp_path}")
    assert f"No bundle in {tmp_path}/local for: exome, exome-poll. Run make render ENV=local" in text


def test_a_bundle_of_another_environment_is_refused(plans: Plans) -> None:
    path = plans.project.bundle("local", ACCOUNTS["local"], "us-east-1", "foreign")
    path.write_text(path.read_text().replace('"environment": "local"', '"environment": "dev"'))
    text = plans.refused("local", '-var=workflows={ "foreign" = {} }')
    assert "were rendered for another environment: foreign. Run make render ENV=local." in text


def test_credentials_of_another_account_are_refused(plans: Plans) -> None:
    text = plans.refused("dev", account="444455556666")
    assert "AWS account ID not allowed: 444455556666" in text


@pytest.mark.parametrize(
    ("bad", "messages"),
    [
        (
            {
                "project": "Batchyard",
                "account_id": "1",
                "region": "us-east-1a",
                "log_retention_days": "31",
                "tags": '{ project = "other" }',
                "workflows": '{ Exome = { wait = "for ever", poll_seconds = 0 } }',
                "network": '{ cidr = "10.0.0.0/16", zones = { "us-east-1a" = {} }, nat = "some" }',
            },
            [
                "project is 2 to 20 lower-case letters, digits and -",
                "account_id is twelve digits",
                "region is a region's code",
                "log_retention_days is a period that CloudWatch Logs offers",
                "tags does not hold project or environment",
                "names of workflows are at most 24 lower-case letters",
                "wait of a workflow is sync or poll",
                "poll_seconds of a workflow is at least 1",
                "network.zones has a private range in at least one zone",
                "network.nat is none, single or per-az",
            ],
        ),
        (
            {"queues": '{ a = { priority = 1, compute = ["gpu"] } }'},
            ["compute of a queue names keys of compute"],
        ),
        ({"environment": "test"}, ["environment is local, dev, staging or prod"]),
        (
            {
                "environment": "prod",
                "compute": "{}",
                "queues": "{ a = { priority = 1, compute = [] } }",
                "buckets": '{ tfstate = { force_destroy = true }, "Data" = {} }',
            },
            [
                "compute of a queue names one to three environments",
                "buckets does not hold tfstate",
                "keys of buckets are at most 16 lower-case letters",
                "force_destroy is false for every bucket of prod",
            ],
        ),
    ],
    ids=["values", "unknown names", "unknown environment", "production"],
)
def test_bad_data_is_refused_with_what_to_set(plans: Plans, bad: dict[str, str], messages: list[str]) -> None:
    text = plans.refused("local", *(f"-var={name}={value}" for name, value in bad.items()))
    assert [message for message in messages if message not in text] == []
