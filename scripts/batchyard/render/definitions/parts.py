"""Parts of a container of Amazon ECS that are lists or objects in the API and mappings in the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchyard.manifest import Container, Process, Shape
from batchyard.manifest.jobs.linux import Device, Tmpfs
from batchyard.manifest.jobs.storage import SCRATCH, SCRATCH_PATH, Efs, Volume
from batchyard.render.definitions.scope import Scope

# Where containers and nodes stop each other, the first process has to hear a signal: without an init it
# ignores those that it has no handler for (https://docs.docker.com/reference/cli/docker/container/run/#init).
_INIT_SHAPES: tuple[Shape, ...] = ("ecs", "nodes")


def resources(container: Process) -> list[dict[str, str]]:
    """Return resourceRequirements."""
    found = [
        {"type": "VCPU", "value": number(container.vcpus)},
        {"type": "MEMORY", "value": str(container.memory)},
    ]
    return [*found, {"type": "GPU", "value": str(container.gpus)}] if container.gpus else found


def number(value: float) -> str:
    """Return a number as the API's texts have it: without a point where it is whole, and no exponent."""
    return str(int(value)) if value == int(value) else f"{value}"


def variables(scope: Scope, container: Process) -> list[dict[str, str]]:
    """Return the environment of a container, sorted by name."""
    # Batch tells a container neither its region nor its vCPUs, which on EC2 are shares and no limit.
    own = {
        "AWS_DEFAULT_REGION": scope.deployment.names.region,
        "BATCHYARD_VCPUS": f"{max(1, int(container.vcpus))}",
    }
    return pairs({**own, **container.environment})


def pairs(values: Mapping[str, str], name: str = "name", value: str = "value") -> list[dict[str, str]]:
    """Return a mapping as the API's list of names and values, sorted by name."""
    return [{name: key, value: values[key]} for key in sorted(values)]


def secrets(scope: Scope, values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return secrets or secret options, sorted by name."""
    return pairs({key: scope.filled(arn) for key, arn in values.items()}, value="valueFrom")


def mounts(container: Container) -> list[dict[str, Any]]:
    """Return mountPoints, the scratch volume first."""
    own = [{"sourceVolume": SCRATCH, "containerPath": SCRATCH_PATH, "readOnly": False}]
    return [
        *(own if container.scratch else []),
        *(
            {"sourceVolume": mount.volume, "containerPath": mount.path, "readOnly": mount.readonly}
            for mount in container.mounts
        ),
    ]


def volumes(scope: Scope, given: Mapping[str, Volume], *, scratch: bool) -> list[dict[str, Any]]:
    """Return volumes, the scratch volume first, which is what the launch template mounts on the host."""
    own = [{"name": SCRATCH, "host": {"sourcePath": scope.scratch_mount}}]
    return [*(own if scratch else []), *(_volume(name, given[name]) for name in sorted(given))]


def linux(scope: Scope, container: Container) -> dict[str, Any]:
    """Return linuxParameters, or an empty object where there is nothing to say."""
    init = container.init
    if init is None and scope.job.shape in _INIT_SHAPES and not getattr(scope.job, "is_windows", False):
        init = True
    found = {
        "initProcessEnabled": init,
        "sharedMemorySize": container.shared_memory,
        "maxSwap": container.swap.max if container.swap else None,
        "swappiness": container.swap.swappiness if container.swap else None,
        "tmpfs": [_tmpfs(each) for each in container.tmpfs] or None,
        "devices": [_device(each) for each in container.devices] or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def ulimits(container: Container) -> list[dict[str, Any]]:
    """Return ulimits, sorted by name."""
    return [
        {"name": name, "softLimit": limit.soft, "hardLimit": limit.hard}
        for name, limit in sorted(container.ulimits.items())
    ]


def log(scope: Scope, container: Container) -> dict[str, Any] | None:
    """Return logConfiguration: the container's own, awslogs on Fargate, else none."""
    own = container.log
    if own is None:
        return {"logDriver": "awslogs", "options": {}} if scope.job.runs_on == "fargate" else None
    options = secrets(scope, own.secret_options)
    found = {"logDriver": own.driver, "options": own.options}
    return {**found, "secretOptions": options} if options else found


def _volume(name: str, volume: Volume) -> dict[str, Any]:
    if volume.efs:
        return {"name": name, "efsVolumeConfiguration": _efs(volume.efs)}
    return {"name": name, "host": {"sourcePath": volume.host}} if volume.host else {"name": name}


def _efs(efs: Efs) -> dict[str, Any]:
    authorization = {
        **({"accessPointId": efs.access_point} if efs.access_point else {}),
        **({"iam": "ENABLED"} if efs.iam else {}),
    }
    return {
        "fileSystemId": efs.file_system,
        **({"rootDirectory": efs.root} if efs.root else {}),
        "transitEncryption": "ENABLED" if efs.transit_encryption else "DISABLED",
        **({"authorizationConfig": authorization} if authorization else {}),
    }


def _tmpfs(tmpfs: Tmpfs) -> dict[str, Any]:
    return {"containerPath": tmpfs.path, "size": tmpfs.size, "mountOptions": list(tmpfs.options)}


def _device(device: Device) -> dict[str, Any]:
    return {
        "hostPath": device.host,
        **({"containerPath": device.container} if device.container else {}),
        "permissions": list(device.permissions),
    }
