"""ListJobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from batchyard.local.batch import arns, detail, paging
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.model import RUNNING, Job
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

Test = Callable[[Job], bool]
MOST_LISTED, MOST_FILTERED = 1_000, 100


def list_jobs(registry: Registry, ledger: Ledger, scope: Scope, payload: Payload) -> Payload:
    """Answer ListJobs: children of an array, nodes of a multi-node job, or top-level jobs of a queue.

    Without filters a missing jobStatus means RUNNING. With one the newest job comes first, and the status
    is looked at beside SHARE_IDENTIFIER only
    (https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html).
    """
    found = _source(registry, ledger, scope, payload)
    filters = payload.get("filters") or []
    if len(filters) > 1:
        raise ApiError("Only one filter can be used at a time")
    status = payload.get("jobStatus")
    if filters:
        test = _test(filters[0])
        found = sorted(filter(test, found), key=lambda job: (-job.spec.created, -job.seq))
        if filters[0]["name"] != "SHARE_IDENTIFIER":
            status = None
    else:
        status = status or RUNNING
    found = [job for job in found if status in (None, job.status)]
    listed, more = paging.page(found, payload, most=MOST_FILTERED if filters else MOST_LISTED)
    return {"jobSummaryList": [_summary(job) for job in listed], **more}


def _source(registry: Registry, ledger: Ledger, scope: Scope, payload: Payload) -> list[Job]:
    given = [key for key in ("jobQueue", "arrayJobId", "multiNodeJobId") if payload.get(key)]
    if len(given) != 1:
        raise ApiError("Exactly one of jobQueue, arrayJobId and multiNodeJobId must be specified")
    if given == ["jobQueue"]:
        queue = arns.full(scope, arns.QUEUE, payload["jobQueue"])
        if registry.get(queue) is None or not arns.in_scope(scope, queue):
            raise ApiError(f"JobQueue {payload['jobQueue']} not found.")
        return list(ledger.by_queue.get(queue, ()))
    parent = ledger.find(scope, payload[given[0]])
    if parent is None:
        return []
    return ledger.nodes(parent) if given == ["multiNodeJobId"] else list(ledger.children(parent))


def _test(given: dict[str, Any]) -> Test:
    name, values = given.get("name"), given.get("values") or []
    makers: dict[str, Callable[[str], Test]] = {
        "JOB_NAME": _by_name,
        "JOB_DEFINITION": _by_definition,
        "BEFORE_CREATED_AT": _before,
        "AFTER_CREATED_AT": _after,
        "SHARE_IDENTIFIER": _by_share,
    }
    if name not in makers:
        raise ApiError(f"Filter name {name} is not one of {', '.join(makers)}")
    if not values:
        raise ApiError(f"Filter {name} has no values")
    tests = [makers[name](str(value)) for value in values]
    return lambda job: any(test(job) for test in tests)


def _by_name(value: str) -> Test:
    wanted = value.lower()
    if wanted.endswith("*"):
        return lambda job: job.spec.name.lower().startswith(wanted[:-1])
    return lambda job: job.spec.name.lower() == wanted


def _by_definition(value: str) -> Test:
    if value.startswith("arn:"):
        return lambda job: job.spec.definition == value
    if value.endswith("*"):
        return lambda job: job.spec.definition_name.startswith(value[:-1])
    return lambda job: job.spec.definition_name == value


def _by_share(value: str) -> Test:
    if value.endswith("*"):
        return lambda job: (job.spec.share or "").startswith(value[:-1])
    return lambda job: job.spec.share == value


def _before(value: str) -> Test:
    time = _time(value)
    return lambda job: job.spec.created < time


def _after(value: str) -> Test:
    time = _time(value)
    return lambda job: job.spec.created > time


def _time(value: str) -> int:
    if not value.isdigit():
        raise refused(f"'{value}' is not a time in milliseconds since 1970")
    return int(value)


def _summary(job: Job) -> dict[str, Any]:
    exit_ = detail.exit_of(job)
    shown = {
        "jobArn": job.arn,
        "jobId": job.id,
        "jobName": job.spec.name,
        "createdAt": job.spec.created,
        "status": job.status,
        "statusReason": job.reason,
        "startedAt": job.started,
        "stoppedAt": job.stopped,
        "container": exit_ or None,
        "arrayProperties": _array(job),
        "nodeProperties": detail.node_summary(job),
        "jobDefinition": job.spec.definition,
        "shareIdentifier": job.spec.share,
        "isCancelled": job.cancelled or None,
        "isTerminated": job.terminated or None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _array(job: Job) -> dict[str, Any] | None:
    return {"size": job.spec.size} if job.counts is not None else detail.array_properties(job)
