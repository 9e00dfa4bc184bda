"""The steps of a run: its Batch jobs, which the execution's history names and Batch describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.runs import history
from batchyard.runs.causes import sentence
from batchyard.runs.containers import (
    DEFAULT_GROUP,
    ENDED,
    STOPPED,
    ContainerEnd,
    Stream,
    culprit_of,
    ends_of,
    streams_of,
)
from batchyard.runs.members import Members, member_of, members_of

RUNNING = ("STARTING", "RUNNING")
_PAGE = 100  # the most ids that DescribeJobs takes


@dataclass(frozen=True)
class Step:
    """One Batch job of a run, or a task that failed before it had one.

    `seconds` is how long the job ran (its last attempt), `queued_seconds` the time from submission to then;
    both are None before. `attempts` counts those begun. `last_error` is what a failed job's log says last.
    `members` are an array's children or a job's nodes; a step that is one of them says which in `member`.
    `containers` are those of a job that has several, `culprit` the one that explains a failure.
    `member_reason` says why the first member failed that did, such as `child 3: exit code 1`.
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
    streams: list[Stream] = field(default_factory=list)
    created: int = 0
    last_error: str | None = None
    members: Members | None = None
    member: str = ""
    culprit: str = ""
    containers: list[ContainerEnd] = field(default_factory=list)
    member_reason: str = ""

    def document(self) -> dict[str, Any]:
        """Return the step for programs, in the casing of AWS's own documents."""
        hidden = {"created", "streams", "member", "culprit", "containers", "member_reason"}
        document = {_camel(key): value for key, value in asdict(self).items() if key not in hidden}
        groups = [stream.group for stream in self.streams]
        return {
            **document,
            "logGroup": groups[0] if groups else DEFAULT_GROUP,
            "logStreams": [stream.name for stream in self.streams],
            "containers": [each.document() for each in self.containers],
        }

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    def ending(self) -> str:
        """Return why it failed, with the container's exit code."""
        code = f"exit code {self.exit_code}" if self.exit_code is not None else ""
        container = f"container {self.culprit}" if self.culprit else ""
        return "; ".join(part for part in (self.reason, container, code) if part)

    def asides(self) -> list[str]:
        """Return how containers went wrong by themselves that are not essential, so that the job went on."""
        failed = (each for each in self.containers if not each.essential and each.name != self.culprit)
        return [each.sentence() for each in failed if each.exit_code and each.exit_code not in STOPPED]


def of_execution(environment: Environment, execution: Mapping[str, Any]) -> list[Step]:
    """Return the steps of an execution in the order in which they were submitted.

    Args:
        environment: where.
        execution: its description, as DescribeExecution returns it.
    """
    return of_events(environment, events_of(environment, execution["executionArn"]))


def of_events(environment: Environment, events: Sequence[history.Event]) -> list[Step]:
    """Return the steps that an execution's history tells of.

    Args:
        environment: where.
        events: its history, oldest first.
    """
    states = {job.job_id: job.state for job in history.jobs(events)}
    batch = client(environment, "batch")
    steps = [from_job(job, states[job["jobId"]]) for job in _described(batch, list(states))]
    steps += [_unsubmitted(task) for task in history.failed_without_job(events)]
    return sorted(steps, key=lambda step: (step.created or float("inf"), step.state))


def events_of(environment: Environment, arn: str) -> list[dict[str, Any]]:
    """Return an execution's whole history, oldest first."""
    pages = client(environment, "stepfunctions").get_paginator("get_execution_history")
    return [event for page in pages.paginate(executionArn=arn) for event in page["events"]]


def from_job(job: Mapping[str, Any], state: str) -> Step:
    """Return the step of a job, as DescribeJobs returns it, which a state submitted."""
    attempts = job.get("attempts", [])
    now = culprit_of(job, job)
    last = culprit_of(attempts[-1], job) if attempts else {}
    begun, ended, created = job.get("startedAt"), job.get("stoppedAt"), job.get("createdAt", 0)
    running = job["status"] in RUNNING
    return Step(
        state=state,
        job_id=job["jobId"],
        job_name=job["jobName"],
        status=job["status"],
        seconds=_seconds(begun, ended),
        queued_seconds=_seconds(created, begun),
        attempts=len(attempts) + (1 if running else 0),
        exit_code=last.get("exitCode", now.get("exitCode")),
        reason=_reason(job),
        streams=streams_of(job),
        created=created,
        members=members_of(job),
        member=member_of(job),
        culprit="" if job["status"] == "SUCCEEDED" else last.get("name", ""),
        containers=ends_of(job),
    )


def _reason(job: Mapping[str, Any]) -> str:
    """Return why a job is as it is: Batch's reason, then the container's."""
    if job["status"] == "SUCCEEDED":
        return ""
    members = members_of(job)
    reasons = [
        job.get("statusReason"),
        culprit_of(job, job).get("reason"),
        members.sentence() if members and members.statuses and job["status"] == "FAILED" else None,
    ]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _unsubmitted(task: history.FailedTask) -> Step:
    return Step(task.state, None, None, "FAILED", task.seconds, reason=sentence(task.error, task.cause))


def _described(batch: Any, ids: list[str]) -> list[dict[str, Any]]:  # noqa: ANN401
    pages = (ids[at : at + _PAGE] for at in range(0, len(ids), _PAGE))
    return [job for page in pages for job in batch.describe_jobs(jobs=page)["jobs"]]


def _seconds(begin: int | None, end: int | None) -> float | None:
    return round((end - begin) / 1000, 3) if begin and end else None


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)
