"""What AWS Fargate takes, and what it does not.

https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html has the sizes,
https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html and
https://docs.aws.amazon.com/batch/latest/APIReference/API_LinuxParameters.html what does not apply.
"""

from __future__ import annotations

from collections.abc import Mapping

from batchyard.manifest.faults import Broken
from batchyard.manifest.jobs.container import Container, FargateOptions
from batchyard.manifest.jobs.logs import FARGATE_DRIVERS
from batchyard.manifest.jobs.storage import Volume

_GIB = 1024
# MiB of memory by vCPUs.
SIZES: dict[float, tuple[int, ...]] = {
    0.25: (512, 1 * _GIB, 2 * _GIB),
    0.5: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
    32: (60 * _GIB, 120 * _GIB, 244 * _GIB),
}
LEAST_VCPUS = min(SIZES)
_ABSENT = {
    "gpus": "GPUs",
    "scratch": "scratch volume of a host",
    "shared_memory": "shared memory size",
    "tmpfs": "tmpfs mounts",
    "swap": "swap",
    "devices": "devices of a host",
    "privileged": "privileged containers",
}
_WINDOWS = ("init", "user", "ulimits", "readonly_root")


def check_size(vcpus: float, memory: int, whose: str = "") -> None:
    """Check a size.

    Args:
        vcpus: of the whole task.
        memory: of the whole task, in MiB.
        whose: what the size is of, for the message.

    Raises:
        Broken: Fargate has no such size.
    """
    if vcpus not in SIZES:
        known = ", ".join(f"{each:g}" for each in SIZES)
        what = f"Fargate has no size of {vcpus:g} vCPU{whose}"
        raise Broken(what, at=("vcpus",), fix=f"sizes are {known} vCPU")
    if memory not in SIZES[vcpus]:
        what = f"Fargate has no size of {vcpus:g} vCPU with {memory} MiB{whose}"
        fix = f"with {vcpus:g} vCPU, MiB are {', '.join(str(each) for each in SIZES[vcpus])}"
        raise Broken(what, at=("memory",), fix=fix)


def check_container(container: Container, *, of_task: bool) -> None:
    """Check a container that runs on Fargate.

    Args:
        container: which.
        of_task: it is one of several of a task.

    Raises:
        Broken: it asks for what Fargate does not have.
    """
    for key, what in _ABSENT.items():
        if getattr(container, key):
            raise Broken(f"Fargate has no {what}", at=(key,), fix="leave it out, or run the job on EC2")
    if container.vcpus < LEAST_VCPUS:
        what = f"on Fargate a container has at least {LEAST_VCPUS} vCPU, not {container.vcpus:g}"
        raise Broken(what, at=("vcpus",), fix=f"write {LEAST_VCPUS} or more")
    # A container by itself takes none; https://docs.aws.amazon.com/batch/latest/APIReference/
    # API_TaskContainerProperties.html says that Fargate sets all but nofile itself.
    refused = [name for name in container.ulimits if not (of_task and name == "nofile")]
    if refused:
        rule = "takes no ulimit but nofile" if of_task else "takes no ulimits of a job with one container"
        fix = "leave it out, or run the job on EC2"
        raise Broken(f"Fargate {rule}", at=("ulimits", refused[0]), fix=fix)
    if container.log and container.log.driver not in FARGATE_DRIVERS:
        what = f"Fargate has no log driver {container.log.driver}"
        raise Broken(what, at=("log", "driver"), fix=f"it has {' and '.join(FARGATE_DRIVERS)}")


def check_volumes(volumes: Mapping[str, Volume], options: FargateOptions) -> None:
    """Check the volumes of a task on Fargate.

    Raises:
        Broken: one is a folder of the host, or a file system that the platform is too old for.
    """
    _check_version(options, mounts_efs=any(volume.efs for volume in volumes.values()))
    for name, volume in volumes.items():
        if volume.host:
            fix = "mount a file system (efs), or write {} for an empty volume"
            raise Broken("Fargate has no host to mount from", at=("volumes", name, "host"), fix=fix)
        if volume.efs and options.is_windows:
            fix = "write operating_system: LINUX, or leave the volume out"
            raise Broken("Windows containers mount no EFS", at=("volumes", name, "efs"), fix=fix)


def check_windows(container: Container, options: FargateOptions) -> None:
    """Check a container against what Windows does not have.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_RuntimePlatform.html

    Raises:
        Broken: it sets something of Linux, or the task is to run on Arm.
    """
    if not options.is_windows:
        return
    if options.architecture == "ARM64":
        raise Broken("Windows runs on X86_64 alone", at=("architecture",), fix="write architecture: X86_64")
    for key in _WINDOWS:
        if getattr(container, key):
            raise Broken(f"Windows containers take no {key}", at=(key,), fix="leave it out")


def check_absent(options: FargateOptions) -> None:
    """Check that a job on EC2 asks for nothing that only Fargate has.

    Raises:
        Broken: it does.
    """
    for key in FargateOptions.model_fields:
        if key in options.model_fields_set and getattr(options, key) not in (None, False, "LINUX"):
            fix = "leave it out, or write platform: fargate and a queue over Fargate"
            raise Broken(f"{key} is of Fargate; jobs on EC2 must not have it", at=(key,), fix=fix)


def _check_version(options: FargateOptions, *, mounts_efs: bool) -> None:
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html,
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html and .../ecs-arm64.html
    needed = {
        "mounts EFS": mounts_efs,
        "has ephemeral_storage": options.ephemeral_storage is not None,
        "runs on ARM64": options.architecture == "ARM64",
    }
    wanted = next((what for what, is_wanted in needed.items() if is_wanted), None)
    if wanted and not options.is_windows and _older(options.platform_version, (1, 4, 0)):
        what = f"Fargate {wanted} from platform version 1.4.0 on"
        raise Broken(what, at=("platform_version",), fix="write LATEST or 1.4.0")


def _older(version: str | None, least: tuple[int, ...]) -> bool:
    return version not in (None, "LATEST") and tuple(int(part) for part in str(version).split(".")) < least
