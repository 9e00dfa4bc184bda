"""Which waiting jobs start where: queue priority, each queue's own order, environments' vCPUs."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any

from batchyard.local.batch import arns, compute, fit
from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.lines import Fair, Fifo, Head
from batchyard.local.batch.model import Job
from batchyard.local.batch.registry import Registry

Line = Fifo | Fair


class Placement:
    """The lines of runnable jobs and the vCPUs in use per compute environment.

    A multi-node job waits as one and starts as one: all its nodes in one environment, or none.

    begin: starts a job on an environment.
    blocked: told of a job at the head of its line why no environment can ever hold it (None: it just waits).
    time_scale: factor on the decay window of fair-share policies.
    """

    def __init__(
        self,
        registry: Registry,
        ledger: Ledger,
        begin: Callable[[Job, str], None],
        blocked: Callable[[Job, str | None], None],
        time_scale: float = 1.0,
    ) -> None:
        self._registry = registry
        self._ledger = ledger
        self._begin = begin
        self._blocked = blocked
        self._time_scale = time_scale
        self._lines: dict[str, Line] = {}
        self.used: dict[str, float] = {}

    def enqueue(self, job: Job) -> None:
        self._line(job.spec.queue).push(job)

    def forget(self, queue: str) -> None:
        """Drop the line of a queue that is deleted; one made anew under its name may be of the other kind."""
        self._lines.pop(queue, None)

    def occupy(self, environment: str, vcpus: float) -> None:
        self.used[environment] = self.used.get(environment, 0.0) + vcpus

    def line(self, queue: str, most: int) -> list[Job]:
        """Return the first jobs of a queue's line in the order in which they would start."""
        self._refresh()
        return self._lines[queue].first(most) if queue in self._lines else []

    def shares(self, queue: str) -> dict[str, float]:
        """Return the vCPUs in use by share identifier, in a fair-share queue."""
        self._refresh()
        line = self._lines.get(queue)
        return line.usage() if isinstance(line, Fair) else {}

    def place(self) -> None:
        """Start every job that may start now.

        Lines are served by queue priority, then by age. A head that has to wait for vCPUs keeps
        the environments it could run on closed to the lines behind it, so that small jobs of
        lower priority can not starve it; a head that can never run blocks its own line only.
        """
        self._refresh()
        closed: set[str] = set()
        heads = [(-self._queue(arn)["priority"], *head, arn) for arn, head in self._heads()]
        heapq.heapify(heads)
        while heads:
            priority, _, job_id, arn = heads[0]
            line = self._lines[arn]
            head = None
            if self._try(self._ledger.jobs[job_id], closed, line):
                line.pop()
                head = line.head()
            if head:
                heapq.heapreplace(heads, (priority, *head, arn))
            else:
                heapq.heappop(heads)

    def _try(self, job: Job, closed: set[str], line: Line) -> bool:
        possible = []
        reasons = set()
        for detail in self._environments(job):
            if reason := fit.misfit(job.spec, detail):
                reasons.add(reason)
                continue
            environment = detail["computeEnvironmentArn"]
            possible.append(environment)
            used = self.used.get(environment, 0.0)
            if environment not in closed and job.spec.vcpus <= self._room(detail, used, line) - used:
                self.occupy(environment, job.spec.vcpus)
                self._begin(job, environment)
                return True
        closed.update(possible)
        self._blocked(job, min(reasons) if reasons and not possible else None)
        return False

    @staticmethod
    def _room(detail: dict[str, Any], used: float, line: Line) -> float:
        capacity = compute.capacity(detail)
        # An empty environment takes any job that fits: the reserve alone holds none back for ever.
        return capacity * (1.0 - line.reserved) if used else capacity

    def _environments(self, job: Job) -> Iterator[dict[str, Any]]:
        known = self._registry.all(arns.COMPUTE)
        for entry in self._queue(job.spec.queue)["computeEnvironmentOrder"]:
            detail = known.get(entry["computeEnvironment"])
            if detail and detail["state"] == "ENABLED" and detail["type"] == "MANAGED":
                yield detail

    def _queue(self, arn: str) -> dict[str, Any]:
        return self._registry.all(arns.QUEUE)[arn]

    def _line(self, arn: str) -> Line:
        line = self._lines.get(arn)
        if line is None:
            # A queue is first in, first out, or fair, for life.
            fair = "schedulingPolicyArn" in self._queue(arn)
            line = Fair(self._ledger, arn, self._time_scale) if fair else Fifo(self._ledger.jobs)
            self._lines[arn] = line
        return line

    def _refresh(self) -> None:
        queues = self._registry.all(arns.QUEUE)
        for arn, line in self._lines.items():
            if isinstance(line, Fair):
                line.refresh(self._registry.get(queues.get(arn, {}).get("schedulingPolicyArn", "")))

    def _heads(self) -> Iterator[tuple[str, Head]]:
        for arn, line in self._lines.items():
            if head := line.head():
                yield arn, head
