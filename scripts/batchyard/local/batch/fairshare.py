"""Fair share: what a scheduling policy says, and what each share identifier has used.

The service says what counts, not how: shares with less use go first; use is that of running and of recently
ended jobs; later use weighs more; a share with weight factor 1/8 gets eight times what one with 1 gets
(https://docs.aws.amazon.com/batch/latest/userguide/fair-share-scheduling.html). Here that is the vCPUs that
a share has now plus their moving average over the decay window, which its weight factor multiplies.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from batchyard.local.batch.model import ENDED, Job

# https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html: a window of 0 means 600 s.
DEFAULT_WINDOW = 600
# https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html
MOST_ACTIVE = 500
# https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html
IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,255}\*?")
# Time constants in a window: what is older than the window weighs less than 5 % of what is in it.
_PER_WINDOW = 3.0


@dataclass(frozen=True, slots=True)
class Policy:
    """A fair-share policy.

    window: seconds, of the engine's time, in which use counts.
    reservation: percent of the capacity to keep for shares that are not active, with one that is.
    weights: weight factor by share identifier, or by prefix with `*` at its end.
    """

    window: float = DEFAULT_WINDOW
    reservation: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def of(detail: Mapping[str, Any] | None, time_scale: float) -> Policy:
        """Read a scheduling policy as the API describes it; a missing one treats all shares alike."""
        given = (detail or {}).get("fairsharePolicy") or {}
        shares = given.get("shareDistribution") or ()
        return Policy(
            window=(given.get("shareDecaySeconds") or DEFAULT_WINDOW) * time_scale,
            reservation=given.get("computeReservation") or 0,
            weights={each["shareIdentifier"]: each.get("weightFactor", 1.0) for each in shares},
        )

    def weight(self, share: str) -> float:
        """Return a share's weight factor: its own, that of a prefix of it, or 1."""
        if share in self.weights:
            return self.weights[share]
        for name, factor in self.weights.items():
            if name.endswith("*") and share.startswith(name[:-1]):
                return factor
        return 1.0

    def reserved(self, active: int) -> float:
        """Return the part of the capacity that is kept for shares that are not active.

        active: number of active shares. (computeReservation / 100) ^ active
        (https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html).
        """
        return float((self.reservation / 100) ** active) if self.reservation else 0.0


@dataclass(slots=True)
class Use:
    """The vCPUs that a share has in use, and their moving average up to `at`.

    at: seconds of the clock to which the average is brought. last: when the share last used anything.
    """

    at: float
    now: float = 0.0
    average: float = 0.0
    last: float = -math.inf

    def advance(self, at: float, window: float) -> None:
        if self.now > 0:
            self.last = at
        kept = math.exp(-_PER_WINDOW * (at - self.at) / window) if window > 0 else 0.0
        self.average = self.average * kept + self.now * (1.0 - kept)
        self.at = at

    def past(self, vcpus: float, begun: float, ended: float, window: float) -> None:
        """Add what a job used that began and ended before `at`."""
        if window > 0:
            newest, oldest = (math.exp(-_PER_WINDOW * (self.at - each) / window) for each in (ended, begun))
            self.average += vcpus * (newest - oldest)
            self.last = max(self.last, ended)

    def active(self, window: float) -> bool:
        """Tell whether anything was used within the window: a share without jobs is inactive after it."""
        return self.now > 0 or self.at - self.last <= window

    @property
    def total(self) -> float:
        return self.now + self.average


def may_join(jobs: Sequence[Job], share: str) -> bool:
    """Tell whether a share may get a job in a queue of these jobs: it is active, or not too many are."""
    active: set[str | None] = set()
    # The newest first: who submits many jobs mostly submits them one after the other.
    for job in reversed(jobs):
        if job.status not in ENDED:
            if job.spec.share == share:
                return True
            active.add(job.spec.share)
    return len(active) < MOST_ACTIVE


def with_jobs(jobs: Iterable[Job]) -> set[str]:
    """Return the shares that have jobs before their end, which makes them active."""
    return {job.spec.share or "" for job in jobs if job.status not in ENDED}
