"""What a container may ask of the Linux kernel of its host.

https://docs.aws.amazon.com/batch/latest/APIReference/API_LinuxParameters.html
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import MAX_INTEGER, Data, Mib
from batchyard.manifest.jobs.storage import AbsolutePath

# https://docs.aws.amazon.com/batch/latest/APIReference/API_Ulimit.html
UlimitName = Literal[
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
    "rtprio", "rttime", "sigpending", "stack",
]  # fmt: skip
# https://docs.aws.amazon.com/batch/latest/APIReference/API_Tmpfs.html
TmpfsOption = Literal[
    "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync",
    "remount", "mand", "nomand", "atime", "noatime", "diratime", "nodiratime", "bind", "rbind",
    "unbindable", "runbindable", "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime",
    "norelatime", "strictatime", "nostrictatime", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol",
]  # fmt: skip


class Tmpfs(Data):
    """A file system in memory; what is in it counts as the container's memory."""

    path: AbsolutePath
    size: Mib = Field(ge=1, description="MiB")
    options: list[TmpfsOption] = Field(default=["nosuid", "nodev"])


class Swap(Data):
    """How much a container may swap, where its host has swap space at all."""

    max: Mib = Field(ge=0, description="MiB")
    swappiness: int | None = Field(default=None, ge=0, le=100)


class Device(Data):
    """A device of the host that the container sees."""

    host: AbsolutePath
    container: AbsolutePath | None = None
    permissions: list[Literal["READ", "WRITE", "MKNOD"]] = Field(default=["READ", "WRITE"], min_length=1)


class Ulimit(Data):
    """A soft and a hard limit; -1 is unlimited."""

    soft: int = Field(ge=-1, le=MAX_INTEGER)
    hard: int = Field(ge=-1, le=MAX_INTEGER)

    @model_validator(mode="after")
    def _ordered(self) -> Ulimit:
        if self.hard != -1 and (self.soft == -1 or self.soft > self.hard):
            raise Broken(
                "the soft limit is above the hard one", at=("soft",), fix=f"write at most {self.hard}"
            )
        return self
