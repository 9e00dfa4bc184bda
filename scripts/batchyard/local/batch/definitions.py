"""Job definitions and their revisions."""

from __future__ import annotations

import copy
import json
from typing import Any

from batchyard.local.batch import (
    arns,
    container_rules,
    containers,
    ecs,
    ecs_rules,
    eks,
    fargate,
    node_rules,
    nodes,
    paging,
    resources,
    retry,
)
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

# https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
MOST_BYTES = 24 * 1024
LEAST_TIMEOUT = 60
_BODIES = ("containerProperties", "ecsProperties", "eksProperties", "nodeProperties")
MOST_PRIORITY = 9_999
_COPIED = (
    *("schedulingPriority", "retryStrategy", "timeout", "platformCapabilities"),
    *("eksProperties", "consumableResourceProperties"),
)


def register(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    name = payload["jobDefinitionName"]
    resources.check_name(name, "Job definition name")
    check(payload)
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
    return detail | _bodies(payload)


def _bodies(payload: Payload) -> dict[str, Any]:
    """Return the properties of the definition's shape with what the service fills in."""
    on_fargate = _on_fargate(payload)
    if (container := payload.get("containerProperties")) is not None:
        return {"containerProperties": containers.with_defaults(container, on_fargate)}
    if (task := payload.get("ecsProperties")) is not None:
        return {"ecsProperties": ecs.with_defaults(task, on_fargate)}
    if (many := payload.get("nodeProperties")) is not None:
        return {"nodeProperties": nodes.with_defaults(many)}
    return {}


def _on_fargate(payload: Payload) -> bool:
    return "FARGATE" in (payload.get("platformCapabilities") or ())


def check(payload: Payload) -> None:
    """Refuse a job definition of any shape that could never run. Raises ApiError naming member and rule."""
    if len(json.dumps(payload, separators=(",", ":")).encode()) > MOST_BYTES:
        raise refused(f"Job definition size can not exceed {MOST_BYTES // 1024} KiB")
    _check_body(payload)
    retry.validate(payload.get("retryStrategy"))
    check_timeout(payload.get("timeout"))
    if not 0 <= (payload.get("schedulingPriority") or 0) <= MOST_PRIORITY:
        raise refused(f"schedulingPriority must be between 0 and {MOST_PRIORITY}")
    if len(payload.get("platformCapabilities") or ()) > 1:
        raise refused("Only one platform capability can be specified")
    _check_properties(payload, _on_fargate(payload))


def _check_properties(payload: Payload, on_fargate: bool) -> None:
    if container := payload.get("containerProperties"):
        _check_container(container, on_fargate)
    elif task := payload.get("ecsProperties"):
        ecs_rules.check(task, on_fargate=on_fargate)
    elif many := payload.get("nodeProperties"):
        if on_fargate:
            raise refused("nodeProperties can not be specified for Fargate: use platform capability EC2")
        node_rules.check(many)
    else:
        _check_eks(payload)


def _check_container(properties: Payload, on_fargate: bool) -> None:
    container_rules.check_volumes(properties.get("volumes"))
    container_rules.check(properties, on_fargate=on_fargate)
    if on_fargate:
        fargate.check_task(properties)
        fargate.check_pair(containers.vcpus(properties), containers.memory_mib(properties))
    else:
        fargate.check_not_needed(properties)


def _check_eks(payload: Payload) -> None:
    for member in ("platformCapabilities", "propagateTags"):
        if payload.get(member):
            raise refused(f"{member} can not be specified for a job definition with eksProperties")
    eks.check(payload["eksProperties"])


def _check_body(payload: Payload) -> None:
    given = [key for key in _BODIES if payload.get(key) is not None]
    multinode = payload["type"].lower() == "multinode"
    allowed = ("nodeProperties",) if multinode else _BODIES[:3]
    if wrong := [key for key in given if key not in allowed]:
        raise refused(f"{wrong[0]} can not be specified for a job definition of type {payload['type']}")
    if len(given) != 1:
        raise refused(f"Exactly one of {', '.join(allowed)} must be provided")
