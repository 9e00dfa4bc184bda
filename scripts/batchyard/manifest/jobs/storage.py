"""Volumes of a job and where its containers mount them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Protocol

from pydantic import model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data
from batchyard.manifest.forms import form

# https://docs.aws.amazon.com/batch/latest/APIReference/API_Volume.html
VolumeName = Annotated[
    str, form(r"^[A-Za-z0-9_-]{1,255}$", "up to 255 letters, digits, hyphens and underscores", "data")
]
AbsolutePath = Annotated[str, form(r"^/", "an absolute path", "/data", max_length=4096)]
SCRATCH = "scratch"
# Where a container sees scratch, wherever its host has it.
SCRATCH_PATH = "/scratch"


class Efs(Data):
    """A file system of Amazon EFS; traffic to it is encrypted unless that is turned off.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_EFSVolumeConfiguration.html
    """

    file_system: str = form(r"^fs-[0-9a-f]{8,40}$", "the id of a file system", "fs-0123456789abcdef0")
    root: AbsolutePath | None = None
    access_point: str | None = form(
        r"^fsap-[0-9a-f]{8,40}$", "the id of an access point", "fsap-0123456789abcdef0", default=None
    )
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


class Mounted(Protocol):
    """A mount of whatever kind of container."""

    @property
    def volume(self) -> str: ...
    @property
    def path(self) -> str: ...


def check_mounts(mounts: Sequence[Mounted], volumes: Iterable[str], taken: Mapping[str, str]) -> None:
    """Check that mounts name volumes, each at a place of its own.

    Args:
        mounts: of a container.
        volumes: the names that there are.
        taken: what else of the container is mounted, by path.

    Raises:
        Broken: a volume is unknown, or a path is taken or is the root.
    """
    known, owner = sorted(volumes), dict(taken)
    for index, mount in enumerate(mounts):
        if mount.volume not in known:
            fix = f"volumes has: {', '.join(known) or 'none'}"
            raise Broken(f"no volume {mount.volume}", at=("mounts", index, "volume"), fix=fix)
        try:
            take(mount.path, "another mount", owner)
        except Broken as fault:
            raise fault.under("mounts", index) from fault


def take(path: str, by: str, owner: dict[str, str]) -> None:
    """Note that something is mounted at a path.

    Args:
        path: of the container.
        by: what is mounted, for messages.
        owner: what is mounted so far, by path; changed in place.

    Raises:
        Broken: something is there already, or it is the root, which Docker refuses.
    """
    clean = path.rstrip("/")
    if not clean:
        raise Broken("nothing mounts over /", at=("path",), fix="choose another path")
    if clean in owner:
        raise Broken(f"{clean} is taken by {owner[clean]}", at=("path",), fix="choose another path")
    owner[clean] = by
