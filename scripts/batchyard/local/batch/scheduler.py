"""One turn of the engine: what was submitted, what has ended, what may start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from batchyard.local.batch import arns
from batchyard.local.batch.attempts import Attempts
from batchyard.local.batch.ledger import DEPENDENT_FAILED, Ledger
from batchyard.local.batch.model import ENDED, PENDING, RUNNABLE, SUCCEEDED, Job
from batchyard.local.batch.placement import Placement
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.timers import Timers

TIME_LIMIT = "Canceled by JobStateTimeLimit action due to reason:"
Publish = Callable[[Job, str, Sequence[str]], None]


class Scheduler:
    """Moves jobs through their states. Used under the engine's lock only.

    publish: sends an event about a job: (job, detail type, resources).
    """

    def __init__(
        self,
        registry: Registry,
        ledger: Ledger,
        timers: Timers,
        time_scale: float,
        publish: Publish,
        make_attempts: Callable[[Callable[[str, float], None], Callable[[Job], None]], Attempts],
    ) -> None:
        self._registry = registry
        self._ledger = ledger
        self._timers = timers
        self._time_scale = time_scale
        self._publish = publish
        self.placement = Placement(registry, ledger, self._begin, self._blocked, time_scale)
        self.attempts = make_attempts(self._vacate, self.placement.enqueue)

    def turn(self) -> None:
        self._timers.run_due()
        self._settle()
        self.placement.place()

    def terminate(self, job: Job, reason: str) -> None:
        """End a job, with all children of an array or all nodes, whatever it is doing."""
        job = self._ledger.whole(job)
        for each in [job, *self._ledger.children(job), *self._ledger.nodes(job)]:
            if each.status not in ENDED:
                each.terminated = True
                if each.current:
                    self.attempts.terminate(each, reason)
        if job.status not in ENDED and not job.current:
            self._ledger.fail(job, reason)

    def cancel(self, job: Job, reason: str) -> None:
        """End a job, with the children of an array or its nodes, unless it is on a host already."""
        job = self._ledger.whole(job)
        nodes = [] if job.current else self._ledger.nodes(job)
        for each in [job, *self._ledger.children(job), *nodes]:
            if each.status not in ENDED and not each.current:
                each.cancelled = True
        if job.status not in ENDED and not job.current:
            self._ledger.fail(job, reason)

    def _settle(self) -> None:
        ledger = self._ledger
        while ledger.fresh or ledger.doomed or ledger.ended:
            if ledger.fresh:
                self._admit(ledger.fresh.popleft())
            elif ledger.doomed:
                self._doom(ledger.doomed.popleft())
            else:
                self._follow(ledger.ended.popleft())

    def _admit(self, job: Job) -> None:
        if job.status in ENDED:
            return
        if job.waiting or job.counts is not None:
            self._ledger.move(job, PENDING)
        else:
            self.attempts.make_runnable(job)
        for child in self._ledger.children(job):
            self._admit(child)

    def _doom(self, job: Job) -> None:
        if job.status not in ENDED:
            self._ledger.fail(job, DEPENDENT_FAILED)

    def _follow(self, job: Job) -> None:
        """Let the dependents of an ended job go on, or fail with it."""
        if job.index is not None:
            self._ledger.close_parent(job)
        for dependent in self._ledger.dependents.pop(job.id, ()):
            if job.status == SUCCEEDED:
                for ready in self._ledger.release(dependent):
                    self.attempts.make_runnable(ready)
            else:
                self._doom(dependent)

    def _begin(self, job: Job, environment: str) -> None:
        self.attempts.begin(job, environment)

    def _vacate(self, environment: str, vcpus: float) -> None:
        self.placement.occupy(environment, -vcpus)

    def _blocked(self, job: Job, reason: str | None) -> None:
        if reason == job.reason:
            return
        job.reason = reason
        self._ledger.changed(job)
        if reason:
            self._publish(job, "Batch Job Queue Blocked", [job.arn, job.spec.queue])
            self._limit_time(job, reason)

    def _limit_time(self, job: Job, reason: str) -> None:
        queue: Mapping[str, Any] = self._registry.all(arns.QUEUE)[job.spec.queue]
        code = reason.partition(" - ")[0]
        for action in queue["jobStateTimeLimitActions"]:
            if action["reason"] == code:
                seconds = action["maxTimeSeconds"] * self._time_scale
                self._timers.after(seconds, partial(self._time_limit, job, reason))

    def _time_limit(self, job: Job, reason: str) -> None:
        if job.status == RUNNABLE and job.reason == reason:
            self.cancel(job, f"{TIME_LIMIT} {reason.partition(' - ')[0]}")
