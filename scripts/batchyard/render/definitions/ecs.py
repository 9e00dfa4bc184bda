"""Properties of jobs of Amazon ECS: containerProperties, ecsProperties and nodeProperties."""

from __future__ import annotations

from typing import Any

from batchyard.manifest import Container, MultiContainerJob, MultiNodeJob
from batchyard.manifest.jobs.container import FargateOptions, StandaloneContainer
from batchyard.render.definitions import parts
from batchyard.render.definitions.scope import Scope


def container_properties(scope: Scope, container: StandaloneContainer) -> dict[str, Any]:
    """Return containerProperties of a job with one container."""
    if isinstance(container, FargateOptions) and scope.job.runs_on == "fargate":
        return scope.rendered("fargate", **_common(scope, container), **_fargate(container))
    return scope.rendered("ec2", **_common(scope, container), instance_type=None)


def ecs_properties(scope: Scope, job: MultiContainerJob) -> dict[str, Any]:
    """Return ecsProperties: one task with the job's containers."""
    containers = [
        scope.rendered(
            "task-container",
            **_common(scope, container),
            name=name,
            essential=container.essential,
            depends_on=parts.pairs(container.depends_on, "containerName", "condition"),
        )
        for name, container in job.members.items()
    ]
    scratch = any(container.scratch for container in job.members.values())
    on_fargate = _fargate(job) if job.runs_on == "fargate" else None
    return scope.rendered(
        "task",
        containers=containers,
        volumes=parts.volumes(scope, job.volumes, scratch=scratch),
        fargate=on_fargate,
    )


def node_properties(scope: Scope, job: MultiNodeJob) -> dict[str, Any]:
    """Return nodeProperties: a container for each range of nodes."""
    ranges = [
        {
            "targetNodes": target,
            "container": scope.rendered("ec2", **_common(scope, container), instance_type=job.instance_type),
        }
        for target, container in job.ranges.items()
    ]
    return scope.rendered("nodes", ranges=ranges)


def _common(scope: Scope, container: Container) -> dict[str, Any]:
    """Return what the template of a container may name, of every shape."""
    own_volumes = (
        parts.volumes(scope, container.volumes, scratch=container.scratch)
        if isinstance(container, StandaloneContainer)
        else []
    )
    credentials = container.repository_credentials
    return {
        "container": container,
        "image": scope.image(container),
        "resources": parts.resources(container),
        "variables": parts.variables(scope, container),
        "secrets": parts.secrets(scope, container.secrets),
        "volumes": own_volumes,
        "mounts": parts.mounts(container),
        "linux": parts.linux(scope, container),
        "ulimits": parts.ulimits(container),
        "log": parts.log(scope, container),
        "credentials": scope.filled(credentials) if credentials else None,
    }


def _fargate(options: FargateOptions) -> dict[str, Any]:
    """Return what the templates may name of a task on Fargate."""
    runtime = {
        **({"operatingSystemFamily": options.operating_system} if options.is_windows else {}),
        **({"cpuArchitecture": options.architecture} if options.architecture else {}),
    }
    if runtime:
        runtime = {"operatingSystemFamily": options.operating_system, "cpuArchitecture": "X86_64", **runtime}
    return {
        "public_ip": "ENABLED" if options.public_ip else "DISABLED",
        "platform_version": options.platform_version or "LATEST",
        "ephemeral_storage": options.ephemeral_storage,
        "runtime": runtime,
    }
