"""Secrets of containers: read with the execution role before a task starts, and told to nobody else.

Wording: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html for
Fargate, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-not-found-error.html for EC2; of
a missing JSON key and a missing parameter: agent/asm/asm.go and agent/ssm/ssm.go of
https://github.com/aws/amazon-ecs-agent.
"""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import Client, FakeHost
from tests.unit.local.batch.shapes import NEEDS, after, by_name, output, several, shell, spread

from batchyard.local.batch.secrets import NO_ROLE

ROLE = "arn:aws:iam::000000000000:role/align-exec"
TOKEN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:token-AbCdEf"
PLACE = "arn:aws:ssm:eu-west-1:000000000000:parameter/a/place"
MANAGER = "Fetching secret data from AWS Secrets Manager in region us-east-1: "
STORE = "Fetching secret data from SSM Parameter Store in us-east-1: "
FARGATE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
    "failed: unable to retrieve {}: service call has been retried 1 time(s): "
)
NOT_FOUND = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
VALUE = "s3cr3t-of-the-test"


@pytest.fixture
def held(host: FakeHost) -> FakeHost:
    host.secrets = {TOKEN: json.dumps({"user": VALUE, "port": 5432}), PLACE: "Bern", "/plain": "flat"}
    return host


def secret(**variables: str) -> list[dict[str, str]]:
    return [{"name": name, "valueFrom": source} for name, source in variables.items()]


def run(client: Client, script: str, secrets: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    properties = {"secrets": secrets, "executionRoleArn": ROLE}
    client.definition("sh", "sh", "-c", script, properties=properties | more.pop("properties", {}))
    return client.ended(client.submit(definition="sh", **more))


def test_values_reach_the_container_by_name(processes: Client, held: FakeHost) -> None:
    given = secret(
        WHOLE=TOKEN,
        USER_NAME=f"{TOKEN}:user::",
        PORT=f"{TOKEN}:port:AWSPREVIOUS:",
        OLD=f"{TOKEN}:user::0001",
        PLACE=PLACE,
        FLAT="/plain",
    )
    job = run(processes, 'echo "$WHOLE $USER_NAME $PORT $OLD $PLACE $FLAT"', given)
    assert held.output(job) == [f"{held.secrets[TOKEN]} {VALUE} 5432 {VALUE} Bern flat"]
    assert {role for role, _, _ in held.reads} == {ROLE}
    assert {(region, name) for _, region, name in held.reads} == {
        ("us-east-1", f"{TOKEN}||"),
        ("us-east-1", f"{TOKEN}|AWSPREVIOUS|"),
        ("us-east-1", f"{TOKEN}||0001"),
        ("eu-west-1", PLACE),
        ("us-east-1", "/plain"),
    }


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (f"{TOKEN}x", f"{MANAGER}secret {TOKEN}x: {NOT_FOUND}"),
        (f"{TOKEN}:no::", f"{MANAGER}retrieved secret from Secrets Manager did not contain json key no"),
        (
            f"{TOKEN}:user",
            f"{MANAGER}unexpected ARN format with parameters when trying to retrieve ASM secret",
        ),
        ("/none", f"{STORE}invalid parameters: /none"),
    ],
)
def test_a_job_on_ec2_fails_to_start(processes: Client, held: FakeHost, source: str, message: str) -> None:
    job = run(processes, "true", secret(X=source))
    assert (job["status"], job["statusReason"]) == ("FAILED", message)
    assert "exitCode" not in job["container"]
    assert "logStreamName" not in job["container"]


@pytest.mark.parametrize(
    ("source", "of", "message"),
    [
        (
            f"{TOKEN}:no::",
            "secret from asm",
            "retrieved secret from Secrets Manager did not contain json key no",
        ),
        (
            f"{TOKEN}x",
            "secret from asm",
            f"failed to fetch secret {TOKEN}x from secrets manager: {NOT_FOUND}",
        ),
        ("/none", "secrets from ssm", "invalid ssm parameters: /none"),
    ],
)
def test_a_job_on_fargate_fails_to_start(
    processes: Client, held: FakeHost, source: str, of: str, message: str
) -> None:
    processes.environment("fargate", type="FARGATE", instanceRole=None, instanceTypes=None)
    processes.queue("fargate", "fargate")
    size = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    properties = {"secrets": secret(X=source), "executionRoleArn": ROLE, "resourceRequirements": size}
    processes.definition("sh", "true", properties=properties, platformCapabilities=["FARGATE"])
    job = processes.ended(processes.submit(definition="sh", queue="fargate"))
    assert (job["status"], job["statusReason"]) == ("FAILED", FARGATE.format(of) + message)


def test_a_key_of_a_secret_that_is_no_object_tells_nothing_of_it(processes: Client, held: FakeHost) -> None:
    held.secrets[TOKEN] = VALUE
    job = run(processes, "true", secret(X=f"{TOKEN}:user::"))
    assert job["statusReason"].endswith("did not contain json key user")


@pytest.mark.parametrize(
    ("role", "message"),
    [("", NO_ROLE), ("arn:aws:iam::000000000000:role/missing", "ECS was unable to assume")],
)
def test_secrets_need_an_execution_role(processes: Client, held: FakeHost, role: str, message: str) -> None:
    job = run(processes, "true", secret(X=TOKEN), properties={"executionRoleArn": role})
    assert job["statusReason"].startswith(message)
    assert held.reads == []


