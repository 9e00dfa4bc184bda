"""Compute environments."""

from __future__ import annotations

import copy
import uuid
from typing import Any

from batchyard.local.batch import arns, resources
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})
_SERVICE_ROLE = "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
_NOT_ON_FARGATE = (
    *("allocationStrategy", "minvCpus", "desiredvCpus", "instanceTypes", "imageId", "ec2KeyPair"),
    *("instanceRole", "placementGroup", "bidPercentage", "spotIamFleetRole", "launchTemplate"),
    *("ec2Configuration", "tags"),
)
_UPDATABLE = ("state", "serviceRole", "unmanagedvCpus", "updatePolicy", "context", "ecsSettings")


def create(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    name = payload["computeEnvironmentName"]
    resources.check_name(name, "Compute environment name")
    arn = arns.arn(scope, arns.COMPUTE, name)
    if registry.get(arn):
        raise ApiError("Object already exists", status=409)
    _check_resources(payload)
    registry.put(arn, _detail(scope, arn, payload))
    return {"computeEnvironmentName": name, "computeEnvironmentArn": arn}


def update(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    detail = copy.deepcopy(resources.existing(registry, scope, arns.COMPUTE, payload["computeEnvironment"]))
    detail.update({key: payload[key] for key in _UPDATABLE if payload.get(key) is not None})
    if changes := payload.get("computeResources"):
        _update_resources(detail, changes)
    registry.put(detail["computeEnvironmentArn"], detail)
    return {key: detail[key] for key in ("computeEnvironmentName", "computeEnvironmentArn")}


def describe(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    found, more = resources.described(registry, scope, arns.COMPUTE, payload, "computeEnvironments")
    return {"computeEnvironments": found, **more}


def delete(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    detail = resources.existing(registry, scope, arns.COMPUTE, payload["computeEnvironment"])
    arn = detail["computeEnvironmentArn"]
    if detail["state"] != "DISABLED":
        raise ApiError("Cannot delete, state must be DISABLED")
    for queue in registry.of(scope, arns.QUEUE):
        if any(each["computeEnvironment"] == arn for each in queue["computeEnvironmentOrder"]):
            raise ApiError("Cannot delete, found existing JobQueue relationship")
    registry.remove(arn)
    return {}


def is_fargate(detail: dict[str, Any]) -> bool:
    return detail.get("computeResources", {}).get("type") in FARGATE


def capacity(detail: dict[str, Any]) -> float:
    """Return the vCPUs that may be in use at once; an unmanaged environment without a figure has no bound."""
    if detail["type"] == "UNMANAGED":
        return float(detail.get("unmanagedvCpus") or "inf")
    return float(detail["computeResources"]["maxvCpus"])


def _detail(scope: Scope, arn: str, payload: Payload) -> dict[str, Any]:
    identity = str(uuid.uuid4())
    name = payload["computeEnvironmentName"]
    detail: dict[str, Any] = {
        "computeEnvironmentName": name,
        "computeEnvironmentArn": arn,
        "ecsClusterArn": arns.ecs_arn(scope, "cluster", f"{name}_Batch_{identity}"),
        "type": payload["type"],
        "state": payload.get("state") or "ENABLED",
        "status": "VALID",
        "statusReason": "ComputeEnvironment Healthy",
        "serviceRole": payload.get("serviceRole") or f"arn:aws:iam::{scope.account}:{_SERVICE_ROLE}",
        "containerOrchestrationType": "EKS" if payload.get("eksConfiguration") else "ECS",
        "uuid": identity,
        "tags": resources.check_tags(payload.get("tags")),
    }
    if payload["type"] == "MANAGED":
        detail["computeResources"] = _with_defaults(copy.deepcopy(payload["computeResources"]))
    for key in ("unmanagedvCpus", "eksConfiguration", "context", "ecsSettings"):
        if payload.get(key) is not None:
            detail[key] = copy.deepcopy(payload[key])
    return detail


def _with_defaults(given: dict[str, Any]) -> dict[str, Any]:
    if given["type"] in FARGATE:
        return given
    # Batch says which kind of image it will start, also when nobody asked (AL2023 since January 2026).
    given.setdefault("ec2Configuration", [{"imageType": "ECS_AL2023"}])
    return {"minvCpus": 0, "desiredvCpus": given.get("minvCpus") or 0, **given}


def _check_resources(payload: Payload) -> None:
    given = payload.get("computeResources")
    if payload["type"] == "UNMANAGED":
        if given:
            raise refused("computeResources can not be specified for an UNMANAGED compute environment")
        return
    if not given:
        raise refused("computeResources must be provided for a MANAGED compute environment")
    if not given.get("subnets") and given["type"] != "ECS_MANAGED_INSTANCES":
        raise refused("Subnets are required.")
    if given["type"] in FARGATE:
        _check_fargate(given)
    elif given["type"] != "ECS_MANAGED_INSTANCES":
        _check_instances(given)
    _check_bounds(given)


def _check_fargate(given: dict[str, Any]) -> None:
    wrong = [key for key in _NOT_ON_FARGATE if given.get(key)]
    if wrong:
        raise refused(f"{wrong[0]} is not applicable for Fargate.")
    if not given.get("securityGroupIds"):
        raise refused("Security groups are required.")


def _check_instances(given: dict[str, Any]) -> None:
    for key, wording in (("instanceRole", "Instance role is"), ("instanceTypes", "Instance types are")):
        if not given.get(key):
            raise refused(f"{wording} required.")
    if given["type"] == "EC2" and str(given.get("allocationStrategy")).startswith("SPOT_"):
        raise refused(f"Allocation strategy {given['allocationStrategy']} is not allowed for EC2.")


def _check_bounds(given: dict[str, Any]) -> None:
    least, most = given.get("minvCpus") or 0, given["maxvCpus"]
    if least < 0 or most < 1 or least > most:
        raise refused("minvCpus must be at least 0 and at most maxvCpus, and maxvCpus at least 1.")
    if not 0 <= (given.get("bidPercentage") or 0) <= 100:
        raise refused("bidPercentage must be between 0 and 100.")


def _update_resources(detail: dict[str, Any], changes: dict[str, Any]) -> None:
    if detail["type"] == "UNMANAGED":
        raise refused("computeResources can not be specified for an UNMANAGED compute environment")
    present = detail["computeResources"]
    if (changes.get("desiredvCpus") or present.get("desiredvCpus", 0)) < present.get("desiredvCpus", 0):
        raise ApiError(
            "Manually scaling down compute environment is not supported. Disconnecting job queues from "
            "compute environment will cause it to scale-in to minvCpus."
        )
    merged = present | {
        key: copy.deepcopy(value)
        for key, value in changes.items()
        if value is not None and key != "updateToLatestImageVersion"
    }
    _check_bounds(merged)
    detail["computeResources"] = merged
