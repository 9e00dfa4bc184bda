"""The steps of a run: its Batch jobs, joined from the execution's history and from Batch itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.runs import bundles, executions, history
from batchyard.runs.causes import sentence

_PAGE = 100  # the most ids that DescribeJobs takes
_NOT_IN_JOB_NAMES = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Step:
    """One Batch job of a run, or a task that failed before it had one.

    `seconds` is how long the job ran (its last attempt), `queued_seconds` the time from submission to then;
    both are None before. `attempts` counts those begun. `last_error` is what a failed job's log says last.
    """

    state: str
    job_id: str | None
    job_name: str | None
    status: str
    seconds: float | None
    queued_seconds: float | None = None
    attempts: int = 0
    exit_code: int | None = None
    reason: str = ""
    log_group: str = "/aws/batch/job"
    log_streams: list[str] = field(default_factory=list)
    created: int = 0
    last_error: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the step for programs, in the casing of AWS's own documents."""
        return {_camel(key): value for key, value in asdict(self).items() if key != "created"}


def of_execution(environment: Environment, execution: Mapping[str, Any]) -> list[Step]:
    """Return the steps of an execution in the order in which they were submitted.

    Args:
        environment: where.
        execution: its description, as DescribeExecution returns it.
    """
    events = events_of(environment, execution["executionArn"])
    name = execution["name"]
    seen = history.jobs(events)
    states = {job.job_id: job.state for job in seen if job.state}
    ids = dict.fromkeys(job.job_id for job in seen)
    known = {job.job_name for job in seen}
    wanted = {job_name(state, name) for state in _states(environment, execution, events)}
    batch = client(environment, "batch")
    ids |= dict.fromkeys(_named(batch, environment, sorted(wanted - known)))
    steps = [from_job(job, states.get(job["jobId"]), name) for job in _described(batch, list(ids))]
    steps += [_unsubmitted(task) for task in history.failed_without_job(events)]
    return sorted(steps, key=lambda step: (step.created or float("inf"), step.state))


def events_of(environment: Environment, arn: str) -> list[dict[str, Any]]:
    """Return an execution's whole history, oldest first."""
    pages = client(environment, "stepfunctions").get_paginator("get_execution_history")
    return [event for page in pages.paginate(executionArn=arn) for event in page["events"]]


def job_name(state: str, execution: str) -> str:
    """Return the name that a state's job has in an execution; the building blocks of templates give it."""
    return f"{state}-{_NOT_IN_JOB_NAMES.sub('-', execution)}"


def from_job(job: Mapping[str, Any], state: str | None, execution: str) -> Step:
    """Return the step of a job, as DescribeJobs returns it.

    Args:
        job: its detail.
        state: the state that submitted it; taken from the job's name when None.
        execution: the execution's name.
    """
    container, attempts = job.get("container", {}), job.get("attempts", [])
    last = attempts[-1].get("container", {}) if attempts else {}
    begun, ended, created = job.get("startedAt"), job.get("stoppedAt"), job.get("createdAt", 0)
    streams = [attempt.get("container", {}).get("logStreamName") for attempt in attempts]
    running = job["status"] in {"STARTING", "RUNNING"}
    options = container.get("logConfiguration", {}).get("options", {})
    return Step(
        state=state or job["jobName"].removesuffix(job_name("", execution)),
        job_id=job["jobId"],
        job_name=job["jobName"],
        status=job["status"],
        seconds=_seconds(begun, ended),
        queued_seconds=_seconds(created, begun),
        attempts=len(attempts) + (1 if running else 0),
        exit_code=last.get("exitCode", container.get("exitCode")),
        reason=_reason(job),
        log_group=options.get("awslogs-group", "/aws/batch/job"),
        log_streams=[name for name in dict.fromkeys([*streams, container.get("logStreamName")]) if name],
        created=created,
    )


def _reason(job: Mapping[str, Any]) -> str:
    """Return why a job is as it is: Batch's reason, then the container's."""
    if job["status"] == "SUCCEEDED":
        return ""
    reasons = [job.get("statusReason"), job.get("container", {}).get("reason")]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _unsubmitted(task: history.FailedTask) -> Step:
    return Step(task.state, None, None, "FAILED", task.seconds, reason=sentence(task.error, task.cause))


def _states(
    environment: Environment, execution: Mapping[str, Any], events: Sequence[history.Event]
) -> Iterable[str]:
    workflow = executions.workflow_of(environment, execution["executionArn"])
    rendered: list[str] = []
    if workflow in environment.workflows:
        rendered = bundles.task_states(environment, bundles.load(environment, workflow))
    names = {*history.entered(events), *rendered}
    return (name for name in names if not _NOT_IN_JOB_NAMES.search(name))  # others have no job of their name


def _named(batch: Any, environment: Environment, names: Iterable[str]) -> list[str]:  # noqa: ANN401
    found: list[str] = []
    pages = batch.get_paginator("list_jobs")
    for name in names:
        for queue in environment.queues:
            arguments = {
                "jobQueue": environment.names.queue(queue),
                "filters": [{"name": "JOB_NAME", "values": [name]}],
            }
            for page in pages.paginate(**arguments):
                found += [job["jobId"] for job in page["jobSummaryList"]]
    return found


def _described(batch: Any, ids: list[str]) -> list[dict[str, Any]]:  # noqa: ANN401
    pages = (ids[at : at + _PAGE] for at in range(0, len(ids), _PAGE))
    return [job for page in pages for job in batch.describe_jobs(jobs=page)["jobs"]]


def _seconds(begin: int | None, end: int | None) -> float | None:
    return round((end - begin) / 1000, 3) if begin and end else None


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)
