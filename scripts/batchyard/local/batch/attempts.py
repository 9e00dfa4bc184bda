"""The life of an attempt: begun, running, ended, tried again or not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from batchyard.local.batch.gangs import Gangs
from batchyard.local.batch.launch import (
    ESSENTIAL_EXITED,
    FAILED_TO_START,
    Executor,
    Launch,
    Outcome,
    launch_of,
)
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import FAILED, RUNNABLE, RUNNING, STARTING, SUCCEEDED, Attempt, Job
from batchyard.local.batch.retry import should_retry
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.task_runs import TaskRuns
from batchyard.local.batch.timers import Timers

TIMED_OUT = "Job attempt duration exceeded timeout"


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
        self._begun: dict[str, Launch] = {}
        self._tasks = TaskRuns(ledger, timers, settings, self._launch, self._drop, executor.stop)
        self._gangs = Gangs(ledger, self._place, partial(self._stop, grace=settings.kill_after_seconds))

    def begin(self, job: Job, environment: str) -> None:
        job.reason = None
        if job.spec.shape == "nodes":
            self._gangs.begin(job, environment)
        else:
            self._place(job, environment)

    def _place(self, job: Job, environment: str) -> None:
        attempt = Attempt(task=uuid.uuid4().hex, compute=environment)
        job.attempts += (attempt,)
        self._on_host[attempt.task] = job
        self._ledger.move(job, STARTING)
        if not self._tasks.begin(job, attempt):
            self._launch(job, attempt)

    def _launch(self, job: Job, attempt: Attempt, number: int | None = None) -> None:
        tried = len(self._gangs.tried_by(job).attempts)
        launch = launch_of(job, attempt, self._endpoint_url(), tried, number)
        self._begun[launch.task] = launch

    def start_begun(self) -> None:
        """Start what `begin` has prepared; called once it is on disk.

        So no process ever runs that a later engine would not know of.
        """
        begun, self._begun = self._begun, {}
        for launch in begun.values():
            self._executor.start(launch)

    def started(self, key: str, pid: int | None, pid_ticks: int | None) -> None:
        """Take in that a container runs. `key`: the task's id, or what names one of a task's containers."""
        job = self._on_host.get(key)
        if job is None:
            if (task := self._tasks.started(key, pid, pid_ticks)) is not None:
                self._run(self._on_host[task])
        elif attempt := job.current:
            attempt.pid, attempt.pid_ticks = pid, pid_ticks
            self._run(job)

    def _run(self, job: Job) -> None:
        if (attempt := job.current) is None:
            return
        attempt.started = job.started = now_ms()
        self._ledger.move(job, RUNNING)
        if job.is_node and not self._gangs.follow_start(job):
            return
        if job.spec.timeout:
            seconds = job.spec.timeout * self._settings.time_scale
            self._timers.after(seconds, partial(self._expire, attempt.task))

    def ended(self, key: str, outcome: Outcome) -> None:
        """Take in that a container is over (`key` as for `started`)."""
        if key in self._on_host:
            self._end(key, outcome)
        elif over := self._tasks.ended(key, outcome):
            self._end(*over)

    def _end(self, task: str, outcome: Outcome) -> None:
        job = self._on_host.pop(task)
        if (attempt := job.current) is None:
            return
        lost = attempt.status_reason == job.host_lost(attempt)
        if (
            attempt.containers
            and attempt.started is None
            and not lost
            and outcome.status_reason == ESSENTIAL_EXITED
        ):
            self._run(job)
        attempt.stopped = now_ms()
        attempt.status_reason = attempt.status_reason or outcome.status_reason
        if not lost:
            attempt.exit_code, attempt.reason = outcome.exit_code, outcome.reason
        if job.is_node:
            job = self._gangs.follow_end(job)
            if job.is_node:
                return
            attempt = job.attempts[-1]
        self._vacate(attempt.compute, job.spec.vcpus)
        self.settle(job, attempt)

    def settle(self, job: Job, attempt: Attempt) -> None:
        """Decide what follows an attempt that is over; for a multi-node job, that of its main node."""
        forced = job.terminated or job.timed_out
        if attempt.exit_code == 0 and not forced:
            self._finish(job, SUCCEEDED, attempt.status_reason)
        elif not forced and should_retry(job.spec.retry, attempt, len(job.attempts)):
            job.started = job.reason = None
            self.make_runnable(job)
        else:
            self._finish(job, FAILED, attempt.status_reason)

    def _finish(self, job: Job, status: str, reason: str | None) -> None:
        if job.spec.shape == "nodes":
            self._gangs.finish(job, status, reason)
        self._ledger.move(job, status, reason)

    def make_runnable(self, job: Job) -> None:
        job.runnable_since = now_ms()
        if job.spec.shape == "nodes":
            self._gangs.make_runnable(job)
        self._ledger.move(job, RUNNABLE)
        self._enqueue(job)

    def terminate(self, job: Job, reason: str) -> None:
        """End a job's attempt as TerminateJob does: no further attempt, `reason` as its status reason."""
        job.terminated = True
        self._stop(job, reason, self._settings.kill_after_seconds)

    def reclaim(self, job: Job) -> None:
        """Take away the host of a job's attempt, as a Spot interruption does."""
        if attempt := job.current:
            self._stop(job, job.host_lost(attempt), 0)

    def _expire(self, task: str) -> None:
        if (job := self._on_host.get(task)) and not job.terminated:
            job = self._ledger.whole(job)
            job.timed_out = True
            for each in [job, *self._ledger.nodes(job)]:
                self._stop(each, TIMED_OUT, self._settings.kill_after_seconds)

    def _stop(self, job: Job, reason: str, grace: float) -> None:
        if (attempt := job.current) is None or attempt.stopped is not None:
            return
        attempt.status_reason = attempt.status_reason or reason
        self._ledger.changed(job)
        if attempt.containers:
            if over := self._tasks.stop(attempt.task, grace):
                self._end(*over)
        elif self._drop(attempt.task):
            self._end(attempt.task, Outcome(status_reason=FAILED_TO_START))
        else:
            self._executor.stop(attempt.task, grace)

    def _drop(self, key: str) -> bool:
        """Take back what was begun and not started yet; tell whether it was so."""
        return self._begun.pop(key, None) is not None
