"""Job definitions and their revisions."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.batch.fakes import Client

PROPERTIES = {"image": "busybox", "vcpus": 1, "memory": 128}


def _named(client: Client, **query: Any) -> list[tuple[int, str]]:
    found = client.call("DescribeJobDefinitions", **query)["jobDefinitions"]
    return [(each["revision"], each["status"]) for each in found]


def test_revisions_count_up_also_after_deregistration(client: Client) -> None:
    second = client.definition()
    client.call("DeregisterJobDefinition", jobDefinition=second)
    client.call("DeregisterJobDefinition", jobDefinition="align:1")
    assert client.definition().endswith(":job-definition/align:3")
    assert _named(client, jobDefinitionName="align") == [(3, "ACTIVE"), (2, "INACTIVE"), (1, "INACTIVE")]
    assert _named(client, jobDefinitionName="align", status="ACTIVE") == [(3, "ACTIVE")]
    assert _named(client, jobDefinitions=[second]) == [(2, "INACTIVE")]
    assert _named(client, jobDefinitions=["align:1"]) == [(1, "INACTIVE")]
    assert _named(client, jobDefinitions=["nope:1"]) == []


def test_submission_takes_the_newest_active_revision(client: Client) -> None:
    client.definition()
    client.definition()
    client.call("DeregisterJobDefinition", jobDefinition="align:3")
    prefix = "arn:aws:batch:us-east-1:000000000000:job-definition/align"
    for name in ("align", prefix, "align:2", f"{prefix}:2"):
        assert client.job(client.submit(definition=name))["jobDefinition"] == f"{prefix}:2"


def test_definition_is_answered_with_the_empty_members_of_the_service(client: Client) -> None:
    client.call(
        "RegisterJobDefinition",
        jobDefinitionName="plain",
        type="container",
        containerProperties=PROPERTIES,
        retryStrategy={"attempts": 2},
    )
    (found,) = client.call("DescribeJobDefinitions", jobDefinitionName="plain")["jobDefinitions"]
    empty = ("command", "volumes", "environment", "mountPoints", "ulimits", "resourceRequirements", "secrets")
    assert found["containerProperties"] == PROPERTIES | {key: [] for key in empty}
    assert found["retryStrategy"] == {"attempts": 2, "evaluateOnExit": []}
    assert found["parameters"] == {}
    assert "timeout" not in found


@pytest.mark.parametrize("action", ["retry", "EXIT"])
def test_actions_keep_their_case(client: Client, action: str) -> None:
    rule = {"action": action, "onExitCode": "1*"}
    client.definition("cased", retryStrategy={"attempts": 2, "evaluateOnExit": [rule]})
    (found,) = client.call("DescribeJobDefinitions", jobDefinitionName="cased")["jobDefinitions"]
    assert found["retryStrategy"]["evaluateOnExit"] == [rule]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"jobDefinitionName": "a:1"}, "Job definition name should match valid pattern"),
        ({"jobDefinitionName": "a" * 129}, "Job definition name should match valid pattern"),
        ({"containerProperties": None}, "Exactly one of containerProperties"),
        ({"nodeProperties": {}}, "'nodeProperties.numNodes' failed"),
        ({"containerProperties": {"vcpus": 1, "memory": 1}}, "image should not be null"),
        ({"containerProperties": {"image": "x", "memory": 128}}, "vCPU is not provided."),
        ({"containerProperties": PROPERTIES | {"command": ["x" * 25_000]}}, "can not exceed 24 KiB"),
        ({"timeout": {"attemptDurationSeconds": 59}}, "at least 60 seconds"),
        ({"retryStrategy": {"attempts": 11}}, "between 1 and 10"),
        ({"retryStrategy": {"evaluateOnExit": [{"action": "EXIT", "onReason": "*"}]}}, "attempts must be"),
        (
            {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onReason": "a"}] * 6}},
            "more than 5 conditions",
        ),
        (
            {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "STOP", "onReason": "a"}]}},
            "enum value set: [EXIT, RETRY]",
        ),
        (
            {"retryStrategy": {"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onExitCode": "7x"}]}},
            "only numbers",
        ),
        (
            {
                "containerProperties": PROPERTIES
                | {"mountPoints": [{"sourceVolume": "scratch", "containerPath": "/scratch"}]}
            },
            "Unknown volume 'scratch'",
        ),
    ],
)
def test_refusals(client: Client, changes: dict[str, Any], message: str) -> None:
    payload = {"jobDefinitionName": "d", "type": "container", "containerProperties": PROPERTIES} | changes
    assert message in client.refusal("RegisterJobDefinition", **payload)
