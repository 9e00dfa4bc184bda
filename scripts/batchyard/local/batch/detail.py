"""A job as DescribeJobs, the state-change events and `.sync` show it."""

from __future__ import annotations

from typing import Any

from batchyard.local.batch import arns
from batchyard.local.batch.model import Attempt, Job
from batchyard.local.batch.streams import stream_name


def describe(job: Job) -> dict[str, Any]:
    """Return the job's detail; parts of it are shared with the engine, so it must not be changed."""
    spec = job.spec
    detail: dict[str, Any] = {
        "jobArn": job.arn,
        "jobName": spec.name,
        "jobId": job.id,
        "jobQueue": spec.queue,
        "status": job.status,
        "attempts": [_attempt(job, each) for each in job.attempts if each.stopped is not None],
        "createdAt": spec.created,
        "dependsOn": spec.depends_on,
        "jobDefinition": spec.definition,
        "parameters": spec.parameters,
        "container": _container(job),
        "tags": spec.tags,
        "propagateTags": spec.propagate_tags,
        "platformCapabilities": spec.platforms,
        "eksAttempts": [],
        "isCancelled": job.cancelled,
        "isTerminated": job.terminated,
    }
    optional = {
        "statusReason": job.reason,
        "startedAt": job.started,
        "stoppedAt": job.stopped,
        "retryStrategy": spec.retry,
        "timeout": spec.timeout and {"attemptDurationSeconds": spec.timeout},
        "shareIdentifier": spec.share,
        "schedulingPriority": spec.priority,
        "arrayProperties": array_properties(job),
    }
    return detail | {key: value for key, value in optional.items() if value is not None}


def array_properties(job: Job) -> dict[str, Any] | None:
    if job.counts is not None:
        return {"statusSummary": dict(job.counts), "size": job.spec.size}
    return None if job.index is None else {"index": job.index}


def exit_of(job: Job) -> dict[str, Any]:
    """Return exit code and reason of the last attempt, where it has them."""
    last = job.attempts[-1] if job.attempts else None
    given = {"exitCode": last.exit_code, "reason": last.reason} if last else {}
    return {key: value for key, value in given.items() if value is not None}


def _container(job: Job) -> dict[str, Any]:
    if not job.attempts:
        return job.spec.container
    last = job.attempts[-1]
    return {**job.spec.container, **exit_of(job), **_placement(job, last)}


def _placement(job: Job, attempt: Attempt) -> dict[str, Any]:
    scope = job.spec.scope
    cluster = arns.name_of(attempt.compute)
    placed = {"taskArn": arns.ecs_arn(scope, "task", f"{cluster}/{attempt.task}")}
    if "FARGATE" not in job.spec.platforms:
        host = f"{cluster}/{attempt.task[::-1]}"
        placed["containerInstanceArn"] = arns.ecs_arn(scope, "container-instance", host)
    if attempt.started is not None:
        placed["logStreamName"] = stream_name(job.spec, attempt.task)
    return placed


def _attempt(job: Job, attempt: Attempt) -> dict[str, Any]:
    given = {"exitCode": attempt.exit_code, "reason": attempt.reason}
    container = {key: value for key, value in given.items() if value is not None}
    shown = {
        "container": {**container, **_placement(job, attempt), "networkInterfaces": []},
        "startedAt": attempt.started,
        "stoppedAt": attempt.stopped,
        "statusReason": attempt.status_reason,
    }
    return {key: value for key, value in shown.items() if value is not None}