def test_a_failed_start_is_judged_by_the_retry_rules(processes: Client, held: FakeHost) -> None:
    rules = [
        {"onStatusReason": "Fetching secret data*", "action": "RETRY"},
        {"onReason": "*", "action": "EXIT"},
    ]
    job = run(processes, "true", secret(X="/none"), retryStrategy={"attempts": 3, "evaluateOnExit": rules})
    assert len(job["attempts"]) == 3
    assert all(each["statusReason"].startswith("Fetching") for each in job["attempts"])


def test_no_container_of_a_task_starts_without_all_of_its_secrets(
    processes: Client, held: FakeHost, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    several(
        processes,
        init=shell(f"touch {ran}", essential=False),
        main=shell("true", dependsOn=after("init:SUCCESS")),
        side=shell("sleep 60", essential=False, secrets=secret(X="/none")),
        role=ROLE,
    )
    job = processes.ended(processes.submit(definition="several"))
    assert (job["status"], job["statusReason"]) == ("FAILED", f"{STORE}invalid parameters: /none")
    assert not ran.exists()
    assert all("exitCode" not in each for each in by_name(job).values())


def test_each_container_has_its_own_secrets(processes: Client, held: FakeHost) -> None:
    main = shell('echo "$A-$B"', secrets=secret(A="/plain"), dependsOn=after("side:SUCCESS"))
    side = shell('echo "$A-$B"', secrets=secret(B=PLACE), essential=False)
    several(processes, main=main, side=side, role=ROLE)
    found = by_name(processes.ended(processes.submit(definition="several")))
    assert [output(held, found[name]) for name in ("main", "side")] == [["flat-"], ["-Bern"]]


def test_nodes_have_their_ranges_secrets(processes: Client, held: FakeHost) -> None:
    node = shell('echo "$A"; sleep 0.1', secrets=secret(A="/plain"), executionRoleArn=ROLE)
    spread(processes, 2, _0={"container": node}, _1="true")
    job = processes.ended(processes.submit(definition="spread"))
    assert held.output(processes.job(f"{job['jobId']}#0")) == ["flat"]


def test_options_of_the_log_driver_are_read_as_secrets(processes: Client, held: FakeHost) -> None:
    options = {"logDriver": "splunk", "secretOptions": secret(**{"splunk-token": "/plain"})}
    assert run(processes, "true", [], properties={"logConfiguration": options})["status"] == "SUCCEEDED"
    assert held.reads == [(ROLE, "us-east-1", "/plain")]
    del held.secrets["/plain"]
    job = run(processes, "true", [], properties={"logConfiguration": options})
    assert job["statusReason"].endswith("invalid parameters: /plain")


def test_values_are_told_to_nobody(
    processes: Client, held: FakeHost, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    job = run(processes, 'tr "\\0" " " < /proc/$$/cmdline; exit 1', secret(X=f"{TOKEN}:user::"))
    assert held.output(job)
    events = json.dumps([held.events, list(held.logs.values())])
    described = json.dumps([processes.job(job["jobId"]), processes.call("DescribeJobDefinitions")])
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert VALUE not in events + described + caplog.text
    assert VALUE.encode() not in kept


def test_a_null_byte_fails_the_start_without_telling_the_value(processes: Client, held: FakeHost) -> None:
    held.secrets["/plain"] = f"{VALUE}\0"
    job = run(processes, "true", secret(X="/plain"))
    assert job["container"]["reason"] == "CannotStartContainerError: embedded null byte"


def test_container_tool_takes_values_from_its_environment(
    make: MakeClient, held: FakeHost, tmp_path: Path
) -> None:
    tool = tmp_path / "docker"
    tool.write_text('#!/bin/sh\n[ "$1" = rm ] || echo "$* = $X"\n')
    tool.chmod(0o755)
    client = make(executor="container", container_tool=str(tool))
    client.environment()
    client.queue()
    job = run(client, "go", secret(X=f"{TOKEN}:user::"))
    (line,) = held.output(job)
    arguments, _, value = line.rpartition(" = ")
    assert "--env X " in arguments
    assert value == VALUE
    assert VALUE not in arguments
    refused = run(client, "go", secret(HOME="/plain"))
    assert "the secret HOME can not be passed under this name" in refused["container"]["reason"]


def test_a_slow_store_holds_nobody_up(processes: Client, held: FakeHost) -> None:
    held.held = threading.Event()
    processes.definition("sh", "true", properties={"secrets": secret(X=TOKEN), "executionRoleArn": ROLE})
    job = processes.submit(definition="sh")
    processes.reached(job, "STARTING")
    other = processes.submit(definition="sh")
    processes.call("TerminateJob", jobId=job, reason="enough")
    assert processes.job(other)["status"] in ("RUNNABLE", "STARTING", "SUBMITTED")
    held.held.set()
    assert processes.ended(job)["statusReason"] == "enough"
    assert processes.ended(other)["status"] == "SUCCEEDED"


def test_what_is_only_simulated_reads_nothing(client: Client, held: FakeHost) -> None:
    properties = {"secrets": secret(X="/none"), "executionRoleArn": ROLE, "resourceRequirements": NEEDS}
    client.definition("sh", "true", properties=properties)
    assert client.ended(client.submit(definition="sh"))["status"] == "SUCCEEDED"
    assert held.reads == []
