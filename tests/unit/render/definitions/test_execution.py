"""Execution roles: made only where they are needed, and allowed exactly what starting the job takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Define = Callable[[str], dict[str, dict[str, Any]]]
ONE = "vcpus: 1, memory: 2048, timeout: 1h"
SECRETS = "arn:aws:secretsmanager:{region}:{account}:secret"
IAM = "arn:aws:secretsmanager:us-east-1:000000000000:secret"
LOGS = "arn:aws:logs:us-east-1:000000000000:log-group"


def allowed(define: Define, text: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return actions and resources of the execution role by sid; an empty mapping if there is no role."""
    role = define(f"jobs:\n  one: {{{ONE}, {text}}}\n")["one"]["execution_role"]
    statements = role["statements"] if role else []
    return {each["Sid"]: (each["Action"], each["Resource"]) for each in statements}


def test_a_job_on_an_instance_needs_none(define: Define) -> None:
    assert allowed(define, "image: tool, queue: high") == {}


def test_on_fargate_it_pulls_the_one_image_and_writes_the_one_log_group(define: Define) -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/execution-IAM-role.html
    assert allowed(define, "image: tool, kind: fargate, queue: fargate") == {
        "LogInToRegistry": (["ecr:GetAuthorizationToken"], ["*"]),
        "PullImages": (
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            ["arn:aws:ecr:us-east-1:000000000000:repository/batchyard-test/tool"],
        ),
        "WriteLogs": (["logs:CreateLogStream", "logs:PutLogEvents"], [f"{LOGS}:/aws/batch/job:*"]),
    }


def test_secrets_are_readable_one_by_one(define: Define) -> None:
    found = allowed(
        define,
        f"image: tool, queue: high, secrets: {{A: '{SECRETS}:db-AbCdEf:password::', "
        "B: 'arn:aws:ssm:{region}:{account}:parameter/tools/key'}",
    )
    assert found["ReadSecrets"] == (["secretsmanager:GetSecretValue"], [f"{IAM}:db-AbCdEf"])
    parameter = "arn:aws:ssm:us-east-1:000000000000:parameter/tools/key"
    assert found["ReadParameters"] == (["ssm:GetParameters"], [parameter])


def test_credentials_of_a_registry_are_read_and_nothing_is_pulled_from_ecr(define: Define) -> None:
    found = allowed(
        define,
        "image_uri: registry.example.com/a:1, user: app, queue: high, "
        f"repository_credentials: '{SECRETS}:registry-AbCdEf'",
    )
    assert found.keys() == {"ReadSecrets", "WriteLogs"}
    assert found["ReadSecrets"][1] == [f"{IAM}:registry-AbCdEf"]


# https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
@pytest.mark.parametrize(
    "host",
    [
        "dkr.ecr.eu-west-1.amazonaws.com",
        "dkr.ecr-fips.eu-west-1.amazonaws.com",
        "dkr-ecr.eu-west-1.on.aws",
    ],
)
def test_an_image_of_another_account_s_registry_is_pulled_from_there(define: Define, host: str) -> None:
    uri = f"111111111111.{host}/team/tool@sha256:" + "a" * 64
    found = allowed(define, f"image_uri: '{uri}', user: app, kind: fargate, queue: fargate")
    assert found["PullImages"][1] == ["arn:aws:ecr:eu-west-1:111111111111:repository/team/tool"]


def test_a_log_group_of_one_s_own_is_the_one_that_is_written(define: Define) -> None:
    options = "{awslogs-group: /demo, awslogs-create-group: 'true', awslogs-region: eu-west-1}"
    found = allowed(
        define,
        f"image: tool, kind: fargate, queue: fargate, log: {{driver: awslogs, options: {options}}}",
    )
    group = "arn:aws:logs:eu-west-1:000000000000:log-group:/demo:*"
    assert found["WriteLogs"][1] == [group]
    assert found["MakeLogGroups"] == (["logs:CreateLogGroup"], [group])


def test_options_that_are_secret_are_read_and_no_log_group_is_written(define: Define) -> None:
    log = f"{{driver: splunk, secret_options: {{splunk-token: '{SECRETS}:splunk-AbCdEf'}}}}"
    found = allowed(define, f"image: tool, queue: high, log: {log}")
    assert found["ReadSecrets"][1] == [f"{IAM}:splunk-AbCdEf"]
    assert "WriteLogs" not in found


def test_the_role_is_the_one_that_the_properties_name(define: Define) -> None:
    text = f"jobs:\n  one: {{{ONE}, image: tool, queue: high, secrets: {{A: '{SECRETS}:db-AbCdEf'}}}}\n"
    found = define(text)["one"]
    arn = f"arn:aws:iam::000000000000:role/{found['execution_role']['name']}"
    assert found["container_properties"]["executionRoleArn"] == arn
    assert found["container_properties"]["secrets"] == [{"name": "A", "valueFrom": f"{IAM}:db-AbCdEf"}]
