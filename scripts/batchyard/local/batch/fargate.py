"""What Fargate takes: its pairs of vCPUs and memory, and which members of a job are not for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchyard.local.batch.errors import refused


def _steps(first: int, last: int, step: int = 1024) -> frozenset[int]:
    return frozenset(range(first, last + 1, step))


# MiB by vCPUs: https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
PAIRS: dict[float, frozenset[int]] = {
    0.25: frozenset({512, 1024, 2048}),
    0.5: _steps(1024, 4096),
    1: _steps(2048, 8192),
    2: _steps(4096, 16_384),
    4: _steps(8192, 30_720),
    8: _steps(16_384, 61_440, 4096),
    16: _steps(32_768, 122_880, 8192),
    32: frozenset({61_440, 122_880, 249_856}),
}
# https://docs.aws.amazon.com/batch/latest/APIReference/API_EphemeralStorage.html
STORAGE_GIB = (21, 200)
# "restricted to the awslogs and splunk log drivers" (API_LogConfiguration); tasks may have a log router too.
LOG_DRIVERS = frozenset({"awslogs", "splunk", "awsfirelens"})
_ARCHITECTURES = frozenset({"X86_64", "ARM64"})
_LINUX_NOT = ("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness")
_HOW = "Leave it out, or use platform capability EC2."


def check_pair(vcpus: float, memory_mib: float) -> None:
    """Refuse vCPUs and memory that Fargate has no size for, in the service's words.

    https://github.com/Netflix/metaflow/issues/749
    """
    if memory_mib not in PAIRS.get(vcpus, ()):
        raise refused(f"Fargate resource requirements ({vcpus:.2f} vCPU, {memory_mib:.0f} MiB) not valid.")


def check_container(properties: Mapping[str, Any], *, of_task: bool = False) -> None:
    """Refuse members of a container that are for EC2 only.

    of_task: it is one of several of a task, which may raise nofile.
    https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
    https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html
    """
    for legacy in ("vcpus", "memory"):
        if properties.get(legacy) is not None:
            # In the service's words: https://github.com/insitro/redun/pull/95
            raise refused(f"{legacy} is not applicable for Fargate. Use resource requirements instead.")
    linux = properties.get("linuxParameters") or {}
    wrong = [name for name in ("privileged", "instanceType") if properties.get(name)]
    limits = {limit["name"] for limit in properties.get("ulimits") or ()}
    wrong += [f"ulimits {name}" for name in sorted(limits) if not (of_task and name == "nofile")]
    wrong += [f"linuxParameters.{name}" for name in _LINUX_NOT if linux.get(name)]
    if any(each["type"] == "GPU" for each in properties.get("resourceRequirements") or ()):
        wrong.append("Resource requirement GPU")
    if wrong:
        raise refused(f"{wrong[0]} is not applicable for Fargate. {_HOW}")
    driver = (properties.get("logConfiguration") or {}).get("logDriver")
    if driver is not None and driver not in LOG_DRIVERS:
        raise refused(f"logDriver {driver} is not applicable for Fargate. Use awslogs or splunk.")


def check_task(properties: Mapping[str, Any]) -> None:
    """Refuse what holds for a whole task: role, volumes, storage, platform."""
    if not properties.get("executionRoleArn"):
        raise refused("EXECUTION_ROLE_ARN is required for Fargate jobs")
    if properties.get("ipcMode"):
        raise refused(f"ipcMode is not applicable for Fargate. {_HOW}")
    for volume in properties.get("volumes") or ():
        if volume.get("host"):
            raise refused(
                f"Volume '{volume.get('name')}': host is not applicable for Fargate. "
                "Use efsVolumeConfiguration, or platform capability EC2."
            )
    least, most = STORAGE_GIB
    storage = properties.get("ephemeralStorage")
    if storage and not least <= storage["sizeInGiB"] <= most:
        raise refused(
            f"ephemeralStorage.sizeInGiB must be between {least} and {most}, not {storage['sizeInGiB']}"
        )
    _check_platform(properties.get("runtimePlatform") or {})


def _check_platform(platform: Mapping[str, Any]) -> None:
    architecture, system = platform.get("cpuArchitecture"), platform.get("operatingSystemFamily")
    if architecture and architecture not in _ARCHITECTURES:
        raise refused(f"runtimePlatform.cpuArchitecture must be one of X86_64, ARM64, not {architecture}")
    if str(system).startswith("WINDOWS") and architecture != "X86_64":
        raise refused("runtimePlatform.cpuArchitecture must be set to X86_64 for Windows containers")


def check_not_needed(properties: Mapping[str, Any]) -> None:
    """Refuse members that are for Fargate only on a job that runs on EC2."""
    for name in ("networkConfiguration", "fargatePlatformConfiguration", "platformVersion"):
        if properties.get(name):
            raise refused(
                f"{name} is not applicable for EC2. Leave it out, or use platform capability FARGATE."
            )
