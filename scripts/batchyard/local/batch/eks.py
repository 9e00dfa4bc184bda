"""EKS job definitions: registered and described here, never run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from batchyard.local.batch.errors import refused

# https://docs.aws.amazon.com/batch/latest/APIReference/API_EksPodProperties.html
MOST_CONTAINERS = 10
LEAST_MEMORY_MIB = 4
_MEMORY = re.compile(r"[1-9]\d*Mi")


def check(properties: Mapping[str, Any]) -> None:
    """Refuse eksProperties that Batch would not register. Raises ApiError naming container and member.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_EksContainerResourceRequirements.html
    """
    pod = properties.get("podProperties") or {}
    running: Sequence[Mapping[str, Any]] = pod.get("containers") or ()
    before: Sequence[Mapping[str, Any]] = pod.get("initContainers") or ()
    for member, given, least in (("containers", running, 1), ("initContainers", before, 0)):
        if not least <= len(given) <= MOST_CONTAINERS:
            raise refused(
                f"podProperties.{member} must have {least} to {MOST_CONTAINERS} elements, not {len(given)}"
            )
    names = [str(each.get("name") or "Default") for each in (*running, *before)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise refused(f"Container name '{twice[0]}' is not unique: give each container of the pod its own")
    volumes = {each["name"] for each in pod.get("volumes") or ()}
    for name, each in zip(names, (*running, *before), strict=True):
        _check_container(name, each, volumes)


def _check_container(name: str, given: Mapping[str, Any], volumes: set[str]) -> None:
    if not given.get("image"):
        raise refused(f"Container '{name}': image should not be null or empty.")
    for variable in given.get("env") or ():
        if str(variable.get("name", "")).startswith("AWS_BATCH"):
            raise refused(f"Environment variables cannot start with AWS_BATCH: {variable['name']}")
    for mount in given.get("volumeMounts") or ():
        if mount.get("name") not in volumes:
            raise refused(
                f"Container '{name}': volumeMounts names '{mount.get('name')}', not a volume of the pod"
            )
    _check_resources(name, given.get("resources") or {})


def _check_resources(name: str, resources: Mapping[str, Any]) -> None:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for kind in ("memory", "nvidia.com/gpu"):
        if kind in limits and kind in requests and limits[kind] != requests[kind]:
            raise refused(f"Container '{name}': {kind} must be the same in resources.limits and requests")
    memory = limits.get("memory") or requests.get("memory")
    if memory is not None and (not _MEMORY.fullmatch(memory) or int(memory[:-2]) < LEAST_MEMORY_MIB):
        raise refused(
            f"Container '{name}': memory must be at least {LEAST_MEMORY_MIB} whole MiB with the suffix Mi, "
            "such as 2048Mi"
        )
    cpu = limits.get("cpu") or requests.get("cpu")
    if cpu is not None and not _quarters(cpu):
        raise refused(f"Container '{name}': cpu must be a positive multiple of 0.25")
    if "cpu" in limits and "cpu" in requests and float(limits["cpu"]) < float(requests["cpu"]):
        raise refused(f"Container '{name}': cpu in resources.limits must be at least that in requests")


def _quarters(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return value > 0 and (value * 4).is_integer()
