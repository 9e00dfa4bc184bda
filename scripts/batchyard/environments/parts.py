"""The objects inside one compute environment's data."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data


class Scratch(Data):
    """Space for jobs on each instance: an EBS volume, all instance-store disks as one, or nothing.

    Args:
        gib: size of the EBS volume in GiB; for instance-store that of the volume for instances without such
            disks, 0 for none.
        mount: where jobs find it.
    """

    kind: Literal["ebs", "instance-store", "none"] = "ebs"
    gib: int = Field(default=100, ge=0, le=16_384)
    mount: str = Field(default="/scratch", pattern=r"^(/[a-zA-Z0-9][a-zA-Z0-9_-]*)+$")

    @model_validator(mode="after")
    def _holds_something(self) -> Scratch:
        if self.kind == "ebs" and self.gib == 0:
            raise Broken("gib of scratch on EBS is at least 1", at=("gib",), fix='set gib, or kind = "none"')
        return self


class Registry(Data):
    """The secret with user name, password and address of a private registry, and the key that encrypts it."""

    secret_arn: str
    kms_key_arn: str | None = None


class UpdatePolicy(Data):
    """What running jobs get when instances are replaced."""

    timeout_minutes: int = Field(default=360, ge=1, le=360)
    terminate_jobs: bool = False


class Eks(Data):
    """The cluster and namespace that pods run in, and where nodes start."""

    cluster_arn: str
    namespace: str
    capacity: Literal["EC2", "SPOT"] = "EC2"
    subnet_ids: list[str] = Field(min_length=1)
    security_group_ids: list[str] = Field(min_length=1)
