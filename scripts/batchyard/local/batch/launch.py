"""What an executor is told about an attempt, and what it tells back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from batchyard.local.batch import arns, bodies, containers, streams
from batchyard.local.batch import secrets as kept
from batchyard.local.batch.host import Scope
from batchyard.local.batch.model import Attempt, Job

ESSENTIAL_EXITED = "Essential container in task exited"
FAILED_TO_START = "Task failed to start"
_REFERENCE = re.compile(r"Ref::([A-Za-z0-9_.-]+)")


@dataclass(frozen=True, slots=True)
class Launch:
    """A container to start. `log_group` of None means that output is dropped.

    task: what the container is known by: the task's id, with a number for one of several containers.
    properties: of the container and its task, for what only a container tool can honour.
    secrets: what it is to be given of them, by name; nothing here has a value of one.
    one_of_several: whether others may end it, as a container of a task or a node of a job.
    """

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
    one_of_several: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)
    secrets: kept.Secrets = field(default_factory=kept.Secrets)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: without an exit code when its container never ran.

    of_task: whether no other container of the task may run either, for the reason of this one.
    """

    exit_code: int | None = None
    reason: str | None = None
    status_reason: str = ESSENTIAL_EXITED
    of_task: bool = False


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


def launch_of(job: Job, attempt: Attempt, endpoint_url: str, tried: int, number: int | None = None) -> Launch:
    """Return the launch of a job's attempt, references to parameters resolved.

    tried: number of the attempt, from 1.
    number: which container of the job's task is meant; None for a job of one container.
    """
    spec, body = job.spec, bodies.of(job)
    task = bodies.task_of(body)
    container = body if task is None else task["containers"][number or 0]
    role = body.get("jobRoleArn") if task is None else task.get("taskRoleArn")
    own_secrets = kept.of(
        container,
        [body] if task is None else task["containers"],
        (body if task is None else task).get("executionRoleArn") or "",
        on_fargate="FARGATE" in spec.platforms,
    )
    return Launch(
        task=attempt.task if number is None else bodies.key_of(attempt.task, number),
        job_id=job.id,
        scope=spec.scope,
        image=container["image"],
        command=resolve(container.get("command") or (), spec.parameters),
        environment=environment_of(job, attempt, container, endpoint_url, tried),
        role_arn=role or "",
        log_group=streams.group_name(container),
        log_stream=streams.stream_name(spec, container, attempt.task),
        vcpus=containers.vcpus(container),
        memory_mib=containers.memory_mib(container),
        one_of_several=number is not None or job.is_node,
        properties=container if task is None else task | container,
        secrets=own_secrets,
    )


def resolve(command: list[str] | tuple[str, ...], parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Replace each `Ref::name` by the parameter; a reference to no parameter stays as it is."""
    return tuple(
        _REFERENCE.sub(lambda match: parameters.get(match[1], match[0]), argument) for argument in command
    )


def environment_of(
    job: Job, attempt: Attempt, container: Mapping[str, Any], endpoint_url: str, tried: int
) -> dict[str, str]:
    """Return a container's own environment with the variables that the service adds.

    https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
    """
    spec = job.spec
    own = {each["name"]: each.get("value") or "" for each in container.get("environment") or ()}
    given = {
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JOB_ATTEMPT": str(tried),
        "AWS_BATCH_JQ_NAME": arns.name_of(spec.queue),
        "AWS_BATCH_CE_NAME": arns.name_of(attempt.compute),
        "AWS_REGION": spec.scope.region,
        "AWS_DEFAULT_REGION": spec.scope.region,
        "AWS_ENDPOINT_URL": endpoint_url,
    }
    if job.is_node:
        given |= _node_variables(job)
    elif job.index is not None:
        given["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        given["AWS_BATCH_JOB_ARRAY_SIZE"] = str(spec.size)
    return own | given


def _node_variables(job: Job) -> dict[str, str]:
    """Return a node's variables; the main node is not told its own address.

    https://docs.aws.amazon.com/batch/latest/userguide/mnp-env-vars.html
    """
    properties = job.spec.properties
    given = {
        "AWS_BATCH_JOB_NODE_INDEX": str(job.index),
        "AWS_BATCH_JOB_NUM_NODES": str(properties["numNodes"]),
        "AWS_BATCH_JOB_MAIN_NODE_INDEX": str(properties["mainNode"]),
    }
    if not job.is_main_node:
        given["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = bodies.main_node_address(job.spec.id)
    return given
