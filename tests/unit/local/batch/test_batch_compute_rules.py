"""Compute environments of every kind: what is refused when they are made, and what of them can be changed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.batch.fakes import COMPUTE, Client

from batchyard.local.batch import compute_rules, compute_updates, instances
from batchyard.local.batch.errors import ApiError

FARGATE = {"type": "FARGATE", "maxvCpus": 4, "subnets": ["s"], "securityGroupIds": ["g"]}
SPOT = COMPUTE | {"type": "SPOT", "spotIamFleetRole": "fleet"}
CLUSTER = {"eksClusterArn": "arn:aws:eks:us-east-1:000000000000:cluster/c", "kubernetesNamespace": "jobs"}
LINKED = "arn:aws:iam::000000000000:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
OWN = "arn:aws:iam::000000000000:role/service-role/batch"


def managed(resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "MANAGED", "computeResources": resources, **more}


def on_eks(namespace: str = "jobs", strategy: str | None = "BEST_FIT_PROGRESSIVE") -> dict[str, Any]:
    resources = COMPUTE | {"allocationStrategy": strategy}
    return managed(resources, eksConfiguration=CLUSTER | {"kubernetesNamespace": namespace})


# https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html, API_EksConfiguration,
# API_CreateComputeEnvironment, API_Ec2Configuration, API_ComputeScalingPolicy.
@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (managed(COMPUTE, state="DISABLED"), "must be created in the ENABLED state: disable it afterwards"),
        (managed(COMPUTE, unmanagedvCpus=4), "unmanagedvCpus can be specified for an UNMANAGED"),
        ({"type": "UNMANAGED"}, "serviceRole must be specified for an UNMANAGED compute environment"),
        (
            {"type": "UNMANAGED", "serviceRole": OWN, "eksConfiguration": CLUSTER},
            "MANAGED compute environment only",
        ),
        (managed(COMPUTE | {"type": "ECS_MANAGED_INSTANCES"}), "ECS_MANAGED_INSTANCES is not supported"),
        (
            managed(COMPUTE | {"securityGroupIds": []}),
            "Security groups are required, in securityGroupIds or in",
        ),
        (
            managed(COMPUTE | {"launchTemplate": {"version": "1"}}),
            "either launchTemplateId or launchTemplateName",
        ),
        (managed(SPOT | {"spotIamFleetRole": None}), "spotIamFleetRole is required for SPOT with allocation"),
        (managed(COMPUTE | {"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}), "is not allowed for EC2."),
        (managed(SPOT | {"allocationStrategy": "BEST_FIT_PROGRESSIVE_ORDERED"}), "is not allowed for SPOT."),
        (
            managed(COMPUTE | {"instanceTypes": ["c5", "c7g"]}),
            "must share the same architecture, not c5, c7g",
        ),
        (managed(COMPUTE | {"bidPercentage": 101}), "bidPercentage must be between 0 and 100."),
        (
            managed(COMPUTE | {"scalingPolicy": {"minScaleDownDelayMinutes": 19}}),
            "minScaleDownDelayMinutes must be between 20 and 10080.",
        ),
        (
            managed(COMPUTE | {"ec2Configuration": [{"imageType": "ECS_AL2_NVIDIA"}]}),
            "can not be created since June 30, 2026. Use ECS_AL2023, or ECS_AL2023_NVIDIA",
        ),
        (
            managed(
                COMPUTE | {"instanceTypes": ["p3"], "ec2Configuration": [{"imageType": "ECS_AL2023_NVIDIA"}]}
            ),
            "imageType ECS_AL2023_NVIDIA does not support instance type p3.",
        ),
        *(
            (managed(FARGATE | {member: value}), f"{member} is not applicable for Fargate.")
            for member, value in {
                "minvCpus": 1,
                "instanceTypes": ["c5"],
                "instanceRole": "r",
                "allocationStrategy": "BEST_FIT",
                "launchTemplate": {"launchTemplateId": "lt"},
                "placementGroup": "g",
                "tags": {"a": "b"},
                "ec2Configuration": [{"imageType": "ECS_AL2023"}],
            }.items()
        ),
        (managed(FARGATE | {"securityGroupIds": []}), "Security groups are required."),
        (
            managed(FARGATE | {"securityGroupIds": list("abcdef")}),
            "securityGroupIds can not have more than 5",
        ),
        (managed(FARGATE | {"subnets": [str(n) for n in range(17)]}), "subnets can not have more than 16"),
        (managed(FARGATE, eksConfiguration=CLUSTER), "eksConfiguration is not applicable for Fargate."),
        (on_eks(strategy=None), "allocationStrategy is required for an EKS compute environment."),
        (on_eks("default"), "kubernetesNamespace 'default' must be fewer than 64"),
        (on_eks("kube-system"), "kubernetesNamespace 'kube-system'"),
        (on_eks("Jobs"), "kubernetesNamespace 'Jobs'"),
        (on_eks("j" * 64), "fewer than 64 lower-case letters"),
        (
            managed(
                SPOT | {"allocationStrategy": "BEST_FIT_PROGRESSIVE"},
                eksConfiguration=CLUSTER | {"eksClusterArn": "c"},
            ),
            "eksClusterArn 'c' is not the ARN of an EKS cluster.",
        ),
    ],
)
def test_refused_when_made(payload: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as caught:
        compute_rules.check(payload)
    assert message in caught.value.message


@pytest.mark.parametrize(
    "payload",
    [
        managed(COMPUTE),
        managed(SPOT),
        managed(COMPUTE | {"type": "SPOT", "allocationStrategy": "SPOT_PRICE_CAPACITY_OPTIMIZED"}),
        managed(COMPUTE | {"securityGroupIds": [], "launchTemplate": {"launchTemplateName": "lt"}}),
        managed(
            COMPUTE | {"ec2Configuration": [{"imageType": "ECS_AL2", "imageIdOverride": "ami-1"}]},
        ),
        managed(FARGATE),
        managed(FARGATE | {"type": "FARGATE_SPOT"}),
        on_eks(),
        {"type": "UNMANAGED", "serviceRole": OWN, "unmanagedvCpus": 64},
    ],
)
def test_what_is_taken(payload: dict[str, Any]) -> None:
    compute_rules.check(payload)


def existing(resources: dict[str, Any], role: str = LINKED) -> dict[str, Any]:
    return {"type": "MANAGED", "serviceRole": role, "computeResources": resources}


PROGRESSIVE = COMPUTE | {"allocationStrategy": "BEST_FIT_PROGRESSIVE", "desiredvCpus": 4}


# https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html; the words of the first:
# https://www.repost.aws/ja/knowledge-center/batch-update-ec2-environment; of the second: ASFHyP3/hyp3#1051.
@pytest.mark.parametrize(
    ("detail", "payload", "message"),
    [
        (
            existing(COMPUTE),
            {"computeResources": {"instanceTypes": ["c5"]}},
            "can be updated for CE only with Allocation Strategy BEST_FIT_PROGRESSIVE and SPOT_CAPACITY",
        ),
        (
            existing(PROGRESSIVE, OWN),
            {"computeResources": {"subnets": ["subnet-2"], "maxvCpus": 32}},
            "fields subnets can be updated only for Non-fargate Compute Environment having a Batch Service",
        ),
        (
            existing(PROGRESSIVE),
            {"serviceRole": OWN},
            "serviceRole can not be changed from the service-linked",
        ),
        (existing(PROGRESSIVE, OWN), {"serviceRole": LINKED}, "create a new compute environment"),
        (
            existing(PROGRESSIVE),
            {"computeResources": {"allocationStrategy": "BEST_FIT"}},
            "BEST_FIT is not supported when updating",
        ),
        (
            existing(PROGRESSIVE),
            {"computeResources": {"allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}},
            "is not allowed for EC2.",
        ),
        (
            existing(PROGRESSIVE),
            {"computeResources": {"type": "FARGATE"}},
            "between EC2 and SPOT only, not to FARGATE",
        ),
        (
            existing(PROGRESSIVE),
            {"computeResources": {"desiredvCpus": 2}},
            "Manually scaling down compute env",
        ),
        (existing(PROGRESSIVE), {"unmanagedvCpus": 2}, "unmanagedvCpus can be specified for an UNMANAGED"),
        (
            existing(FARGATE),
            {"computeResources": {"tags": {"a": "b"}}},
            "The following parameters can't be updated for Fargate compute environment: allocationStrategy",
        ),
        (
            existing(FARGATE),
            {"computeResources": {"type": "FARGATE_SPOT"}},
            "type, updatePolicy, updateToLatestImageVersion.",
        ),
        (
            existing(FARGATE),
            {"updatePolicy": {"terminateJobsOnUpdate": True}},
            "for Fargate compute environment",
        ),
        (
            existing(FARGATE),
            {"computeResources": {"minvCpus": 1}},
            "minvCpus is not applicable for Fargate.",
        ),
        (
            existing(FARGATE),
            {"computeResources": {"subnets": list("abcdefghijklmnopq")}},
            "more than 16 elements",
        ),
        (
            {"type": "UNMANAGED", "serviceRole": OWN},
            {"computeResources": {"maxvCpus": 2}},
            "can not be specified for an UNMANAGED",
        ),
    ],
)
def test_refused_when_changed(detail: dict[str, Any], payload: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as caught:
        compute_updates.check(detail, payload)
    assert message in caught.value.message


# Scaling needs neither role nor strategy: https://docs.aws.amazon.com/batch/latest/userguide/scaling-updates.html
@pytest.mark.parametrize(
    ("detail", "changes"),
    [
        (existing(COMPUTE, OWN), {"maxvCpus": 32, "minvCpus": 1}),
        (existing(COMPUTE, OWN), {"maxvCpus": 32, "subnets": COMPUTE["subnets"]}),
        (
            existing(PROGRESSIVE),
            {"instanceTypes": ["c5"], "subnets": ["x"], "tags": {"a": "b"}, "type": "SPOT"},
        ),
        (existing(FARGATE, OWN), {"maxvCpus": 32, "subnets": ["x"], "securityGroupIds": ["y"]}),
    ],
)
def test_what_may_be_changed(detail: dict[str, Any], changes: dict[str, Any]) -> None:
    compute_updates.check(detail, {"computeResources": changes})


@pytest.mark.parametrize(
    ("changes", "image"),
    [({}, "ECS_AL2023"), ({"instanceTypes": ["g5.xlarge", "g6"]}, "ECS_AL2023_NVIDIA")],
)
def test_default_image(client: Client, changes: dict[str, Any], image: str) -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html
    client.environment("new", **changes)
    (found,) = client.call("DescribeComputeEnvironments", computeEnvironments=["new"])["computeEnvironments"]
    assert found["computeResources"]["ec2Configuration"] == [{"imageType": image}]


@pytest.mark.parametrize(
    ("instance_type", "arm"),
    [
        *((each, True) for each in ("c7g.xlarge", "m6gd", "a1.large", "default_arm64", "g5g.xlarge")),
        *((each, False) for each in ("g5.xlarge", "optimal", "p4d", "c5n.large", "m7i-flex")),
    ],
)
def test_architecture(instance_type: str, arm: bool) -> None:
    assert instances.is_arm(instance_type) is arm


def test_eks_and_unmanaged_environments_are_described_and_run_nothing(client: Client) -> None:
    eks = on_eks()
    client.call("CreateComputeEnvironment", computeEnvironmentName="pods", **eks)
    client.call(
        "CreateComputeEnvironment",
        computeEnvironmentName="own",
        type="UNMANAGED",
        serviceRole=OWN,
        unmanagedvCpus=8,
    )
    for name, kind in (("pods", "EKS"), ("own", "UNMANAGED")):
        client.queue(name, name)
        refusal = client.refusal("SubmitJob", jobName="j", jobQueue=name, jobDefinition="align")
        assert refusal.startswith(
            f"JobQueue {name} has only {kind} compute environments, which are described"
        )
    (found,) = client.call("DescribeComputeEnvironments", computeEnvironments=["pods"])["computeEnvironments"]
    assert found["containerOrchestrationType"] == "EKS"
    assert found["eksConfiguration"] == CLUSTER
    assert found["computeResources"]["ec2Configuration"] == [{"imageType": "EKS_AL2023"}]
    (queue,) = client.call("DescribeJobQueues", jobQueues=["pods"])["jobQueues"]
    assert queue["jobQueueType"] == "EKS"


def order(*names: str) -> list[dict[str, Any]]:
    return [{"order": number, "computeEnvironment": name} for number, name in enumerate(names)]


# https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"computeEnvironmentOrder": order("spot", "pods")},
            "ECS and EKS compute environments can not be mixed",
        ),
        ({"computeEnvironmentOrder": order("spot", "arm")}, "must share the same architecture"),
        (
            {"serviceEnvironmentOrder": [{"order": 1, "serviceEnvironment": "s"}]},
            "Service environments are not",
        ),
        (
            {
                "jobStateTimeLimitActions": [
                    {"reason": "SLOW", "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}
                ]
            },
            "reason of jobStateTimeLimitActions must be one of CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        ),
    ],
)
def test_queue_refusals(client: Client, changes: dict[str, Any], message: str) -> None:
    client.call("CreateComputeEnvironment", computeEnvironmentName="pods", **on_eks())
    client.environment("arm", instanceTypes=["c7g"])
    payload = {"jobQueueName": "q", "priority": 1, "computeEnvironmentOrder": order("spot")} | changes
    assert message in client.refusal("CreateJobQueue", **payload)


# https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html and API_ShareAttributes
@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"computeReservation": 100}, "computeReservation must be between 0 and 99"),
        ({"shareDecaySeconds": 604_801}, "shareDecaySeconds must be between 0 and 604800"),
        (
            {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0.0}]},
            "weightFactor must be between",
        ),
        ({"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 1000.0}]}, "0.0001 and 999.9999"),
        ({"shareDistribution": [{"shareIdentifier": "a-b"}]}, "'a-b' must be at most 255 letters and digits"),
        (
            {"shareDistribution": [{"shareIdentifier": "UserA*"}, {"shareIdentifier": "UserA1"}]},
            "shareIdentifier 'UserA*' overlaps 'UserA1'",
        ),
        ({"shareDistribution": [{"shareIdentifier": "a"}] * 2}, "'a' overlaps 'a'"),
        (
            {"shareDistribution": [{"shareIdentifier": f"s{n}"} for n in range(501)]},
            "can not have more than 500 elements",
        ),
    ],
)
def test_policy_refusals(client: Client, policy: dict[str, Any], message: str) -> None:
    assert message in client.refusal("CreateSchedulingPolicy", name="p", fairsharePolicy=policy)
