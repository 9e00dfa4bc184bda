"""The kind eks: a job that is a pod."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.jobs.base import Job, Platform, Shape
from batchyard.manifest.jobs.pod import Pod
from batchyard.manifest.jobs.process import Process


class EksJob(Job):
    """A pod on a cluster of Amazon EKS."""

    kind: Literal["eks"]
    pod: Pod

    @property
    def shape(self) -> Shape:
        """Return eks."""
        return "eks"

    @property
    def runs_on(self) -> Platform:
        """Return eks."""
        return "eks"

    @property
    def containers(self) -> Sequence[tuple[str, Process]]:
        """Return the containers of the pod, those that initialise it first."""
        return [*self.pod.init_containers.items(), *self.pod.containers.items()]

    @model_validator(mode="after")
    def _rights(self) -> EksJob:
        if self.permissions:
            what = "a pod's rights are those of its service account, so the job has no role"
            fix = "give the service account a role (IRSA or Pod Identity), and name it in pod.service_account"
            raise Broken(what, at=("permissions",), fix=fix)
        return self
