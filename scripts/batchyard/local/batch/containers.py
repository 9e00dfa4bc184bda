"""Container properties: what the service fills in, what a submission overrides, what it asks for."""

from __future__ import annotations

import copy
import json
from typing import Any

from batchyard.local.batch.errors import refused

_LISTS = ("command", "volumes", "environment", "mountPoints", "ulimits", "resourceRequirements", "secrets")
# Longest containerOverrides that ECS takes, in characters of JSON.
MOST_OVERRIDES = 8_192


def with_defaults(given: dict[str, Any], fargate: bool) -> dict[str, Any]:
    """Return container properties with the empty members that the service answers with."""
    result: dict[str, Any] = {key: [] for key in _LISTS} | copy.deepcopy(given)
    if "logConfiguration" in result:
        result["logConfiguration"] = {"options": {}, "secretOptions": []} | result["logConfiguration"]
    if "linuxParameters" in result:
        result["linuxParameters"] = {"devices": [], "tmpfs": []} | result["linuxParameters"]
    if fargate:
        result.setdefault("fargatePlatformConfiguration", {"platformVersion": "LATEST"})
    return result


def check_definition(properties: dict[str, Any], *, fargate: bool) -> None:
    """Refuse properties that could never run: no image, no vCPU or memory, half a volume."""
    if not properties.get("image"):
        raise refused("Container.image should not be null or empty.")
    for kind, legacy, least in (("VCPU", "vcpus", 0.25 if fargate else 1), ("MEMORY", "memory", 4)):
        amount = _amount(properties, kind, legacy)
        if amount is None:
            raise refused(f"Container properties must include {kind} in resourceRequirements")
        if amount < least:
            raise refused(f"Resource requirement {kind} must be at least {least}")
    if fargate and not properties.get("executionRoleArn"):
        raise refused("EXECUTION_ROLE_ARN is required for Fargate jobs")
    _check_environment(properties)
    volumes = {volume.get("name") for volume in properties.get("volumes") or ()}
    for mount in properties.get("mountPoints") or ():
        if mount.get("sourceVolume") not in volumes:
            raise refused(f"Unknown volume '{mount.get('sourceVolume')}' in mountPoints.")


def overridden(properties: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return properties with a submission's containerOverrides merged in.

    The command is replaced; environment and resource requirements are merged by name and type; the older
    vcpus and memory override their like, never resource requirements
    (https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html).
    """
    if not overrides:
        return properties
    if _length(overrides) > MOST_OVERRIDES:
        raise refused(f"Container Overrides length must be at most {MOST_OVERRIDES}")
    result = dict(properties)
    if "" in (overrides.get("command") or ()):
        raise refused("Command cannot be empty")
    if overrides.get("command"):
        result["command"] = overrides["command"]
    for key, name in (("environment", "name"), ("resourceRequirements", "type")):
        if overrides.get(key):
            result[key] = _merged(result.get(key) or [], overrides[key], name)
    _check_environment(overrides)
    given = ("vcpus", "memory", "instanceType")
    return result | {key: overrides[key] for key in given if overrides.get(key) is not None}


def vcpus(properties: dict[str, Any]) -> float:
    return _amount(properties, "VCPU", "vcpus") or 1.0


def memory_mib(properties: dict[str, Any]) -> float:
    return _amount(properties, "MEMORY", "memory") or 0.0


def gpus(properties: dict[str, Any]) -> float:
    return _amount(properties, "GPU", "gpus") or 0.0


def _amount(properties: dict[str, Any], kind: str, legacy: str) -> float | None:
    for each in properties.get("resourceRequirements") or ():
        if each["type"] == kind:
            return _number(each["value"], kind)
    value = properties.get(legacy)
    return None if value is None else float(value)


def _number(text: str, kind: str) -> float:
    try:
        return float(text)
    except ValueError as problem:
        raise refused(f"Resource requirement {kind} must be a number, not '{text}'") from problem


def _merged(base: list[dict[str, Any]], over: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    by_key = {each.get(key): each for each in base} | {each.get(key): each for each in over}
    return list(by_key.values())


def _check_environment(given: dict[str, Any]) -> None:
    for variable in given.get("environment") or ():
        if str(variable.get("name", "")).startswith("AWS_BATCH"):
            raise refused(f"Environment variables cannot start with AWS_BATCH: {variable['name']}")


def _length(overrides: dict[str, Any]) -> int:
    return len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False))
