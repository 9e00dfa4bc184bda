"""Executions, histories and jobs in the shapes in which AWS and emulators answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH_MS = int(BEGAN.timestamp() * 1000)
NAME = "20260301T120000-000-0badcafe"
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:batchyard-dev-exome"
ARN = f"arn:aws:states:eu-west-1:111122223333:execution:batchyard-dev-exome:{NAME}"


def execution(status: str = "SUCCEEDED", **fields: Any) -> dict[str, Any]:
    """Return an execution as DescribeExecution does."""
    ended = {} if status == "RUNNING" else {"stopDate": BEGAN + timedelta(seconds=90.5)}
    return {
        "executionArn": ARN,
        "stateMachineArn": MACHINE,
        "name": NAME,
        "status": status,
        "startDate": BEGAN,
        **ended,
        **fields,
    }


def job(job_id: str, state: str, status: str = "SUCCEEDED", **fields: Any) -> dict[str, Any]:
    """Return a job as DescribeJobs does: waited 5 s, ran 30 s in one attempt."""
    stream = f"{state}/default/{job_id}"
    code = 0 if status == "SUCCEEDED" else 65
    return {
        "jobId": job_id,
        "jobName": f"{state}-{NAME}",
        "jobQueue": "q",
        "jobDefinition": "d",
        "status": status,
        "createdAt": EPOCH_MS,
        "startedAt": EPOCH_MS + 5_000,
        "stoppedAt": EPOCH_MS + 35_000,
        "attempts": [{"container": {"exitCode": code, "logStreamName": stream}}],
        "container": {"exitCode": code, "logStreamName": stream},
        **fields,
    }


def event(number: int, kind: str, previous: int = 0, **details: Any) -> dict[str, Any]:
    """Return an event of a history; `details` go into the field that its type has."""
    at = BEGAN + timedelta(seconds=number)
    found: dict[str, Any] = {"id": number, "type": kind, "timestamp": at, "previousEventId": previous}
    if details:
        field = kind[0].lower() + kind[1:]
        for shared in ("StateEntered", "StateExited"):
            field = f"s{shared[1:]}" if kind.endswith(shared) else field
        found[f"{field}EventDetails"] = details
    return found


def submitted(job_id: str, state: str) -> str:
    """Return SubmitJob's answer as a task's output has it."""
    return json.dumps({"JobId": job_id, "JobName": f"{state}-{NAME}"})


def on_aws() -> list[dict[str, Any]]:
    """Return a history as AWS writes it: two branches whose events interleave."""
    batch = {"resourceType": "batch", "resource": "submitJob.sync"}
    return [
        event(1, "ExecutionStarted"),
        event(2, "TaskStateEntered", 1, name="Call"),
        event(3, "TaskStateEntered", 1, name="Stats"),
        event(4, "TaskScheduled", 3, **batch, region="eu-west-1", parameters="{}"),
        event(5, "TaskScheduled", 2, **batch, region="eu-west-1", parameters="{}"),
        event(6, "TaskSubmitted", 4, **batch, output=submitted("job-stats", "Stats")),
        event(7, "TaskSubmitted", 5, **batch, output=submitted("job-call", "Call")),
        event(8, "TaskSucceeded", 7, **batch, output=submitted("job-call", "Call")),
        event(9, "TaskFailed", 6, **batch, error="States.TaskFailed", cause=submitted("job-stats", "Stats")),
    ]
