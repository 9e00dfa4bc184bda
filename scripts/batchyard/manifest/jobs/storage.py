"""Volumes of a job and where its containers mount them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data

# https://docs.aws.amazon.com/batch/latest/APIReference/API_Volume.html
VolumeName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")]
AbsolutePath = Annotated[str, Field(pattern=r"^/", max_length=4096)]
SCRATCH = "scratch"


class Efs(Data):
    """A file system of Amazon EFS; traffic to it is encrypted unless that is turned off.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_EFSVolumeConfiguration.html
    """

    file_system: str = Field(pattern=r"^fs-[0-9a-f]{8,40}$")
    root: AbsolutePath | None = None
    access_point: str | None = Field(default=None, pattern=r"^fsap-[0-9a-f]{8,40}$")
    transit_encryption: bool = True
    iam: bool = False

    @model_validator(mode="after")
    def _rules(self) -> Efs:
        wanted = "iam" if self.iam else "access_point" if self.access_point else ""
        if wanted and not self.transit_encryption:
            what = f"EFS mounts with {wanted} only over an encrypted connection"
            raise Broken(what, at=("transit_encryption",), fix="write transit_encryption: true")
        if self.access_point and self.root not in (None, "/"):
            what = f"with an access point, EFS mounts the point's own directory, never {self.root}"
            raise Broken(what, at=("root",), fix="leave root out, or write /")
        return self


class Volume(Data):
    """A volume: a folder of the host, a file system, or (with neither) empty and gone with the job."""

    host: AbsolutePath | None = None
    efs: Efs | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Volume:
        if self.host and self.efs:
            raise Broken("a volume has one source: host or efs", fix="make two volumes of it")
        return self


class Mount(Data):
    """Where a container sees a volume."""

    volume: VolumeName
    path: AbsolutePath
    readonly: bool = False


def check_mounts(mounts: list[Mount], volumes: Iterable[str]) -> None:
    """Check that mounts name volumes, each at a place of its own.

    Raises:
        Broken: a volume is unknown, or a path is taken or is the root.
    """
    known, taken = sorted(volumes), set[str]()
    for index, mount in enumerate(mounts):
        if mount.volume not in known:
            fix = f"volumes has: {', '.join(known) or 'none'}"
            raise Broken(f"no volume {mount.volume}", at=("mounts", index, "volume"), fix=fix)
        path = mount.path.rstrip("/")
        if path in {*taken, ""}:
            what = "nothing mounts over /" if not path else f"{path} is mounted twice"
            raise Broken(what, at=("mounts", index, "path"), fix="choose another path")
        taken.add(path)
