"""What is refused of a container when its job definition is registered or its job submitted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from batchyard.local.batch import containers, fargate
from batchyard.local.batch.errors import refused

Properties = dict[str, Any]
# https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
LEAST_MEMORY_MIB = 4
_WHOLE = re.compile(r"\d+")
_DECIMAL = re.compile(r"\d+(\.\d+)?")
_LEGACY = {"VCPU": "vcpus", "MEMORY": "memory"}


def check(
    properties: Properties, *, on_fargate: bool, volumes: Iterable[Mapping[str, Any]] | None = None
) -> None:
    """Refuse a container that could never run.

    volumes: those of the container's task; by default those of the container itself.
    Raises ApiError, in the service's own words where they are known.
    """
    if not properties.get("image"):
        raise refused("Container.image should not be null or empty.")
    if on_fargate:
        fargate.check_container(properties, of_task=volumes is not None)
    check_requirements(properties, on_fargate=on_fargate)
    containers.check_environment(properties)
    _check_linux(properties.get("linuxParameters") or {})
    names = {each.get("name") for each in (properties.get("volumes") or () if volumes is None else volumes)}
    for mount in properties.get("mountPoints") or ():
        if mount.get("sourceVolume") not in names:
            raise refused(f"Unknown volume '{mount.get('sourceVolume')}' in mountPoints.")


def check_requirements(properties: Properties, *, on_fargate: bool) -> None:
    """Refuse vCPUs, memory and GPUs that are missing, no numbers, or too little."""
    for each in properties.get("resourceRequirements") or ():
        check_requirement(each, on_fargate=on_fargate)
    vcpus = containers.amount(properties, "VCPU", _LEGACY["VCPU"])
    memory = containers.amount(properties, "MEMORY", _LEGACY["MEMORY"])
    if vcpus is None:
        # https://github.com/ASFHyP3/hyp3/pull/586
        raise refused("vCPU is not provided.")
    if memory is None:
        raise refused("Memory is not provided.")
    if vcpus < (0.25 if on_fargate else 1):
        raise refused(f"Resource requirement VCPU must be at least {'0.25' if on_fargate else 1}")
    if memory < LEAST_MEMORY_MIB:
        raise refused(f"Resource requirement MEMORY must be at least {LEAST_MEMORY_MIB}")


def check_requirement(given: Mapping[str, Any], *, on_fargate: bool) -> None:
    """Refuse an amount that is not written as a number; fractions are for vCPUs on Fargate only."""
    kind, value = given["type"], str(given["value"])
    pattern = _DECIMAL if on_fargate and kind == "VCPU" else _WHOLE
    if not pattern.fullmatch(value):
        # https://github.com/kestra-io/plugin-aws/issues/504
        raise refused(
            f"Value {value} for type {kind} in resourceRequirement is not valid. "
            "Please provide a numeric value."
        )
    if kind == "GPU" and not int(value):
        raise refused("Resource requirement GPU must be at least 1: leave it out for a job without GPUs")


def check_volumes(volumes: Iterable[Mapping[str, Any]] | None) -> None:
    """Refuse volumes of one name, and an EFS volume that contradicts itself.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_EFSVolumeConfiguration.html
    """
    names: set[str] = set()
    for volume in volumes or ():
        name = str(volume.get("name"))
        if name in names:
            raise refused(f"Volume name '{name}' is not unique: give each volume a name of its own")
        names.add(name)
        if efs := volume.get("efsVolumeConfiguration"):
            _check_efs(name, efs)


def _check_efs(name: str, efs: Mapping[str, Any]) -> None:
    access = efs.get("authorizationConfig") or {}
    if access.get("iam") == "ENABLED" and efs.get("transitEncryption") != "ENABLED":
        raise refused(f"Volume '{name}': transitEncryption must be ENABLED if authorizationConfig.iam is")
    if access.get("accessPointId") and efs.get("rootDirectory", "/") != "/":
        raise refused(
            f"Volume '{name}': rootDirectory must be omitted or / with authorizationConfig.accessPointId"
        )
    if not 0 <= (efs.get("transitEncryptionPort") or 0) <= 65_535:
        raise refused(f"Volume '{name}': transitEncryptionPort must be between 0 and 65535")


def _check_linux(given: Mapping[str, Any]) -> None:
    """Refuse swap and shared memory outside https://docs.aws.amazon.com/batch/latest/APIReference/API_LinuxParameters.html"""
    if not 0 <= (given.get("swappiness") or 0) <= 100:
        raise refused("linuxParameters.swappiness must be between 0 and 100")
    for name in ("maxSwap", "sharedMemorySize"):
        if (given.get(name) or 0) < 0:
            raise refused(f"linuxParameters.{name} must be 0 or a positive integer")
