"""Jobs of a manifest, by kind; `container` where none is named."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Tag

from batchyard.manifest.jobs.base import Job, Platform, Shape
from batchyard.manifest.jobs.container import Container
from batchyard.manifest.jobs.eks import EksJob
from batchyard.manifest.jobs.nodes import MultiNodeJob
from batchyard.manifest.jobs.pod import PodContainer
from batchyard.manifest.jobs.process import Process
from batchyard.manifest.jobs.retry import Retry, RetryRule
from batchyard.manifest.jobs.single import ArrayJob, ContainerJob, FargateJob, GpuJob
from batchyard.manifest.jobs.task import MultiContainerJob, TaskContainer

__all__ = [
    "KINDS",
    "AnyJob",
    "ArrayJob",
    "Container",
    "ContainerJob",
    "EksJob",
    "FargateJob",
    "GpuJob",
    "Job",
    "MultiContainerJob",
    "MultiNodeJob",
    "Platform",
    "PodContainer",
    "Process",
    "Retry",
    "RetryRule",
    "Shape",
    "TaskContainer",
]

KINDS: dict[str, type[Job]] = {
    "container": ContainerJob,
    "gpu": GpuJob,
    "fargate": FargateJob,
    "array": ArrayJob,
    "multi-container": MultiContainerJob,
    "multi-node": MultiNodeJob,
    "eks": EksJob,
}


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("kind", "container"))
    return str(getattr(value, "kind", ""))


AnyJob = Annotated[
    Annotated[ContainerJob, Tag("container")]
    | Annotated[GpuJob, Tag("gpu")]
    | Annotated[FargateJob, Tag("fargate")]
    | Annotated[ArrayJob, Tag("array")]
    | Annotated[MultiContainerJob, Tag("multi-container")]
    | Annotated[MultiNodeJob, Tag("multi-node")]
    | Annotated[EksJob, Tag("eks")],
    Discriminator(
        _kind, custom_error_type="kind", custom_error_message=f"unknown kind; it is one of {', '.join(KINDS)}"
    ),
]
