"""The life of an attempt: begun, running, ended, tried again or not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from batchyard.local.batch.launch import Executor, Launch, Outcome, launch_of
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import FAILED, RUNNABLE, RUNNING, STARTING, SUCCEEDED, Attempt, Job
from batchyard.local.batch.retry import should_retry
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.timers import Timers

TIMED_OUT = "Job attempt duration exceeded timeout"


def host_lost(attempt: Attempt) -> str:
    """Return the status reason of an attempt whose host went away, as Spot reclaims read on AWS."""
    return f"Host EC2 (instance {attempt.instance}) terminated."


class Attempts:
    """Attempts on hosts, by task id. Used under the engine's lock only.

    vacate: gives the vCPUs of a job back to an environment.
    enqueue: puts a runnable job back in its line.
    """

    def __init__(
        self,
        ledger: Ledger,
        timers: Timers,
        executor: Executor,
        settings: EngineSettings,
        endpoint_url: Callable[[], str],
        vacate: Callable[[str, float], None],
        enqueue: Callable[[Job], None],
    ) -> None:
        self._ledger = ledger
        self._timers = timers
        self._executor = executor
        self._settings = settings
        self._endpoint_url = endpoint_url
        self._vacate = vacate
        self._enqueue = enqueue
        self._on_host: dict[str, Job] = {}
        self._begun: list[Launch] = []

    def begin(self, job: Job, environment: str) -> None:
        attempt = Attempt(task=uuid.uuid4().hex, compute=environment)
        job.attempts += (attempt,)
        job.reason = None
        self._on_host[attempt.task] = job
        self._ledger.move(job, STARTING)
        self._begun.append(launch_of(job, attempt, self._endpoint_url()))

    def start_begun(self) -> None:
        """Start what `begin` has prepared; called once it is on disk.

        So no process ever runs that a later engine would not know of.
        """
        begun, self._begun = self._begun, []
        for launch in begun:
            self._executor.start(launch)

    def started(self, task: str, pid: int | None, pid_ticks: int | None) -> None:
        job = self._on_host.get(task)
        if job is None or (attempt := job.current) is None:
            return
        attempt.pid, attempt.pid_ticks = pid, pid_ticks
        attempt.started = job.started = now_ms()
        self._ledger.move(job, RUNNING)
        if job.spec.timeout:
            seconds = job.spec.timeout * self._settings.time_scale
            self._timers.after(seconds, partial(self._expire, task))

    def ended(self, task: str, outcome: Outcome) -> None:
        job = self._on_host.pop(task, None)
        if job is None or (attempt := job.current) is None:
            return
        attempt.stopped = now_ms()
        attempt.status_reason = attempt.status_reason or outcome.status_reason
        if attempt.status_reason != host_lost(attempt):
            attempt.exit_code, attempt.reason = outcome.exit_code, outcome.reason
        self._vacate(attempt.compute, job.spec.vcpus)
        self.settle(job, attempt)

    def settle(self, job: Job, attempt: Attempt) -> None:
        """Decide what follows an attempt that is over."""
        forced = job.terminated or job.timed_out
        if attempt.exit_code == 0 and not forced:
            self._ledger.move(job, SUCCEEDED, attempt.status_reason)
        elif not forced and should_retry(job.spec.retry, attempt, len(job.attempts)):
            job.started = job.reason = None
            self.make_runnable(job)
        else:
            self._ledger.move(job, FAILED, attempt.status_reason)

    def make_runnable(self, job: Job) -> None:
        job.runnable_since = now_ms()
        self._ledger.move(job, RUNNABLE)
        self._enqueue(job)

    def terminate(self, job: Job, reason: str) -> None:
        """End a job's attempt as TerminateJob does: no further attempt, `reason` as its status reason."""
        job.terminated = True
        self._stop(job, reason, self._settings.kill_after_seconds)

    def reclaim(self, job: Job) -> None:
        """Take away the host of a job's attempt, as a Spot interruption does."""
        if attempt := job.current:
            self._stop(job, host_lost(attempt), 0)

    def _expire(self, task: str) -> None:
        if (job := self._on_host.get(task)) and not job.terminated:
            job.timed_out = True
            self._stop(job, TIMED_OUT, self._settings.kill_after_seconds)

    def _stop(self, job: Job, reason: str, grace: float) -> None:
        if attempt := job.current:
            attempt.status_reason = attempt.status_reason or reason
            self._ledger.changed(job)
            self._executor.stop(attempt.task, grace)
