"""All jobs, their statuses and what depends on them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from batchyard.local.batch.host import Scope
from batchyard.local.batch.model import ENDED, FAILED, PENDING, STATUSES, SUCCEEDED, Job, JobSpec
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.store import Store

DEPENDENT_FAILED = "Dependent Job failed"
CHILD_FAILED = "Array Child Job failed"
Waiter = Callable[[dict[str, Any]], None]


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Ledger:
    """Jobs by id; every change of status goes through `move`. Used under the engine's lock only.

    announce: called after each change of status, with the job.
    """

    def __init__(self, announce: Callable[[Job], None], notify: Callable[[Waiter, Job], None]) -> None:
        self.announce = announce
        self._notify = notify
        self.jobs: dict[str, Job] = {}
        self.by_queue: dict[str, list[Job]] = {}
        self.dependents: dict[str, list[Job]] = {}
        self.fresh: deque[Job] = deque()
        self.doomed: deque[Job] = deque()
        self.ended: deque[Job] = deque()
        self.last_seq = 0
        self._waiters: dict[str, list[Waiter]] = {}
        self._dirty_jobs: dict[str, Job] = {}
        self._dirty_specs: dict[str, JobSpec] = {}

    def next_seq(self) -> int:
        self.last_seq += 1
        return self.last_seq

    def add(self, job: Job) -> None:
        """Take in a job that is not on disk yet."""
        self.index(job)
        self._dirty_jobs[job.id] = job
        if job.index is None:
            self._dirty_specs[job.spec.id] = job.spec

    def index(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.last_seq = max(self.last_seq, job.seq)
        if job.index is None:
            self.by_queue.setdefault(job.spec.queue, []).append(job)
            if job.spec.size:
                job.counts = dict.fromkeys(STATUSES, 0)
        elif (counts := self.jobs[job.spec.id].counts) is not None:
            counts[job.status] += 1
        elif job.is_main_node:
            self.jobs[job.spec.id].attempts = job.attempts

    def find(self, scope: Scope, job_id: str) -> Job | None:
        job = self.jobs.get(job_id)
        return job if job and job.spec.scope == scope else None

    def children(self, job: Job) -> Iterator[Job]:
        """Yield the children of an array parent; any other job has none."""
        if job.counts is not None:
            for number in range(job.spec.size or 0):
                yield self.jobs[f"{job.id}:{number}"]

    def nodes(self, job: Job) -> list[Job]:
        """Return the nodes of a multi-node job, by index; any other job has none."""
        if job.spec.shape != "nodes" or job.index is not None:
            return []
        return [self.jobs[f"{job.id}#{number}"] for number in range(job.spec.properties["numNodes"])]

    def main_node(self, job: Job) -> Job:
        """Return the main node of the multi-node job that a job is, or is a node of."""
        return self.jobs[f"{job.spec.id}#{job.spec.properties['mainNode']}"]

    def whole(self, job: Job) -> Job:
        """Return what a request to end a job ends: with its main node goes the whole multi-node job."""
        return self.jobs[job.spec.id] if job.is_main_node else job

    def move(self, job: Job, status: str, reason: str | None = None) -> None:
        """Change a job's status; the reason is kept when none is given."""
        if job.index is not None and (counts := self.jobs[job.spec.id].counts) is not None:
            counts[job.status] -= 1
            counts[status] += 1
        job.status = status
        job.reason = reason or job.reason
        if status in ENDED:
            job.stopped = now_ms()
            self.ended.append(job)
        self.changed(job)
        self.announce(job)
        if status in ENDED:
            self._tell_waiters(job)

    def fail(self, job: Job, reason: str) -> None:
        """Fail a job that is not on a host, with its nodes; an array fails when its last child has ended."""
        if job.counts is None:
            for each in [*self.nodes(job), job]:
                if each.status not in ENDED:
                    self.move(each, FAILED, reason)
            return
        job.reason = reason
        self.changed(job)
        for child in self.children(job):
            if child.status not in ENDED and child.current is None:
                self.move(child, FAILED, reason)

    def close_parent(self, child: Job) -> None:
        """End an array parent once all of its children have ended."""
        parent = self.jobs[child.spec.id]
        counts = parent.counts
        if counts is None or parent.status in ENDED:
            return
        if counts[SUCCEEDED] + counts[FAILED] < (parent.spec.size or 0):
            return
        if counts[FAILED]:
            self.move(parent, FAILED, parent.reason or CHILD_FAILED)
        else:
            self.move(parent, SUCCEEDED)

    def release(self, job: Job) -> list[Job]:
        """Count one dependency of a job as met; return the jobs that may run now."""
        job.waiting -= 1
        if job.waiting or job.status in ENDED:
            return []
        if job.counts is None:
            return [job] if job.status == PENDING else []
        return [ready for child in self.children(job) for ready in self.release(child)]

    def wait(self, job: Job, waiter: Waiter) -> None:
        if job.status in ENDED:
            self._notify(waiter, job)
        else:
            self._waiters.setdefault(job.id, []).append(waiter)

    def _tell_waiters(self, job: Job) -> None:
        for waiter in self._waiters.pop(job.id, ()):
            self._notify(waiter, job)

    def changed(self, job: Job) -> None:
        self._dirty_jobs[job.id] = job

    def changed_spec(self, spec: JobSpec) -> None:
        self._dirty_specs[spec.id] = spec

    def save(self, store: Store, registry: Registry) -> bool:
        """Write everything that changed since the last save; tell whether anything had."""
        if not (self._dirty_jobs or self._dirty_specs or registry.dirty):
            return False
        store.save(
            resources=registry.dirty.items(),
            specs=self._dirty_specs.values(),
            jobs=self._dirty_jobs.values(),
        )
        registry.dirty.clear()
        self._dirty_specs.clear()
        self._dirty_jobs.clear()
        return True
