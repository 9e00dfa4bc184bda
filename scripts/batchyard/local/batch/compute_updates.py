"""What AWS refuses to change of a compute environment.

https://docs.aws.amazon.com/batch/latest/userguide/infrastructure-updates.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchyard.local.batch import compute_rules
from batchyard.local.batch.compute_rules import FARGATE
from batchyard.local.batch.errors import ApiError, refused

SERVICE_LINKED = "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
# Changes of these alone need no new instances, so that any role and strategy will do
# (https://docs.aws.amazon.com/batch/latest/userguide/scaling-updates.html).
_SCALING = frozenset({"minvCpus", "maxvCpus", "desiredvCpus", "scalingPolicy"})
_FARGATE = frozenset({"maxvCpus", "subnets", "securityGroupIds"})
# In the service's words, all of them whichever is changed: https://github.com/aws/aws-cdk/issues/27054
_NOT_FARGATE = (
    *("allocationStrategy", "bidPercentage", "ec2Configuration", "ec2KeyPair", "imageId", "instanceRole"),
    *("instanceTypes", "launchTemplate", "placementGroup", "tags", "type", "updatePolicy"),
    "updateToLatestImageVersion",
)
# In the service's words: https://www.repost.aws/ja/knowledge-center/batch-update-ec2-environment
_NOT_BEST_FIT = (
    "Fields allocationStrategy, bidPercentage, ec2Configuration, ec2KeyPair, imageId, instanceRole, "
    "instanceTypes, launchTemplate, placementGroup, securityGroupIds, subnets, tags, type, updatePolicy, "
    "updateToLatestImageVersion, context can be updated for CE only with Allocation Strategy "
    "BEST_FIT_PROGRESSIVE and SPOT_CAPACITY_OPTIMIZED."
)


def check(detail: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    """Refuse an update that the environment does not allow.

    detail: the environment as it is. A member that is given as it is counts as no change.
    """
    _check_role(str(detail["serviceRole"]), payload.get("serviceRole"))
    given = payload.get("computeResources") or {}
    if detail["type"] == "UNMANAGED":
        if given:
            raise refused("computeResources can not be specified for an UNMANAGED compute environment")
        return
    if payload.get("unmanagedvCpus") is not None:
        raise refused("unmanagedvCpus can be specified for an UNMANAGED compute environment only")
    present = detail["computeResources"]
    changed = {key for key, value in given.items() if value is not None and value != present.get(key)}
    changed -= {key for key in changed if not given[key] and not present.get(key)}
    if payload.get("updatePolicy") and payload["updatePolicy"] != detail.get("updatePolicy"):
        changed.add("updatePolicy")
    if present["type"] in FARGATE:
        _check_fargate(given, changed)
    else:
        _check_instances(detail, present, given, changed)


def _check_role(present: str, wanted: str | None) -> None:
    """Refuse another kind of role.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateComputeEnvironment.html
    """
    if wanted and (SERVICE_LINKED in present) != (SERVICE_LINKED in wanted):
        raise refused(
            "serviceRole can not be changed from the service-linked role to another, nor from another to it: "
            "create a new compute environment"
        )


def _check_fargate(given: Mapping[str, Any], changed: set[str]) -> None:
    if changed & {*_NOT_FARGATE}:
        raise refused(
            "The following parameters can't be updated for Fargate compute environment: "
            f"{', '.join(_NOT_FARGATE)}."
        )
    if wrong := sorted(changed - _FARGATE):
        raise refused(f"{wrong[0]} is not applicable for Fargate.")
    for key, most in (
        ("subnets", compute_rules.MOST_FARGATE_SUBNETS),
        ("securityGroupIds", compute_rules.MOST_FARGATE_GROUPS),
    ):
        if len(given.get(key) or ()) > most:
            raise refused(f"{key} can not have more than {most} elements for Fargate.")


def _check_instances(
    detail: Mapping[str, Any], present: Mapping[str, Any], given: Mapping[str, Any], changed: set[str]
) -> None:
    if infrastructure := sorted(changed - _SCALING):
        if present.get("allocationStrategy") in (None, "BEST_FIT"):
            raise refused(_NOT_BEST_FIT)
        if SERVICE_LINKED not in str(detail["serviceRole"]):
            # In the service's words: https://github.com/ASFHyP3/hyp3/pull/1051
            raise refused(
                f"Following fields {', '.join(infrastructure)} can be updated only for Non-fargate Compute "
                "Environment having a Batch Service Linked Role"
            )
    if given.get("allocationStrategy") == "BEST_FIT" and "allocationStrategy" in changed:
        raise refused("Allocation strategy BEST_FIT is not supported when updating a compute environment.")
    resource_type = given.get("type") or present["type"]
    if resource_type not in ("EC2", "SPOT"):
        raise refused(f"type can be changed between EC2 and SPOT only, not to {resource_type}.")
    compute_rules.check_strategy(
        given.get("allocationStrategy") or present.get("allocationStrategy"), resource_type
    )
    compute_rules.check_launch_template(given.get("launchTemplate") if "launchTemplate" in changed else None)
    if (given.get("desiredvCpus") or present.get("desiredvCpus", 0)) < present.get("desiredvCpus", 0):
        raise ApiError(
            "Manually scaling down compute environment is not supported. Disconnecting job queues from "
            "compute environment will cause it to scale-in to minvCpus."
        )
