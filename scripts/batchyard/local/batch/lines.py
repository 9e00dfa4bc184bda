"""The jobs that wait in a queue, and which of them is next."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Mapping
from typing import Any

from batchyard.local.batch import fairshare
from batchyard.local.batch.fairshare import Policy, Use
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import ON_HOST, RUNNABLE, Job

Head = tuple[int, str]


class Fifo:
    """First in, first out, by the order of submission: a job that is tried again does not lose its place."""

    reserved = 0.0

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self._jobs = jobs
        self._waiting: list[Head] = []

    def push(self, job: Job) -> None:
        heapq.heappush(self._waiting, (job.seq, job.id))

    def head(self) -> Head | None:
        """Return place and id of the job that is next."""
        # Jobs that ended while they waited are dropped here rather than searched for when they end.
        waiting = self._waiting
        while waiting and not waits(self._jobs, waiting[0][1]):
            heapq.heappop(waiting)
        return waiting[0] if waiting else None

    def pop(self) -> None:
        """Take the head away, which has started."""
        heapq.heappop(self._waiting)

    def first(self, most: int) -> list[Job]:
        """Return the jobs that are next, in the order in which they would start."""
        waiting = [each for each in self._waiting if waits(self._jobs, each[1])]
        return [self._jobs[id_] for _, id_ in heapq.nsmallest(most, waiting)]


class Fair:
    """By fair share: the share with the least weighted use is next, within it the highest priority.

    queue: ARN of the queue; its ended jobs count as past use, so that use outlives a restart.
    time_scale: factor on the policy's decay window.
    clock: seconds, growing.
    """

    def __init__(
        self, ledger: Ledger, queue: str, time_scale: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ledger, self._queue, self._time_scale, self._clock = ledger, queue, time_scale, clock
        self._waiting: dict[str, list[tuple[int, int, str]]] = {}
        self._running: dict[str, tuple[Job, int]] = {}
        self._uses: dict[str, Use] = {}
        self._next: str | None = None
        self._read: Mapping[str, Any] | None = None
        self._policy: Policy | None = None
        self._kept: float | None = None

    def push(self, job: Job) -> None:
        waiting = self._waiting.setdefault(job.spec.share or "", [])
        heapq.heappush(waiting, (-(job.spec.priority or 0), job.seq, job.id))

    def head(self) -> Head | None:
        """Return place and id of the job that is next."""
        best: tuple[float, int] | None = None
        self._next = None
        for share in list(self._waiting):
            if waiting := self._pruned(share):
                rank = self._rank(share), waiting[0][1]
                if best is None or rank < best:
                    best, self._next = rank, share
        return None if self._next is None else self._waiting[self._next][0][1:]

    def pop(self) -> None:
        """Take the head away, which has started, and count what it uses."""
        if self._next is not None:
            _, _, job_id = heapq.heappop(self._waiting[self._next])
            job = self._ledger.jobs[job_id]
            self._running[job_id] = job, len(job.attempts)
            self._use(self._next).now += job.spec.vcpus

    def refresh(self, detail: Mapping[str, Any] | None) -> None:
        """Bring the uses up to now, under the scheduling policy that the queue has now."""
        if self._policy is None or detail is not self._read:
            first, self._read = self._policy is None, detail
            self._policy = Policy.of(detail, self._time_scale)
            if first:
                self._remember(self._policy.window)
        self._kept, now, window = None, self._clock(), self._policy.window
        for use in self._uses.values():
            use.advance(now, window)
        for job, attempts in list(self._running.values()):
            # What has left its host uses nothing any more, also if it waits again by now.
            if job.status not in ON_HOST or len(job.attempts) != attempts:
                self._use(job.spec.share or "").now -= job.spec.vcpus
                del self._running[job.id]
        for share in [share for share, use in self._uses.items() if not use.active(window)]:
            del self._uses[share]

    @property
    def reserved(self) -> float:
        """The part of the capacity that is kept for shares that are not active."""
        if self._kept is None:
            policy = self._policy or Policy()
            self._kept = policy.reserved(len(self._active())) if policy.reservation else 0.0
        return self._kept

    def first(self, most: int) -> list[Job]:
        """Return the jobs that are next, in the order in which they would start if all had room."""
        jobs = self._ledger.jobs
        lines = {
            share: sorted(each for each in waiting if waits(jobs, each[2]))
            for share, waiting in self._waiting.items()
        }
        left = {share: line for share, line in lines.items() if line}
        uses = {share: self._uses[share].total if share in self._uses else 0.0 for share in left}
        found: list[Job] = []
        while left and len(found) < most:
            share = min(left, key=lambda each: (uses[each] * self._weight(each), left[each][0][1]))
            job = jobs[left[share].pop(0)[2]]
            uses[share] += job.spec.vcpus
            found.append(job)
            if not left[share]:
                del left[share]
        return found

    def usage(self) -> dict[str, float]:
        """Return the vCPUs in use now by share."""
        return {share: use.now for share, use in self._uses.items() if use.now > 0}

    def _rank(self, share: str) -> float:
        use = self._uses.get(share)
        return use.total * self._weight(share) if use else 0.0

    def _weight(self, share: str) -> float:
        return self._policy.weight(share) if self._policy else 1.0

    def _use(self, share: str) -> Use:
        if share not in self._uses:
            self._uses[share] = Use(self._clock())
        return self._uses[share]

    def _pruned(self, share: str) -> list[tuple[int, int, str]]:
        waiting = self._waiting[share]
        while waiting and not waits(self._ledger.jobs, waiting[0][2]):
            heapq.heappop(waiting)
        if not waiting:
            del self._waiting[share]
        return waiting

    def _active(self) -> set[str]:
        """Return the active shares: with jobs before their end, or with use within the window."""
        return fairshare.with_jobs(self._ledger.by_queue.get(self._queue, ())) | self._uses.keys()

    def _remember(self, window: float) -> None:
        """Take up the use of attempts that ended before this line was made."""
        now, now_in_ms = self._clock(), now_ms()
        for parent in self._ledger.by_queue.get(self._queue, ()):
            members = self._ledger.children(parent) if parent.spec.size else [parent]
            for attempt in (each for job in members for each in job.attempts):
                if attempt.stopped is None or now_in_ms - attempt.stopped > window * 1000:
                    continue
                ended = now - (now_in_ms - attempt.stopped) / 1000
                begun = now - (now_in_ms - (attempt.started or attempt.stopped)) / 1000
                self._use(parent.spec.share or "").past(parent.spec.vcpus, begun, ended, window)


def waits(jobs: Mapping[str, Job], job_id: str) -> bool:
    job = jobs.get(job_id)
    return job is not None and job.status == RUNNABLE
