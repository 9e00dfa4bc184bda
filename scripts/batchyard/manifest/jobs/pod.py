"""Jobs of Amazon EKS: a pod in a cluster that exists already.

https://docs.aws.amazon.com/batch/latest/APIReference/API_EksPodProperties.html
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data
from batchyard.manifest.forms import form
from batchyard.manifest.jobs.kubernetes import LabelKey, LabelValue, PodName, Quantity, Subdomain
from batchyard.manifest.jobs.process import Process
from batchyard.manifest.jobs.storage import AbsolutePath, check_mounts

MAX_CONTAINERS = 10

# https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/batch_job_definition
_NOT_DEPLOYABLE = {
    "namespace": "leave it out: pods run in the namespace of the queue's compute environment",
    "annotations": "leave them out, or write labels",
}


class EmptyDir(Data):
    """A folder that is gone with the pod: on the node's disk, or in its memory."""

    medium: Literal["", "Memory"] = ""
    # Without a limit, one pod may fill its node; Terraform's AWS provider requires it too.
    size_limit: Quantity


class PodSecret(Data):
    """A Kubernetes secret as files."""

    name: Subdomain
    optional: bool = False


class PodVolume(Data):
    """A volume of a pod, of exactly one source."""

    host: AbsolutePath | None = None
    empty: EmptyDir | None = None
    secret: PodSecret | None = None

    @model_validator(mode="after")
    def _one_source(self) -> PodVolume:
        if len(self.model_dump(exclude_none=True)) != 1:
            what = "a volume of a pod has one source: host, empty or secret"
            raise Broken(what, fix="keep one of them")
        return self


# The USER of the images of jobs/ (tests/unit/render/definitions).
PROJECT_USER = "10001:10001"


class PodMount(Data):
    """Where a container of a pod sees a volume."""

    volume: PodName
    path: AbsolutePath
    readonly: bool = False


class PodContainer(Process):
    """A container of a pod; the command are the arguments of the image's entry point."""

    entrypoint: list[str] = Field(default=[])
    pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    user: str | None = form(
        r"^[0-9]+(:[0-9]+)?$", "a numeric user, or a user and a group", '"10001:10001"', default=None
    )
    readonly_root: bool | None = None
    mounts: list[PodMount] = Field(default=[])

    @property
    def ids(self) -> tuple[int, int]:
        """Return the user's and the group's number, which Terraform's provider would take for 0 if left out.

        Without a user, an image of the project runs as its Dockerfile says, and one that may be root as root.
        """
        named = self.user or ("0" if self.allow_root else PROJECT_USER)
        user, _, group = named.partition(":")
        return int(user), int(group or user)

    @property
    def root_is_readonly(self) -> bool:
        """Say whether the root is read-only: by default where there is another place to write to."""
        if self.readonly_root is not None:
            return self.readonly_root
        return any(not mount.readonly for mount in self.mounts)

    @model_validator(mode="after")
    def _pod_rules(self) -> PodContainer:
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_EksContainerResourceRequirements.html
        if self.vcpus * 4 != int(self.vcpus * 4):
            what = f"on EKS, vCPUs come in quarters, not {self.vcpus:g}"
            raise Broken(what, at=("vcpus",), fix=f"write {-(-self.vcpus * 4 // 1) / 4:g}")
        return self


class Pod(Data):
    """The pod of a job."""

    service_account: Subdomain | None = None
    # Kubernetes' own default is a pod in a network of its own; Batch's is the host's, where a pod also
    # reaches the node's metadata and ports.
    host_network: bool = False
    dns_policy: Literal["Default", "ClusterFirst", "ClusterFirstWithHostNet"] | None = None
    labels: dict[LabelKey, LabelValue] = Field(default={})
    share_process_namespace: bool = False
    image_pull_secrets: list[Subdomain] = Field(default=[])
    volumes: dict[PodName, PodVolume] = Field(default={})
    containers: dict[PodName, PodContainer] = Field(min_length=1, max_length=MAX_CONTAINERS)
    init_containers: dict[PodName, PodContainer] = Field(default={}, max_length=MAX_CONTAINERS)

    @model_validator(mode="before")
    @classmethod
    def _deployable(cls, value: object) -> object:
        for key, instead in _NOT_DEPLOYABLE.items():
            if isinstance(value, dict) and key in value:
                what = f"Terraform's AWS provider 5.100 has no argument for {key} of a pod"
                raise Broken(what, at=(key,), fix=instead)
        return value

    @model_validator(mode="after")
    def _rules(self) -> Pod:
        for group in ("containers", "init_containers"):
            for name, container in getattr(self, group).items():
                self._check_mounts(container, (group, name))
        twice = sorted(self.containers.keys() & self.init_containers.keys())
        if twice:
            what = "each container of a pod has a name of its own"
            raise Broken(what, at=("init_containers", twice[0]), fix="name one of the two otherwise")
        return self

    def _check_mounts(self, container: PodContainer, at: tuple[str, str]) -> None:
        try:
            check_mounts(container.mounts, self.volumes, {})
        except Broken as fault:
            raise fault.under(*at) from fault
