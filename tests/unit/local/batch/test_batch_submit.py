"""SubmitJob: what it takes, merges and refuses."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.batch.fakes import Client


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"jobQueue": "nope"}, "JobQueue nope not found."),
        ({"jobDefinition": "nope"}, "JobDefinition name nope does not exist or is not in ACTIVE status"),
        ({"jobDefinition": "arn:aws:batch:us-east-1:000000000000:job-definition/n"}, "n not found."),
        ({"jobName": "a b"}, "Job name should match valid pattern"),
        ({"jobName": "a" * 129}, "Job name should match valid pattern"),
        ({"jobName": None}, "Value at 'jobName' failed to satisfy constraint: Member must not be null"),
        ({"parameters": {"a": 1}}, "'parameters.a.member' failed"),
        ({"parameters": {"a": "x" * 31_000}}, "can not exceed 30 KiB"),
        ({"arrayProperties": {"size": 1}}, "Array size must be between 2 and 10000"),
        ({"arrayProperties": {"size": 10_001}}, "Array size must be between 2 and 10000"),
        ({"dependsOn": [{"jobId": "x"}] * 21}, "more than 20 jobs"),
        ({"dependsOn": [{"jobId": "x"}]}, "Job dependency x does not exist"),
        ({"dependsOn": [{"type": "SEQUENTIAL"}]}, "for array jobs only"),
        ({"containerOverrides": {"command": ["x" * 8_200]}}, "length must be at most 8192"),
        ({"timeout": {"attemptDurationSeconds": 1}}, "at least 60 seconds"),
        ({"retryStrategy": {"attempts": 0}}, "between 1 and 10"),
        ({"shareIdentifier": "a b"}, "letters and digits"),
        ({"shareIdentifier": "*a"}, "letters and digits"),
        ({"schedulingPriorityOverride": 10_000}, "between 0 and 9999"),
        ({"containerOverrides": {"command": ["sh", ""]}}, "Command cannot be empty"),
        ({"containerOverrides": {"environment": [{"name": "AWS_BATCH_X", "value": "1"}]}}, "AWS_BATCH_X"),
        ({"shareIdentifier": "a"}, "shareIdentifier can not be specified"),
    ],
)  # fmt: skip
def test_refusals(client: Client, changes: dict[str, Any], message: str) -> None:
    payload = {"jobName": "j", "jobQueue": "high", "jobDefinition": "align"} | changes
    assert message in client.refusal("SubmitJob", **payload)


def test_disabled_queue_takes_no_jobs(client: Client) -> None:
    client.call("UpdateJobQueue", jobQueue="high", state="DISABLED")
    refusal = client.refusal("SubmitJob", jobName="j", jobQueue="high", jobDefinition="align")
    assert refusal == "JobQueue high is not in ENABLED state."


def test_fargate_definition_needs_a_fargate_queue(client: Client) -> None:
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    properties = {"executionRoleArn": "arn", "resourceRequirements": asked}
    more = {"platformCapabilities": ["FARGATE"], "properties": properties}
    client.definition("serverless", **more)
    refusal = client.refusal("SubmitJob", jobName="j", jobQueue="high", jobDefinition="serverless")
    assert "does not support platform capability FARGATE" in refusal


def test_overrides_are_merged_by_name_and_type(client: Client) -> None:
    environment = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    client.definition(
        "base", "run", "Ref::x", parameters={"x": "1", "y": "2"}, properties={"environment": environment}
    )
    overrides = {
        "environment": [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}],
        "resourceRequirements": [{"type": "MEMORY", "value": "256"}],
        "vcpus": 2,
        "memory": 512,
    }
    job = client.job(
        client.submit(
            definition="base",
            containerOverrides=overrides,
            parameters={"x": "9"},
            retryStrategy={"attempts": 3},
            timeout={"attemptDurationSeconds": 61},
            tags={"k": "v"},
            propagateTags=True,
            schedulingPriorityOverride=5,
        )
    )
    container = job["container"]
    assert {each["name"]: each["value"] for each in container["environment"]} == {
        "A": "1",
        "B": "3",
        "C": "4",
    }
    assert {each["type"]: each["value"] for each in container["resourceRequirements"]} == {
        "VCPU": "1",  # the older members override their like only
        "MEMORY": "256",
    }
    assert container["command"] == ["run", "Ref::x"]
    assert job["parameters"] == {"x": "9", "y": "2"}
    assert job["retryStrategy"] == {"attempts": 3, "evaluateOnExit": []}
    assert job["timeout"] == {"attemptDurationSeconds": 61}
    assert (job["tags"], job["propagateTags"], job["schedulingPriority"]) == ({"k": "v"}, True, 5)


def test_older_overrides_meet_older_definitions(client: Client) -> None:
    older = {"resourceRequirements": [], "vcpus": 1, "memory": 128}
    client.definition("older", properties=older)
    job = client.job(client.submit(definition="older", containerOverrides={"vcpus": 3, "memory": 256}))
    assert (job["container"]["vcpus"], job["container"]["memory"]) == (3, 256)


def test_definition_is_not_changed_by_a_submission(client: Client) -> None:
    client.submit(containerOverrides={"command": ["other"], "environment": [{"name": "A", "value": "1"}]})
    (found,) = client.call("DescribeJobDefinitions", jobDefinitionName="align")["jobDefinitions"]
    assert found["containerProperties"]["command"] == []
    assert found["containerProperties"]["environment"] == []


def test_n_to_n_needs_arrays_of_one_size(client: Client) -> None:
    first = client.submit(arrayProperties={"size": 3})
    for size in ({"size": 2}, None):
        refusal = client.refusal(
            "SubmitJob",
            jobName="j",
            jobQueue="high",
            jobDefinition="align",
            dependsOn=[{"jobId": first, "type": "N_TO_N"}],
            arrayProperties=size,
        )
        assert "array jobs of the same size" in refusal
