"""What an executor is told about an attempt, and what it tells back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from batchyard.local.batch import arns, containers, streams
from batchyard.local.batch.host import Scope
from batchyard.local.batch.model import Attempt, Job

ESSENTIAL_EXITED = "Essential container in task exited"
FAILED_TO_START = "Task failed to start"
_REFERENCE = re.compile(r"Ref::([A-Za-z0-9_.-]+)")


@dataclass(frozen=True, slots=True)
class Launch:
    """An attempt to start. `log_group` of None means that output is dropped."""

    task: str
    job_id: str
    scope: Scope
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    role_arn: str
    log_group: str | None
    log_stream: str
    vcpus: float
    memory_mib: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: without an exit code when its container never ran."""

    exit_code: int | None = None
    reason: str | None = None
    status_reason: str = ESSENTIAL_EXITED


class Listener(Protocol):
    """The engine as executors see it; both may be called from any thread."""

    def started(self, task: str, pid: int | None, pid_ticks: int | None) -> None:
        """Report that an attempt's container runs."""

    def ended(self, task: str, outcome: Outcome) -> None:
        """Report that an attempt is over and left nothing behind."""


class Executor(Protocol):
    """A place where attempts run. No method blocks, but for `shutdown`."""

    def start(self, launch: Launch) -> None:
        """Begin an attempt; its end is reported to the listener exactly once."""

    def stop(self, task: str, grace: float) -> None:
        """Ask an attempt to end (SIGTERM), and force it (SIGKILL) after `grace` seconds."""

    def shutdown(self) -> None:
        """End everything that runs, without reporting it."""


def launch_of(job: Job, attempt: Attempt, endpoint_url: str) -> Launch:
    """Return the launch of a job's attempt, references to parameters resolved."""
    spec = job.spec
    return Launch(
        task=attempt.task,
        job_id=job.id,
        scope=spec.scope,
        image=spec.container["image"],
        command=resolve(spec.container.get("command") or (), spec.parameters),
        environment=environment_of(job, attempt, endpoint_url),
        role_arn=spec.container.get("jobRoleArn") or "",
        log_group=streams.group_name(spec.container),
        log_stream=streams.stream_name(spec, attempt.task),
        vcpus=spec.vcpus,
        memory_mib=containers.memory_mib(spec.container),
    )


def resolve(command: list[str] | tuple[str, ...], parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Replace each `Ref::name` by the parameter; a reference to no parameter stays as it is."""
    return tuple(
        _REFERENCE.sub(lambda match: parameters.get(match[1], match[0]), argument) for argument in command
    )


def environment_of(job: Job, attempt: Attempt, endpoint_url: str) -> dict[str, str]:
    """Return the job's own environment with the variables that the service adds."""
    spec = job.spec
    own = {each["name"]: each.get("value") or "" for each in spec.container.get("environment") or ()}
    given = {
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JOB_ATTEMPT": str(len(job.attempts)),
        "AWS_BATCH_JQ_NAME": arns.name_of(spec.queue),
        "AWS_BATCH_CE_NAME": arns.name_of(attempt.compute),
        "AWS_REGION": spec.scope.region,
        "AWS_DEFAULT_REGION": spec.scope.region,
        "AWS_ENDPOINT_URL": endpoint_url,
    }
    if job.index is not None:
        given["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        given["AWS_BATCH_JOB_ARRAY_SIZE"] = str(spec.size)
    return own | given
