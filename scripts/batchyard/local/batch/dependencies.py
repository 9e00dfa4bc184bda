"""Which jobs wait for which."""

from __future__ import annotations

from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.model import ENDED, FAILED, PENDING, SUBMITTED, Job


def link(ledger: Ledger, job: Job) -> list[Job]:
    """Register what a job, with its array children, waits for.

    Returns the jobs that can not run any more because what they wait for has failed.
    A job that is no longer known counts as succeeded: failures fail their dependents at once.
    """
    doomed: list[Job] = []
    for each in job.spec.depends_on:
        if each.get("type") is None:
            _wait(ledger, job, each["jobId"], doomed)
    for child in ledger.children(job):
        if child.status in (SUBMITTED, PENDING):
            child.waiting = 1 if job.waiting else 0
            _link_child(ledger, child, doomed)
    return doomed


def _link_child(ledger: Ledger, child: Job, doomed: list[Job]) -> None:
    for each in child.spec.depends_on:
        if each.get("type") == "N_TO_N":
            _wait(ledger, child, f"{each['jobId']}:{child.index}", doomed)
        elif each.get("type") == "SEQUENTIAL" and child.index:
            _wait(ledger, child, f"{child.spec.id}:{child.index - 1}", doomed)


def _wait(ledger: Ledger, job: Job, other_id: str, doomed: list[Job]) -> None:
    other = ledger.jobs.get(other_id)
    if other is not None and other.status == FAILED:
        doomed.append(job)
    elif other is not None and other.status not in ENDED:
        job.waiting += 1
        ledger.dependents.setdefault(other_id, []).append(job)
