"""A job as DescribeJobs, the state-change events and `.sync` show it."""

from __future__ import annotations

from typing import Any

from batchyard.local.batch import bodies, shown
from batchyard.local.batch.model import Job


def describe(job: Job) -> dict[str, Any]:
    """Return the job's detail; parts of it are shared with the engine, so it must not be changed."""
    spec = job.spec
    detail: dict[str, Any] = {
        "jobArn": job.arn,
        "jobName": spec.name,
        "jobId": job.id,
        "jobQueue": spec.queue,
        "status": job.status,
        "attempts": [shown.attempt(job, each) for each in job.attempts if each.stopped is not None],
        "createdAt": spec.created,
        "dependsOn": spec.depends_on,
        "jobDefinition": spec.definition,
        "parameters": spec.parameters,
        **_body(job),
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
        "nodeDetails": node_details(job),
    }
    return detail | {key: value for key, value in optional.items() if value is not None}


def _body(job: Job) -> dict[str, Any]:
    """Return what the job runs: all nodes for their parent, otherwise a container or several.

    The container of a job of several is empty
    (https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html).
    """
    if job.spec.shape == "nodes" and job.index is None:
        return {"nodeProperties": job.spec.properties}
    body = bodies.of(job)
    task = bodies.task_of(body)
    last = job.attempts[-1] if job.attempts else None
    if task is None:
        return {"container": body if last is None else shown.container(job, body, last)}
    described = task if last is None else shown.task(job, task, last)
    return {"container": {}, "ecsProperties": {"taskProperties": [described]}}


def array_properties(job: Job) -> dict[str, Any] | None:
    if job.counts is not None:
        return {"statusSummary": dict(job.counts), "size": job.spec.size}
    return None if job.index is None or job.is_node else {"index": job.index}


def node_details(job: Job) -> dict[str, Any] | None:
    return {"nodeIndex": job.index, "isMainNode": job.is_main_node} if job.is_node else None


def node_summary(job: Job) -> dict[str, Any] | None:
    """Return what ListJobs tells of a multi-node job or a node."""
    if job.spec.shape != "nodes":
        return None
    return {"numNodes": job.spec.properties["numNodes"], **(node_details(job) or {})}


def exit_of(job: Job) -> dict[str, Any]:
    """Return exit code and reason of the one container of the last attempt, where it has them."""
    last = job.attempts[-1] if job.attempts else None
    return {} if last is None or last.containers is not None else shown.exit_of(last)
