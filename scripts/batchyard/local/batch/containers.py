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


def overridden(properties: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return properties with a submission's containerOverrides merged in.

    Raises ApiError for overrides of more than 8,192 characters, an empty command, and reserved variables.
    """
    if not overrides:
        return properties
    check_length(overrides, "Container Overrides")
    return merged(properties, overrides)


def merged(properties: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return a container's properties with overrides of any length.

    The command is replaced; environment and resource requirements are merged by name and type; the older
    vcpus and memory override their like, never resource requirements
    (https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html).
    """
    result = dict(properties)
    if "" in (overrides.get("command") or ()):
        raise refused("Command cannot be empty")
    if overrides.get("command"):
        result["command"] = overrides["command"]
    for key, name in (("environment", "name"), ("resourceRequirements", "type")):
        if overrides.get(key):
            result[key] = _merged(result.get(key) or [], overrides[key], name)
    check_environment(overrides)
    given = ("vcpus", "memory", "instanceType")
    return result | {key: overrides[key] for key in given if overrides.get(key) is not None}


def check_length(overrides: dict[str, Any], what: str) -> None:
    """Refuse overrides that ECS would not take."""
    if len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False)) > MOST_OVERRIDES:
        raise refused(f"{what} length must be at most {MOST_OVERRIDES}")


def vcpus(properties: dict[str, Any]) -> float:
    return amount(properties, "VCPU", "vcpus") or 1.0


def memory_mib(properties: dict[str, Any]) -> float:
    return amount(properties, "MEMORY", "memory") or 0.0


def gpus(properties: dict[str, Any]) -> float:
    return amount(properties, "GPU", "gpus") or 0.0


def amount(properties: dict[str, Any], kind: str, legacy: str) -> float | None:
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


def check_environment(given: dict[str, Any]) -> None:
    for variable in given.get("environment") or ():
        if str(variable.get("name", "")).startswith("AWS_BATCH"):
            raise refused(f"Environment variables cannot start with AWS_BATCH: {variable['name']}")
