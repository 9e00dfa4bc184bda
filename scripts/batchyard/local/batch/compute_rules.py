"""What is refused of a compute environment when it is made.

https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html, where no other page is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from batchyard.local.batch import instances
from batchyard.local.batch.errors import refused

FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})
MANAGED_INSTANCES = "ECS_MANAGED_INSTANCES"
NOT_ON_FARGATE = (
    *("allocationStrategy", "minvCpus", "desiredvCpus", "instanceTypes", "imageId", "ec2KeyPair"),
    *("instanceRole", "placementGroup", "bidPercentage", "spotIamFleetRole", "launchTemplate"),
    *("ec2Configuration", "tags", "scalingPolicy"),
)
MOST_FARGATE_SUBNETS, MOST_FARGATE_GROUPS = 16, 5
# https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeScalingPolicy.html
_DELAY_MINUTES = (20, 10_080)
_ONLY_EC2 = frozenset({"BEST_FIT_PROGRESSIVE_ORDERED"})
# https://docs.aws.amazon.com/batch/latest/APIReference/API_EksConfiguration.html
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_CLUSTER = re.compile(r"arn:[a-z-]+:eks:[a-z0-9-]+:\d{12}:cluster/.+")


def check(payload: Mapping[str, Any]) -> None:
    """Refuse a request to make an environment. Raises ApiError naming member and rule."""
    if payload.get("state") == "DISABLED":
        raise refused("A compute environment must be created in the ENABLED state: disable it afterwards")
    given = payload.get("computeResources")
    if payload["type"] == "UNMANAGED":
        _check_unmanaged(payload, given)
        return
    if payload.get("unmanagedvCpus") is not None:
        raise refused("unmanagedvCpus can be specified for an UNMANAGED compute environment only")
    if not given:
        raise refused("computeResources must be provided for a MANAGED compute environment")
    if given["type"] == MANAGED_INSTANCES:
        raise refused(f"Compute resource type {MANAGED_INSTANCES} is not supported by this environment")
    if not given.get("subnets"):
        raise refused("Subnets are required.")
    if given["type"] in FARGATE:
        check_fargate(given)
    else:
        _check_instances(given, eks=bool(payload.get("eksConfiguration")))
    if eks := payload.get("eksConfiguration"):
        _check_eks(eks, given)
    check_bounds(given)


def check_fargate(given: Mapping[str, Any]) -> None:
    """Refuse members that are for instances, and too many or no security groups and subnets."""
    if wrong := [key for key in NOT_ON_FARGATE if given.get(key)]:
        raise refused(f"{wrong[0]} is not applicable for Fargate.")
    if not given.get("securityGroupIds"):
        raise refused("Security groups are required.")
    for key, most in (("subnets", MOST_FARGATE_SUBNETS), ("securityGroupIds", MOST_FARGATE_GROUPS)):
        if len(given.get(key) or ()) > most:
            raise refused(f"{key} can not have more than {most} elements for Fargate.")


def check_bounds(given: Mapping[str, Any]) -> None:
    least, most = given.get("minvCpus") or 0, given["maxvCpus"]
    if least < 0 or most < 1 or least > most:
        raise refused("minvCpus must be at least 0 and at most maxvCpus, and maxvCpus at least 1.")
    if not 0 <= (given.get("bidPercentage") or 0) <= 100:
        raise refused("bidPercentage must be between 0 and 100.")
    delay = (given.get("scalingPolicy") or {}).get("minScaleDownDelayMinutes")
    if delay and not _DELAY_MINUTES[0] <= delay <= _DELAY_MINUTES[1]:
        raise refused(
            f"minScaleDownDelayMinutes must be between {_DELAY_MINUTES[0]} and {_DELAY_MINUTES[1]}."
        )


def check_strategy(strategy: str | None, resource_type: str) -> None:
    """Refuse an allocation strategy of the other purchase option."""
    spot = str(strategy).startswith("SPOT_")
    if (spot and resource_type == "EC2") or (strategy in _ONLY_EC2 and resource_type == "SPOT"):
        raise refused(f"Allocation strategy {strategy} is not allowed for {resource_type}.")


def check_launch_template(template: Mapping[str, Any] | None) -> None:
    """Refuse a launch template named twice or not at all."""
    if template and bool(template.get("launchTemplateId")) == bool(template.get("launchTemplateName")):
        raise refused("launchTemplate must have either launchTemplateId or launchTemplateName, not both.")


def _check_unmanaged(payload: Mapping[str, Any], given: object) -> None:
    if given:
        raise refused("computeResources can not be specified for an UNMANAGED compute environment")
    if payload.get("eksConfiguration"):
        raise refused("eksConfiguration can be specified for a MANAGED compute environment only")
    if not payload.get("serviceRole"):
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html
        raise refused("serviceRole must be specified for an UNMANAGED compute environment")


def _check_instances(given: Mapping[str, Any], *, eks: bool) -> None:
    for key, wording in (("instanceRole", "Instance role is"), ("instanceTypes", "Instance types are")):
        if not given.get(key):
            raise refused(f"{wording} required.")
    strategy = given.get("allocationStrategy")
    check_strategy(strategy, given["type"])
    check_launch_template(given.get("launchTemplate"))
    if not given.get("securityGroupIds") and not given.get("launchTemplate"):
        raise refused("Security groups are required, in securityGroupIds or in the launch template.")
    best_fit = strategy in (None, "BEST_FIT") and not eks
    if given["type"] == "SPOT" and best_fit and not given.get("spotIamFleetRole"):
        raise refused(
            "spotIamFleetRole is required for SPOT with allocation strategy BEST_FIT, which is the default."
        )
    _check_images(given)


def _check_images(given: Mapping[str, Any]) -> None:
    """Hold image types to https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html"""
    types = given["instanceTypes"]
    if len({instances.is_arm(each) for each in types}) > 1:
        raise refused(f"Instance types must share the same architecture, not {', '.join(types)}.")
    for image in given.get("ec2Configuration") or ():
        kind = str(image.get("imageType"))
        own = image.get("imageIdOverride") or given.get("imageId")
        if kind.startswith("ECS_AL2") and not kind.startswith("ECS_AL2023") and not own:
            raise refused(
                f"imageType {kind}: compute environments with images of Amazon Linux 2 can not be created "
                "since June 30, 2026. Use ECS_AL2023, or ECS_AL2023_NVIDIA for GPU instances."
            )
        old = [each for each in types if each.partition(".")[0] in ("p3", "g3")]
        if kind == "ECS_AL2023_NVIDIA" and old and not own:
            raise refused(f"imageType {kind} does not support instance type {old[0]}.")


def _check_eks(eks: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    if given["type"] in FARGATE:
        raise refused("eksConfiguration is not applicable for Fargate.")
    if not given.get("allocationStrategy"):
        raise refused("allocationStrategy is required for an EKS compute environment.")
    namespace = eks["kubernetesNamespace"]
    valid = len(namespace) < 64 and _NAMESPACE.fullmatch(namespace)
    if not valid or namespace == "default" or namespace.startswith("kube-"):
        raise refused(
            f"kubernetesNamespace '{namespace}' must be fewer than 64 lower-case letters, digits, hyphens, "
            "not default, and not begin with kube-."
        )
    if not _CLUSTER.fullmatch(eks["eksClusterArn"]):
        raise refused(f"eksClusterArn '{eks['eksClusterArn']}' is not the ARN of an EKS cluster.")
