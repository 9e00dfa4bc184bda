"""One job queue of an environment: Terraform's `queues`."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data

# https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html
_SHARE = re.compile(r"[A-Za-z0-9]{1,255}\*?")
_WEIGHTS = (0.0001, 999.9999)


class TimeLimits(Data):
    """Seconds that the job at the head may wait as RUNNABLE before Batch cancels it; none for never."""

    # https://docs.aws.amazon.com/batch/latest/APIReference/API_JobStateTimeLimitAction.html
    misconfiguration: int | None = Field(default=None, ge=600, le=86_400)
    capacity: int | None = Field(default=None, ge=600, le=86_400)


class FairShare(Data):
    """Weights by share identifier, where a lower weight gets more; identifiers not named have 1.

    Args:
        decay_seconds: how long past use counts; 0 is Batch's least, 600.
        reservation: percentage of vCPUs kept for shares that are not in use yet.
    """

    # https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html
    shares: dict[str, float] = Field(default={}, max_length=500)
    decay_seconds: int = Field(default=0, ge=0, le=604_800)
    reservation: int = Field(default=0, ge=0, le=99)

    @field_validator("shares")
    @classmethod
    def _apart(cls, shares: dict[str, float]) -> dict[str, float]:
        for name, weight in shares.items():
            if not _SHARE.fullmatch(name):
                raise Broken(
                    f"share identifier {name} is at most 255 letters and digits, with * after a prefix",
                    at=(name,),
                    fix="rename it",
                )
            if not _WEIGHTS[0] <= weight <= _WEIGHTS[1]:
                raise Broken(
                    f"the weight of share {name} lies between {_WEIGHTS[0]} and {_WEIGHTS[1]}",
                    at=(name,),
                    fix="set 1, or less for a share that gets more",
                )
        for name in shares:
            if name.endswith("*"):
                for other in shares:
                    if other != name and other.startswith(name[:-1]):
                        raise Broken(
                            f"share identifiers do not overlap, and {name} holds {other} too",
                            at=(name,),
                            fix="remove one of them",
                        )
        return shares


class Queue(Data):
    """One job queue over one to three compute environments, in order."""

    priority: int = Field(ge=0, le=1000)
    compute: list[str] = Field(min_length=1, max_length=3)
    enabled: bool = True
    cancel_runnable_after_seconds: TimeLimits = TimeLimits(misconfiguration=3600)
    fair_share: FairShare | None = None
