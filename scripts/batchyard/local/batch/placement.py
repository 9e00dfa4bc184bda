"""Which waiting jobs start where: queue priority first, then age, within each environment's vCPUs."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any

from batchyard.local.batch import arns, compute, fit
from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.model import RUNNABLE, Job
from batchyard.local.batch.registry import Registry

Waiting = list[tuple[int, str]]


class Placement:
    """The lines of runnable jobs and the vCPUs in use per compute environment.

    begin: starts a job on an environment.
    blocked: told of a job at the head of its line why no environment can ever hold it (None: it just waits).
    """

    def __init__(
        self,
        registry: Registry,
        ledger: Ledger,
        begin: Callable[[Job, str], None],
        blocked: Callable[[Job, str | None], None],
    ) -> None:
        self._registry = registry
        self._ledger = ledger
        self._begin = begin
        self._blocked = blocked
        self._lines: dict[str, Waiting] = {}
        self.used: dict[str, float] = {}

    def enqueue(self, job: Job) -> None:
        # Ordered by submission, so that a job that is tried again does not lose its place.
        heapq.heappush(self._lines.setdefault(job.spec.queue, []), (job.seq, job.id))

    def occupy(self, environment: str, vcpus: float) -> None:
        self.used[environment] = self.used.get(environment, 0.0) + vcpus

    def line(self, queue: str, most: int) -> list[Job]:
        """Return the first jobs of a queue's line in the order in which they would start."""
        line = [(seq, id_) for seq, id_ in self._lines.get(queue, ()) if self._waits(id_)]
        return [self._ledger.jobs[id_] for _, id_ in heapq.nsmallest(most, line)]

    def place(self) -> None:
        """Start every job that may start now.

        Lines are served by queue priority, then by age. A head that has to wait for vCPUs keeps
        the environments it could run on closed to the lines behind it, so that small jobs of
        lower priority can not starve it; a head that can never run blocks its own line only.
        """
        closed: set[str] = set()
        heads = [(-self._queue(line)["priority"], *head, line) for line, head in self._heads()]
        heapq.heapify(heads)
        while heads:
            priority, _, job_id, line = heads[0]
            if self._try(self._ledger.jobs[job_id], closed):
                heapq.heappop(self._lines[line])
                head = self._head(line)
            else:
                head = None
            if head:
                heapq.heapreplace(heads, (priority, *head, line))
            else:
                heapq.heappop(heads)

    def _try(self, job: Job, closed: set[str]) -> bool:
        possible = []
        reasons = set()
        for detail in self._environments(job):
            if reason := fit.misfit(job.spec, detail):
                reasons.add(reason)
                continue
            environment = detail["computeEnvironmentArn"]
            possible.append(environment)
            free = compute.capacity(detail) - self.used.get(environment, 0.0)
            if environment not in closed and job.spec.vcpus <= free:
                self.occupy(environment, job.spec.vcpus)
                self._begin(job, environment)
                return True
        closed.update(possible)
        self._blocked(job, min(reasons) if reasons and not possible else None)
        return False

    def _environments(self, job: Job) -> Iterator[dict[str, Any]]:
        for entry in self._queue(job.spec.queue)["computeEnvironmentOrder"]:
            detail = self._registry.get(entry["computeEnvironment"])
            if detail and detail["state"] == "ENABLED" and detail["status"] == "VALID":
                yield detail

    def _queue(self, arn: str) -> dict[str, Any]:
        return self._registry.all(arns.QUEUE)[arn]

    def _heads(self) -> Iterator[tuple[str, tuple[int, str]]]:
        for line in self._lines:
            if head := self._head(line):
                yield line, head

    def _head(self, line: str) -> tuple[int, str] | None:
        # Jobs that ended while they waited are dropped here rather than searched for when they end.
        waiting = self._lines[line]
        while waiting and not self._waits(waiting[0][1]):
            heapq.heappop(waiting)
        return waiting[0] if waiting else None

    def _waits(self, job_id: str) -> bool:
        job = self._ledger.jobs.get(job_id)
        return job is not None and job.status == RUNNABLE
