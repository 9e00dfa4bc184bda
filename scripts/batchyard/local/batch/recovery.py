"""What an engine that starts finds of the one before it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from batchyard.local.batch import bodies, container, dependencies, tasks
from batchyard.local.batch.launch import Outcome
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import (
    ENDED,
    ON_HOST,
    PENDING,
    RUNNABLE,
    SUBMITTED,
    Attempt,
    ContainerRun,
    Job,
)
from batchyard.local.batch.processes import kill_orphans
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.scheduler import Scheduler
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.store import Store

_DAY_MS = 86_400_000
Leader = tuple[int, int]


def recover(
    store: Store,
    registry: Registry,
    ledger: Ledger,
    scheduler: Scheduler,
    settings: EngineSettings,
    work_dir: Path,
) -> None:
    """Load everything, and go on as AWS would after its hosts were lost.

    Processes of the earlier engine are killed before their jobs are judged, so that no two
    attempts of a job ever run at once.
    """
    for arn, detail in store.resources():
        registry.load(arn, detail)
    jobs = _kept(store, settings.keep_ended_days)
    for job in jobs:
        ledger.index(job)
    lost = [job for job in jobs if job.status in ON_HOST]
    _clear_hosts(lost, settings, work_dir)
    for job in jobs:
        if job.index is None and job.status not in ENDED:
            ledger.doomed.extend(dependencies.link(ledger, job))
    for job in lost:
        _lose(job)
    for job in lost:
        if (attempt := job.current) and not job.is_node:
            scheduler.attempts.settle(job, attempt)
    for job in jobs:
        _resume(job, ledger, scheduler)


def _kept(store: Store, days: float) -> list[Job]:
    oldest = now_ms() - int(days * _DAY_MS)
    jobs = list(store.jobs())
    old = {job.spec.id for job in jobs if job.index is None and job.status in ENDED}
    old -= {job.spec.id for job in jobs if (job.stopped or oldest) >= oldest}
    store.forget(old)
    return [job for job in jobs if job.spec.id not in old]


def _clear_hosts(lost: list[Job], settings: EngineSettings, work_dir: Path) -> None:
    left = {key: leader for job in lost if (attempt := job.current) for key, leader in _leaders(attempt)}
    kill_orphans({work_dir / key: leader for key, leader in left.items()})
    for key in left:
        _remove_container(key, settings)
        shutil.rmtree(work_dir / key, ignore_errors=True)


def _leaders(attempt: Attempt) -> list[tuple[str, Leader | None]]:
    """Return what an attempt may have left: names of containers, with pid and start ticks where known."""
    runs: list[tuple[str, Attempt | ContainerRun]] = [(attempt.task, attempt)]
    if attempt.containers is not None:
        runs = [(bodies.key_of(attempt.task, number), run) for number, run in enumerate(attempt.containers)]
    return [(key, (run.pid, run.pid_ticks) if run.pid and run.pid_ticks else None) for key, run in runs]


def _remove_container(key: str, settings: EngineSettings) -> None:
    if settings.executor == "container" and shutil.which(settings.container_tool):
        argv = container.remove_argv(key, settings.container_tool)
        subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True)


def _lose(job: Job) -> None:
    attempt = job.current
    # The main node of a job may have ended by itself, while its other nodes were being stopped.
    if attempt is None or attempt.stopped is not None:
        return
    attempt.stopped = now_ms()
    if attempt.status_reason is None and (outcome := _decided(job, attempt)):
        attempt.exit_code, attempt.reason = outcome.exit_code, outcome.reason
        attempt.status_reason = outcome.status_reason
    attempt.status_reason = attempt.status_reason or job.host_lost(attempt)
    for run in attempt.containers or ():
        run.stopped = run.stopped or attempt.stopped


def _decided(job: Job, attempt: Attempt) -> Outcome | None:
    """Return how a task ended that only waited for its other containers to be stopped."""
    task = bodies.task_of(bodies.of(job))
    if task is None or attempt.containers is None:
        return None
    return tasks.outcome_of(task["containers"], attempt.containers)


def _resume(job: Job, ledger: Ledger, scheduler: Scheduler) -> None:
    if job.is_node:
        return  # it goes where its job goes
    if job.status == RUNNABLE:
        job.reason = None
        scheduler.placement.enqueue(job)
    elif job.counts is not None and job.status == PENDING:
        ledger.close_parent(ledger.jobs[f"{job.id}:0"])
    elif job.status == SUBMITTED and job.index is None:
        ledger.fresh.append(job)
    elif job.status == PENDING and not job.waiting:
        scheduler.attempts.make_runnable(job)
