"""What an engine that starts finds of the one before it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from batchyard.local.batch import container, dependencies
from batchyard.local.batch.attempts import host_lost
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import ENDED, ON_HOST, PENDING, RUNNABLE, SUBMITTED, Attempt, Job
from batchyard.local.batch.processes import kill_orphans
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.scheduler import Scheduler
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.store import Store

_DAY_MS = 86_400_000


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
        _lose(job, scheduler)
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
    attempts = [attempt for job in lost if (attempt := job.current)]
    kill_orphans({work_dir / each.task: each.leader for each in attempts})
    for attempt in attempts:
        _remove_container(attempt, settings)
        shutil.rmtree(work_dir / attempt.task, ignore_errors=True)


def _remove_container(attempt: Attempt, settings: EngineSettings) -> None:
    if settings.executor == "container" and shutil.which(settings.container_tool):
        argv = container.remove_argv(attempt.task, settings.container_tool)
        subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True)


def _lose(job: Job, scheduler: Scheduler) -> None:
    if attempt := job.current:
        attempt.stopped = now_ms()
        attempt.status_reason = attempt.status_reason or host_lost(attempt)
        scheduler.attempts.settle(job, attempt)


def _resume(job: Job, ledger: Ledger, scheduler: Scheduler) -> None:
    if job.status == RUNNABLE:
        job.reason = None
        scheduler.placement.enqueue(job)
    elif job.counts is not None and job.status == PENDING:
        ledger.close_parent(ledger.jobs[f"{job.id}:0"])
    elif job.status == SUBMITTED and job.index is None:
        ledger.fresh.append(job)
    elif job.status == PENDING and not job.waiting:
        scheduler.attempts.make_runnable(job)
