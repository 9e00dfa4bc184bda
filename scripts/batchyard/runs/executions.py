"""Executions: find, describe, list, wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.errors import UsageError

STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE")
_FIRST_PAUSE, _GROWTH = 0.2, 1.5
_LONGEST_PAUSE = {True: 0.3, False: 10.0}  # seconds; True: the local environment, which has no rate limits


def find(environment: Environment, execution: str) -> dict[str, Any]:
    """Return the description of an execution.

    Args:
        environment: where.
        execution: its ARN, or its name alone.

    Raises:
        UsageError: no workflow of the environment has it.
    """
    from botocore.exceptions import ClientError

    states = client(environment, "stepfunctions")
    for arn in _candidates(environment, execution):
        try:
            found: dict[str, Any] = states.describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"ExecutionDoesNotExist", "InvalidArn"}:
                raise
        else:
            return found
    raise UsageError(
        f"environment {environment.environment} has no run {execution}",
        fix=f"list them: batchyard run list --env {environment.environment}",
    )


def _candidates(environment: Environment, execution: str) -> Iterator[str]:
    if execution.startswith("arn:"):
        yield execution
        return
    for workflow in sorted(environment.workflows):
        name = environment.names.state_machine(workflow)
        yield environment.names.arn("states", f"execution:{name}:{execution}")


def workflow_of(environment: Environment, execution_arn: str) -> str:
    """Return the deployed workflow that an execution belongs to; empty when it is none of the kit's."""
    machine = execution_arn.split(":")[6]
    return machine.removeprefix(f"{environment.names.prefix}-") if machine != environment.names.prefix else ""


def recent(
    environment: Environment, *, workflow: str | None = None, status: str | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the newest executions, newest first.

    Args:
        environment: where.
        workflow: deployed name; all workflows when None.
        status: only those with this status.
        limit: how many at most.

    Raises:
        UsageError: unknown workflow or status.
    """
    if status is not None and status not in STATUSES:
        raise UsageError(f"unknown status {status}", fix=f"one of {', '.join(STATUSES)}")
    if workflow is not None:
        environment.folder_of(workflow)
    pages = client(environment, "stepfunctions").get_paginator("list_executions")
    found: list[dict[str, Any]] = []
    for name in [workflow] if workflow else sorted(environment.workflows):
        found += islice(_executions(pages, environment.names.state_machine_arn(name), status, limit), limit)
    return sorted(found, key=lambda item: item["startDate"], reverse=True)[:limit]


def _executions(pages: Any, arn: str, status: str | None, limit: int) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    from botocore.exceptions import ClientError

    only = {"statusFilter": status} if status else {}
    try:
        for page in pages.paginate(
            stateMachineArn=arn, PaginationConfig={"PageSize": min(limit, 1000)}, **only
        ):
            yield from page["executions"]
    except ClientError as error:  # a workflow that is not applied yet has no runs
        if error.response["Error"]["Code"] != "StateMachineDoesNotExist":
            raise


def wait(
    environment: Environment,
    arn: str,
    *,
    timeout_seconds: float | None = None,
    tick: Callable[[], None] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Wait until an execution has ended and return its description.

    Args:
        environment: where.
        arn: the execution.
        timeout_seconds: give up waiting after this long; the execution goes on, and is returned as RUNNING.
        tick: called before every pause.
        sleep: how to pause, for a time in seconds.
    """
    states, pause = client(environment, "stepfunctions"), _FIRST_PAUSE
    end = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    while True:
        found: dict[str, Any] = states.describe_execution(executionArn=arn)
        if found["status"] not in {"RUNNING", "PENDING_REDRIVE"} or (
            end is not None and time.monotonic() >= end
        ):
            return found
        tick()
        sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE[environment.is_local])
