"""EKS job definitions: what is refused; the rest is registered and described as it is."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.batch.fakes import Client

LIMITS = {"limits": {"cpu": "1", "memory": "1024Mi"}}
MAIN: dict[str, Any] = {"name": "main", "image": "busybox", "resources": LIMITS}


def pod(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"podProperties": {"containers": list(containers), **more}}


def resources(limits: dict[str, str], requests: dict[str, str] | None = None) -> dict[str, Any]:
    return pod(MAIN | {"resources": {"limits": limits, "requests": requests or {}}})


# https://docs.aws.amazon.com/batch/latest/APIReference/API_EksPodProperties.html, API_EksContainer,
# API_EksContainerResourceRequirements, API_RegisterJobDefinition.
@pytest.mark.parametrize(
    ("properties", "more", "message"),
    [
        (pod(), {}, "podProperties.containers must have 1 to 10 elements, not 0"),
        (pod(MAIN, MAIN), {}, "Container name 'main' is not unique"),
        (pod(MAIN, initContainers=[MAIN]), {}, "Container name 'main' is not unique"),
        (pod(MAIN | {"image": ""}), {}, "Container 'main': image should not be null or empty."),
        (pod(MAIN | {"env": [{"name": "AWS_BATCH_X"}]}), {}, "cannot start with AWS_BATCH: AWS_BATCH_X"),
        (
            pod(MAIN | {"volumeMounts": [{"name": "v"}]}),
            {},
            "volumeMounts names 'v', not a volume of the pod",
        ),
        (resources({"memory": "1Gi"}), {}, "memory must be at least 4 whole MiB with the suffix Mi, such as"),
        (resources({"memory": "3Mi"}), {}, "memory must be at least 4 whole MiB"),
        (
            resources({"memory": "8Mi"}, {"memory": "4Mi"}),
            {},
            "memory must be the same in resources.limits and",
        ),
        (resources({"cpu": "0.3"}), {}, "cpu must be a positive multiple of 0.25"),
        (
            resources({"cpu": "1"}, {"cpu": "2"}),
            {},
            "cpu in resources.limits must be at least that in requests",
        ),
        (pod(MAIN), {"platformCapabilities": ["EC2"]}, "platformCapabilities can not be specified for a job"),
        (
            pod(MAIN),
            {"propagateTags": True},
            "propagateTags can not be specified for a job definition with eks",
        ),
    ],
)
def test_refusals(client: Client, properties: dict[str, Any], more: dict[str, Any], message: str) -> None:
    payload = {"jobDefinitionName": "pod", "type": "container", "eksProperties": properties, **more}
    assert message in client.refusal("RegisterJobDefinition", **payload)


def test_definition_is_described(client: Client) -> None:
    given = pod(MAIN, serviceAccountName="jobs", volumes=[{"name": "v", "emptyDir": {"sizeLimit": "64Mi"}}])
    client.call("RegisterJobDefinition", jobDefinitionName="pod", type="container", eksProperties=given)
    (found,) = client.call("DescribeJobDefinitions", jobDefinitionName="pod")["jobDefinitions"]
    assert (found["eksProperties"], found["containerOrchestrationType"]) == (given, "EKS")
