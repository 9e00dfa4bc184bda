"""Compute environments."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from typing import Any

from batchyard.local.batch import arns, compute_rules, compute_updates, instances, resources
from batchyard.local.batch.compute_rules import FARGATE
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

SPOT = frozenset({"SPOT", "FARGATE_SPOT"})
_UPDATABLE = ("state", "serviceRole", "unmanagedvCpus", "updatePolicy", "context", "ecsSettings")
_KEPT = ("unmanagedvCpus", "eksConfiguration", "context", "ecsSettings")


def create(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    name = payload["computeEnvironmentName"]
    resources.check_name(name, "Compute environment name")
    arn = arns.arn(scope, arns.COMPUTE, name)
    if registry.get(arn):
        raise ApiError("Object already exists", status=409)
    compute_rules.check(payload)
    registry.put(arn, _detail(scope, arn, payload))
    return {"computeEnvironmentName": name, "computeEnvironmentArn": arn}


def update(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    detail = copy.deepcopy(resources.existing(registry, scope, arns.COMPUTE, payload["computeEnvironment"]))
    compute_updates.check(detail, payload)
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


def is_fargate(detail: Mapping[str, Any]) -> bool:
    return detail.get("computeResources", {}).get("type") in FARGATE


def is_spot(detail: Mapping[str, Any]) -> bool:
    return detail.get("computeResources", {}).get("type") in SPOT


def is_eks(detail: Mapping[str, Any]) -> bool:
    return detail.get("containerOrchestrationType") == "EKS"


def kind(detail: Mapping[str, Any]) -> str:
    """Return the kind of queue that an environment goes with: EKS, ECS_FARGATE or ECS."""
    if is_eks(detail):
        return "EKS"
    return "ECS_FARGATE" if is_fargate(detail) else "ECS"


def is_arm(detail: Mapping[str, Any]) -> bool:
    """Tell whether an environment's instances are of Arm; unknown (False) for Fargate and unmanaged ones."""
    types = detail.get("computeResources", {}).get("instanceTypes") or ()
    return bool(types) and all(map(instances.is_arm, types))


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
        "serviceRole": payload.get("serviceRole")
        or f"arn:aws:iam::{scope.account}:{compute_updates.SERVICE_LINKED}",
        "containerOrchestrationType": "EKS" if payload.get("eksConfiguration") else "ECS",
        "uuid": identity,
        "tags": resources.check_tags(payload.get("tags")),
    }
    if payload["type"] == "MANAGED":
        detail["computeResources"] = _with_defaults(
            copy.deepcopy(payload["computeResources"]), eks=bool(payload.get("eksConfiguration"))
        )
    for key in _KEPT:
        if payload.get(key) is not None:
            detail[key] = copy.deepcopy(payload[key])
    return detail


def _with_defaults(given: dict[str, Any], *, eks: bool) -> dict[str, Any]:
    if given["type"] in FARGATE:
        return given
    # Batch says which kind of image it will start, also when nobody asked (AL2023 since January 2026).
    given.setdefault("ec2Configuration", [{"imageType": _image_type(given, eks)}])
    return {"minvCpus": 0, "desiredvCpus": given.get("minvCpus") or 0, **given}


def _image_type(given: Mapping[str, Any], eks: bool) -> str:
    """Return the default image: https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html"""
    types = given.get("instanceTypes") or ("optimal",)
    gpus = not any(map(instances.without_gpus, types))
    return f"{'EKS' if eks else 'ECS'}_AL2023{'_NVIDIA' if gpus else ''}"


def _update_resources(detail: dict[str, Any], changes: dict[str, Any]) -> None:
    merged = detail["computeResources"] | {
        key: copy.deepcopy(value)
        for key, value in changes.items()
        if value is not None and key != "updateToLatestImageVersion"
    }
    compute_rules.check_bounds(merged)
    detail["computeResources"] = merged
