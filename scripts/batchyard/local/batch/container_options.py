"""What container properties are called on the command line of docker and podman.

Each member's documentation names the option that it maps to:
https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html and
https://docs.aws.amazon.com/batch/latest/APIReference/API_LinuxParameters.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from batchyard.local.batch.images import CannotStart
from batchyard.local.batch.launch import Launch

Properties = Mapping[str, Any]


def of(launch: Launch) -> list[str]:
    """Return the options for a container's properties; raises CannotStart for a volume that is not here."""
    given = launch.properties
    return [*_process(given), *_linux(launch), *_mounts(launch), *_namespaces(given)]


def _process(given: Properties) -> Iterator[str]:
    if given.get("user"):
        yield from ("--user", str(given["user"]))
    if given.get("privileged"):
        yield "--privileged"
    if given.get("readonlyRootFilesystem"):
        yield "--read-only"
    for each in given.get("ulimits") or ():
        yield from ("--ulimit", f"{each['name']}={each['softLimit']}:{each['hardLimit']}")


def _linux(launch: Launch) -> Iterator[str]:
    given: Properties = launch.properties.get("linuxParameters") or {}
    if given.get("initProcessEnabled"):
        yield "--init"
    if given.get("sharedMemorySize"):
        yield from ("--shm-size", f"{given['sharedMemorySize']}m")
    for each in given.get("tmpfs") or ():
        options = ",".join([f"size={each['size']}m", *(each.get("mountOptions") or ())])
        yield from ("--tmpfs", f"{each['containerPath']}:{options}")
    for each in given.get("devices") or ():
        permissions = "".join(
            word[0].lower() for word in each.get("permissions") or ("READ", "WRITE", "MKNOD")
        )
        yield from (
            "--device",
            f"{each['hostPath']}:{each.get('containerPath') or each['hostPath']}:{permissions}",
        )
    if given.get("maxSwap") is not None:
        # The tool wants the sum of memory and swap.
        yield from ("--memory-swap", f"{int(launch.memory_mib) + given['maxSwap']}m")
    if given.get("swappiness") is not None:
        yield from ("--memory-swappiness", str(given["swappiness"]))


def _mounts(launch: Launch) -> Iterator[str]:
    volumes = {each["name"]: each for each in launch.properties.get("volumes") or ()}
    for mount in launch.properties.get("mountPoints") or ():
        source = _source(launch, volumes[mount["sourceVolume"]])
        suffix = ":ro" if mount.get("readOnly") else ""
        yield from ("--volume", f"{source}:{mount['containerPath']}{suffix}")


def _source(launch: Launch, volume: Properties) -> str:
    if efs := volume.get("efsVolumeConfiguration"):
        raise CannotStart(
            f"ResourceInitializationError: the EFS file system {efs['fileSystemId']} can not be mounted "
            "here: give the volume a host path for local runs"
        )
    path = (volume.get("host") or {}).get("sourcePath")
    # Without a path it is the tool's own volume, one for all containers of a task.
    return path or f"batch-{launch.task.partition('.')[0]}-{volume['name']}"


def _namespaces(given: Properties) -> Iterator[str]:
    # `task` would need a container that outlives all others; a task's containers then have their own.
    if given.get("ipcMode") in ("host", "none"):
        yield from ("--ipc", given["ipcMode"])
    if given.get("pidMode") == "host":
        yield from ("--pid", "host")
