"""Jobs with one container: on EC2, on GPUs, on Fargate, and many at once as an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import MAX_INTEGER
from batchyard.manifest.jobs import ec2, fargate
from batchyard.manifest.jobs.base import Job, Platform
from batchyard.manifest.jobs.container import FargateOptions, StandaloneContainer
from batchyard.manifest.jobs.process import Process

DEFAULT_NAME = "default"


class _SingleJob(StandaloneContainer, Job):
    """A job that is its container."""

    @property
    def containers(self) -> Sequence[tuple[str, Process]]:
        """Return the job itself, as its one container."""
        return [(DEFAULT_NAME, self)]


class ContainerJob(_SingleJob):
    """A container on an instance of EC2."""

    kind: Literal["container"] = "container"

    @model_validator(mode="after")
    def _on_ec2(self) -> ContainerJob:
        ec2.check_container(self)
        if self.gpus:
            raise Broken("a job with GPUs is of kind gpu", at=("gpus",), fix="write kind: gpu")
        return self


class GpuJob(_SingleJob):
    """A container on an instance with NVIDIA GPUs."""

    kind: Literal["gpu"]
    gpus: int = Field(ge=1, le=MAX_INTEGER)

    @model_validator(mode="after")
    def _on_ec2(self) -> GpuJob:
        ec2.check_container(self)
        return self


class FargateJob(_SingleJob, FargateOptions):
    """A container on Fargate."""

    kind: Literal["fargate"]

    @property
    def runs_on(self) -> Platform:
        """Return fargate."""
        return "fargate"

    @model_validator(mode="after")
    def _on_fargate(self) -> FargateJob:
        _check_fargate(self, self)
        return self


class ArrayJob(_SingleJob, FargateOptions):
    """One container for each index of an array."""

    kind: Literal["array"]
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_ArrayProperties.html
    size: int = Field(ge=2, le=10_000)
    platform: Literal["ec2", "fargate"] = "ec2"

    @property
    def runs_on(self) -> Platform:
        """Return what the children run on."""
        return self.platform

    @model_validator(mode="after")
    def _on_platform(self) -> ArrayJob:
        if self.platform == "fargate":
            _check_fargate(self, self)
        else:
            fargate.check_absent(self)
            ec2.check_container(self)
        return self


def _check_fargate(container: StandaloneContainer, options: FargateOptions) -> None:
    fargate.check_container(container, of_task=False)
    fargate.check_size(container.vcpus, container.memory)
    fargate.check_volumes(container.volumes, options)
    fargate.check_windows(container, options)
