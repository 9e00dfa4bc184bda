"""What a mocked task answers, and when."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from batchyard.asl.engine.tasks import (
    Beat,
    Failed,
    Outcome,
    Phase,
    ReadItems,
    Started,
    Submitted,
    Succeeded,
    TaskCall,
)
from batchyard.asl.errors import TASK_FAILED
from batchyard.errors import ManifestError
from batchyard.manifest.marked import read_json, read_text
from batchyard.workflow_test.format import Job, Mock

Timed = tuple[float, Outcome]
_HTTP = {"SdkHttpMetadata": {"HttpStatusCode": 200}}


def answers(mock: Mock, call: TaskCall, now: float) -> Iterator[Timed]:
    """Yield what a mock tells of a task, with the seconds after which it does.

    Args:
        now: seconds since the epoch, for the times of a job.
    """
    end = _end(mock, call, now)
    early = isinstance(end, Failed) and end.phase != "run"
    if call.call.kind == "activity":
        yield 0, Started("mock")
    elif call.call.pattern != "request" and not early:
        yield 0, Submitted(_submitted(mock, call))
    if mock.heartbeat is not None:
        for count in range(1, int(mock.after / mock.heartbeat) + 1):
            yield count * mock.heartbeat, Beat()
    if end is not None:
        yield mock.after, end


def items(mock: Mock, folder: Path) -> Outcome:
    """Return what a mock tells of the items of a Distributed Map.

    Raises:
        ManifestError: the file that it names can not be read.
    """
    if mock.error is not None:
        return Failed(mock.error, _text(mock.cause))
    found = mock.items if mock.items_file is None else _from_file(folder / mock.items_file)
    if isinstance(found, dict):
        found = [{"Key": key, "Value": value} for key, value in found.items()]
    return Succeeded(found)


def unfit(mock: Mock, effect: TaskCall | ReadItems) -> str | None:
    """Return why a mock can not answer an effect, or None if it can."""
    reading = isinstance(effect, ReadItems)
    if (mock.items is not None or mock.items_file is not None) != reading and mock.error is None:
        return "needs a mock with items" if reading else "has a mock with items, and reads none"
    service = effect.call.service if isinstance(effect, TaskCall) else None
    if mock.job is not None and service != "batch":
        return _no_job(effect)
    if "payload" in mock.model_fields_set and service != "lambda":
        return "has a mock of a payload, and calls no function"
    return None


def _no_job(effect: TaskCall | ReadItems) -> str:
    """Return what a mock of a job would have to be, above all where a polled job is meant."""
    what = "has a mock of a job, and submits none"
    name = effect.state.removesuffix(".GetJobStatus").removesuffix(".GetFinalJobStatus")
    function = str(effect.arguments.get("FunctionName")) if isinstance(effect, TaskCall) else ""
    if not any(each in function for each in ("submit-job", "job-status")):
        return f"{what}: give it a mock with result, or with payload where it calls a function"
    return (
        f"{what}: the job is polled for by functions, so mock {name} with payload {{jobId}}, "
        f"{name}.GetJobStatus with payload {{status}} and {name}.GetFinalJobStatus with payload "
        "{jobId, status, exitCode, attempts} (docs/workflows.md has an example)"
    )


def _end(mock: Mock, call: TaskCall, now: float) -> Outcome | None:
    if mock.never:
        return None
    if mock.error is not None:
        return Failed(mock.error, _text(mock.cause), mock.phase or _phase(mock.error, call))
    if mock.job is not None:
        return _job_end(mock.job, call, now, mock.after)
    if "payload" in mock.model_fields_set:
        token_or_arn = call.call.kind == "lambda" and call.call.resource.startswith("arn:aws:lambda")
        return Succeeded(mock.payload if token_or_arn else _invoked(mock.payload))
    return Succeeded(mock.result)


def _phase(error: str, call: TaskCall) -> Phase:
    """Return how far a task got that failed: an error of the service's own is the request's."""
    own = error.lower().startswith(f"{call.call.service.lower()}.")
    return "submit" if own and call.call.pattern != "request" else "run"


def _invoked(payload: object) -> dict[str, Any]:
    return {"ExecutedVersion": "$LATEST", "Payload": payload, **_HTTP, "StatusCode": 200}


def _submitted(mock: Mock, call: TaskCall) -> object:
    if call.call.service != "batch":
        return _HTTP
    job = _identity(mock.job or Job(), call)
    return {key: job[key] for key in ("JobArn", "JobId", "JobName")} | _HTTP


def _job_end(job: Job, call: TaskCall, now: float, after: float) -> Outcome:
    if call.call.pattern != "sync":
        return Succeeded(_submitted(Mock(job=job), call))
    detail = _detail(job, call, int(now * 1000), int((now + after) * 1000))
    if job.succeeded:
        return Succeeded(detail)
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html: the cause is the job's detail.
    return Failed(TASK_FAILED, json.dumps(detail, separators=(",", ":")))


def _identity(job: Job, call: TaskCall) -> dict[str, Any]:
    sent = call.arguments if isinstance(call.arguments, dict) else {}
    name = str(sent.get("JobName", call.state))
    job_id = job.id or str(uuid.uuid5(uuid.NAMESPACE_URL, call.id))
    region, account = call.execution_arn.split(":")[3:5]
    return {
        "JobArn": f"arn:aws:batch:{region}:{account}:job/{job_id}",
        "JobDefinition": sent.get("JobDefinition"),
        "JobId": job_id,
        "JobName": name,
        "JobQueue": sent.get("JobQueue"),
        "Parameters": sent.get("Parameters", {}),
    }


def _detail(job: Job, call: TaskCall, started: int, stopped: int) -> dict[str, Any]:
    """Return what `submitJob.sync` gives: DescribeJobs' detail with PascalCase members.

    An array's own detail has no exit code: its children have (docs.aws.amazon.com/batch/latest/userguide/
    array_jobs.html).
    """
    children = _children(job, call)
    ended = "Array Child Job failed" if children else "Essential container in task exited"
    code = job.exit_code if job.exit_code is not None else (0 if job.succeeded else None)
    if children:
        code, ended = None, "" if job.succeeded else ended
    found = {"ExitCode": code, "Reason": job.reason, "LogStreamName": f"{call.state}/default/{call.attempt}"}
    container = {key: value for key, value in found.items() if value is not None}
    why = job.status_reason or (ended if code is not None or children else None) or None
    attempt = {"Container": container, "StartedAt": started, "StatusReason": why, "StoppedAt": stopped}
    detail = {
        **_identity(job, call),
        **({"ArrayProperties": children} if children else {}),
        "Attempts": [] if children else [attempt] * job.attempts,
        "Container": container,
        "CreatedAt": started,
        "DependsOn": [],
        "StartedAt": started,
        "Status": "SUCCEEDED" if job.succeeded else "FAILED",
        "StatusReason": why,
        "StoppedAt": stopped,
        "Tags": {},
    }
    return {key: value for key, value in detail.items() if value is not None}


def _children(job: Job, call: TaskCall) -> dict[str, Any]:
    """Return what the detail of an array says of its children; of a failed one, that one child failed."""
    sent = call.arguments if isinstance(call.arguments, dict) else {}
    size = sent.get("ArrayProperties", {}).get("Size")
    if not isinstance(size, int):
        return {}
    failed = 0 if job.succeeded else 1
    states = ("STARTING", "FAILED", "RUNNING", "SUCCEEDED", "RUNNABLE", "SUBMITTED", "PENDING")
    summary = {**dict.fromkeys(states, 0), "FAILED": failed, "SUCCEEDED": size - failed}
    return {"Size": size, "StatusSummary": summary}


def _text(cause: object) -> str | None:
    return cause if cause is None or isinstance(cause, str) else json.dumps(cause, separators=(",", ":"))


def _from_file(path: Path) -> list[Any]:
    text = read_text(path)
    if path.suffix == ".csv":
        return list(csv.DictReader(text.splitlines()))
    if path.suffix == ".jsonl":
        return [read_json(line, str(path)) for line in text.splitlines() if line.strip()]
    found = read_json(text, str(path))
    if not isinstance(found, list):
        raise ManifestError("not an array of items", where=str(path), fix="a .json, .jsonl or .csv file")
    return found
