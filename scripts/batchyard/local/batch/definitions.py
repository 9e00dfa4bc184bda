"""Job definitions and their revisions."""

from __future__ import annotations

import copy
import json
from typing import Any

from batchyard.local.batch import arns, containers, paging, resources, retry
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

# https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
MOST_BYTES = 24 * 1024
LEAST_TIMEOUT = 60
_BODIES = ("containerProperties", "ecsProperties", "eksProperties", "nodeProperties")
_COPIED = (
    *("schedulingPriority", "retryStrategy", "timeout", "platformCapabilities"),
    *("nodeProperties", "eksProperties", "ecsProperties", "consumableResourceProperties"),
)


def register(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    name = payload["jobDefinitionName"]
    resources.check_name(name, "Job definition name")
    _check(payload)
    prefix = arns.arn(scope, arns.DEFINITION, name)
    known = registry.revisions(prefix)
    revision = known[-1]["revision"] + 1 if known else 1
    arn = f"{prefix}:{revision}"
    registry.put(arn, _detail(arn, revision, payload))
    return {"jobDefinitionName": name, "jobDefinitionArn": arn, "revision": revision}


def deregister(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    detail = registry.get(arns.full(scope, arns.DEFINITION, payload["jobDefinition"]))
    if detail is None:
        raise ApiError(f"JobDefinition {payload['jobDefinition']} not found.")
    registry.put(detail["jobDefinitionArn"], detail | {"status": "INACTIVE"})
    return {}


def describe(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    if names := payload.get("jobDefinitions"):
        found = [each for name in dict.fromkeys(names) for each in _named(registry, scope, name)]
    elif name := payload.get("jobDefinitionName"):
        found = registry.revisions(arns.full(scope, arns.DEFINITION, name))[::-1]
    else:
        found = list(registry.of(scope, arns.DEFINITION))
    if status := payload.get("status"):
        found = [each for each in found if each["status"] == status]
    listed, more = paging.page(found, payload)
    return {"jobDefinitions": [copy.deepcopy(each) for each in listed], **more}


def active(registry: Registry, scope: Scope, name: str) -> dict[str, Any]:
    """Return the definition that a submission names: the given revision, or the newest active one."""
    arn = arns.full(scope, arns.DEFINITION, name)
    exact = registry.get(arn)
    candidates = [exact] if exact else registry.revisions(arn)[::-1]
    for detail in candidates:
        if detail["status"] == "ACTIVE":
            return detail
    if name.startswith("arn:"):
        raise ApiError(f"JobDefinition {name} not found.")
    raise ApiError(f"JobDefinition name {name} does not exist or is not in ACTIVE status")


def check_timeout(timeout: dict[str, Any] | None) -> None:
    if timeout and (timeout.get("attemptDurationSeconds") or 0) < LEAST_TIMEOUT:
        raise refused(f"attemptDurationSeconds must be at least {LEAST_TIMEOUT} seconds")


def _named(registry: Registry, scope: Scope, name: str) -> list[dict[str, Any]]:
    arn = arns.full(scope, arns.DEFINITION, name)
    exact = registry.get(arn)
    return [exact] if exact else registry.revisions(arn)[::-1]


def _detail(arn: str, revision: int, payload: Payload) -> dict[str, Any]:
    detail = {
        "jobDefinitionName": payload["jobDefinitionName"],
        "jobDefinitionArn": arn,
        "revision": revision,
        "status": "ACTIVE",
        "type": payload["type"],
        "parameters": dict(payload.get("parameters") or {}),
        "propagateTags": bool(payload.get("propagateTags")),
        "tags": resources.check_tags(payload.get("tags")),
        "containerOrchestrationType": "EKS" if payload.get("eksProperties") else "ECS",
    }
    detail |= {key: copy.deepcopy(payload[key]) for key in _COPIED if payload.get(key) is not None}
    if "retryStrategy" in detail:
        detail["retryStrategy"].setdefault("evaluateOnExit", [])
    if payload.get("containerProperties") is not None:
        fargate = "FARGATE" in (payload.get("platformCapabilities") or ())
        detail["containerProperties"] = containers.with_defaults(payload["containerProperties"], fargate)
    return detail


def _check(payload: Payload) -> None:
    if len(json.dumps(payload, separators=(",", ":")).encode()) > MOST_BYTES:
        raise refused(f"Job definition size can not exceed {MOST_BYTES // 1024} KiB")
    _check_body(payload)
    retry.validate(payload.get("retryStrategy"))
    check_timeout(payload.get("timeout"))
    platforms = payload.get("platformCapabilities") or []
    if len(platforms) > 1:
        raise refused("Only one platform capability can be specified")
    if properties := payload.get("containerProperties"):
        containers.check_definition(properties, fargate="FARGATE" in platforms)


def _check_body(payload: Payload) -> None:
    given = [key for key in _BODIES if payload.get(key) is not None]
    multinode = payload["type"].lower() == "multinode"
    allowed = ("nodeProperties",) if multinode else _BODIES[:3]
    if wrong := [key for key in given if key not in allowed]:
        raise refused(f"{wrong[0]} can not be specified for a job definition of type {payload['type']}")
    if len(given) != 1:
        raise refused(f"Exactly one of {', '.join(allowed)} must be provided")
