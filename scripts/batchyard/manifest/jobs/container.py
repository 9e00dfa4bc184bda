"""A container of Amazon ECS: of a job by itself, of a task, or of a range of nodes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data, Mib
from batchyard.manifest.forms import form
from batchyard.manifest.jobs.linux import Device, Swap, Tmpfs, Ulimit, UlimitName
from batchyard.manifest.jobs.logs import Log
from batchyard.manifest.jobs.process import Process
from batchyard.manifest.jobs.secret import RegistryArn, SecretArn, check_names
from batchyard.manifest.jobs.storage import (
    SCRATCH,
    SCRATCH_PATH,
    Mount,
    Volume,
    VolumeName,
    check_mounts,
    take,
)

Architecture = Literal["X86_64", "ARM64"]
# https://docs.aws.amazon.com/batch/latest/APIReference/API_RuntimePlatform.html
OperatingSystem = Literal[
    "LINUX",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2022_FULL",
]


class Container(Process):
    """A container and what it may use of its host."""

    repository_credentials: RegistryArn | None = None
    secrets: dict[str, SecretArn] = Field(default={})
    readonly_root: bool | None = None
    scratch: bool = False
    shared_memory: Mib | None = Field(default=None, ge=1, description="MiB")
    tmpfs: list[Tmpfs] = Field(default=[])
    init: bool | None = None
    swap: Swap | None = None
    devices: list[Device] = Field(default=[])
    ulimits: dict[UlimitName, Ulimit] = Field(default={})
    mounts: list[Mount] = Field(default=[])
    log: Log | None = None

    @property
    def root_is_readonly(self) -> bool:
        """Say whether the root is read-only: by default where there is another place to write to."""
        if self.readonly_root is not None:
            return self.readonly_root
        return bool(self.scratch or self.tmpfs or any(not mount.readonly for mount in self.mounts))

    @property
    def taken_paths(self) -> dict[str, str]:
        """Return what the container has at its paths before any volume is mounted: scratch and tmpfs."""
        owner = {SCRATCH_PATH: "scratch"} if self.scratch else {}
        for index, tmpfs in enumerate(self.tmpfs):
            try:
                take(tmpfs.path, "tmpfs", owner)
            except Broken as fault:
                raise fault.under("tmpfs", index) from fault
        return owner

    @model_validator(mode="after")
    def _container_rules(self) -> Container:
        if self.repository_credentials and not self.image_uri:
            what = "images of the project are pulled with a role, not with credentials"
            raise Broken(what, at=("repository_credentials",), fix="leave it out, or name an image_uri")
        check_names("secrets", self.secrets)
        both = sorted(self.secrets.keys() & self.environment.keys())
        if both:
            fix = "keep it in one of environment and secrets"
            raise Broken("a variable is given twice", at=("secrets", both[0]), fix=fix)
        return self


class Volumes(Data):
    """Volumes by name, of a job with one container or of a task."""

    volumes: dict[VolumeName, Volume] = Field(default={})

    @model_validator(mode="after")
    def _named(self) -> Volumes:
        if SCRATCH in self.volumes:
            what = "the name scratch is taken: it is the host's scratch volume"
            raise Broken(what, at=("volumes", SCRATCH), fix="write scratch: true, or choose another name")
        return self


class StandaloneContainer(Container, Volumes):
    """A container with its own volumes."""

    @model_validator(mode="after")
    def _mounted(self) -> StandaloneContainer:
        check_mounts(self.mounts, self.volumes, self.taken_paths)
        return self


class FargateOptions(Data):
    """What only a task on Fargate has."""

    public_ip: bool = False
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_EphemeralStorage.html
    ephemeral_storage: int | None = Field(default=None, ge=21, le=200, description="GiB")
    platform_version: str | None = form(
        r"^(LATEST|[0-9]+\.[0-9]+\.[0-9]+)$", "LATEST or a version of three numbers", "1.4.0", default=None
    )
    architecture: Architecture | None = None
    operating_system: OperatingSystem = "LINUX"

    @property
    def is_windows(self) -> bool:
        """Say whether the containers are Windows'."""
        return self.operating_system != "LINUX"
