"""Properties of jobs of Amazon EKS: eksProperties."""

from __future__ import annotations

from typing import Any

from batchyard.manifest import EksJob, PodContainer
from batchyard.manifest.jobs.pod import PodVolume
from batchyard.render.definitions import parts
from batchyard.render.definitions.scope import Scope


def eks_properties(scope: Scope, job: EksJob) -> dict[str, Any]:
    """Return eksProperties: the job's pod."""
    pod = job.pod
    return scope.rendered(
        "pod",
        pod=pod,
        containers=[_container(scope, name, each) for name, each in pod.containers.items()],
        init_containers=[_container(scope, name, each) for name, each in pod.init_containers.items()],
        volumes=[_volume(name, pod.volumes[name]) for name in sorted(pod.volumes)],
        metadata=_present(labels=pod.labels),
        image_pull_secrets=[{"name": name} for name in pod.image_pull_secrets],
    )


def _container(scope: Scope, name: str, container: PodContainer) -> dict[str, Any]:
    # Limits alone: Kubernetes requests what is limited, so that no pod is scheduled on less than it may use.
    limits = {"cpu": parts.number(container.vcpus), "memory": f"{container.memory}Mi"}
    if container.gpus:
        limits["nvidia.com/gpu"] = str(container.gpus)
    return scope.rendered(
        "pod-container",
        container=container,
        name=name,
        image=scope.image(container),
        limits=limits,
        variables=parts.variables(scope, container),
        mounts=[
            {
                "name": mount.volume,
                "mountPath": mount.path,
                "readOnly": mount.readonly,
            }
            for mount in container.mounts
        ],
        security=_security(container),
    )


def _security(container: PodContainer) -> dict[str, Any]:
    user, group = container.ids
    return {
        "runAsUser": user,
        "runAsGroup": group,
        "privileged": container.privileged,
        "readOnlyRootFilesystem": container.root_is_readonly,
        "runAsNonRoot": not container.allow_root,
    }


def _volume(name: str, volume: PodVolume) -> dict[str, Any]:
    if volume.empty:
        empty = {"medium": volume.empty.medium, "sizeLimit": volume.empty.size_limit}
        return {"name": name, "emptyDir": empty}
    if volume.secret:
        secret = {"secretName": volume.secret.name, "optional": volume.secret.optional}
        return {"name": name, "secret": secret}
    return {"name": name, "hostPath": {"path": volume.host}}


def _present(**values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {key: value for key, value in values.items() if value}
