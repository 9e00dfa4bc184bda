"""Containers, tasks and attempts of a job as DescribeJobs shows them."""

from __future__ import annotations

from typing import Any

from batchyard.local.batch import arns, bodies
from batchyard.local.batch.model import Attempt, ContainerRun, Job
from batchyard.local.batch.streams import stream_name

Shown = dict[str, Any]


def exit_of(run: Attempt | ContainerRun) -> Shown:
    """Return exit code and reason, where it has them."""
    given = {"exitCode": run.exit_code, "reason": run.reason}
    return {key: value for key, value in given.items() if value is not None}


def container(job: Job, properties: Shown, attempt: Attempt) -> Shown:
    """Return the one container of a job, on its host."""
    return {**properties, **exit_of(attempt), **_placed(job, properties, attempt)}


def task(job: Job, properties: Shown, attempt: Attempt) -> Shown:
    """Return the task of several containers, on its host (EcsTaskDetails)."""
    containers = [
        {**each, **_run(job, each, attempt, number)} for number, each in enumerate(properties["containers"])
    ]
    return {**properties, "containers": containers, **_host(job, attempt)}


def attempt(job: Job, tried: Attempt) -> Shown:
    """Return an attempt that is over (AttemptDetail)."""
    body = bodies.of(job)
    properties = bodies.task_of(body)
    result: Shown = {}
    if properties is None:
        result["container"] = {**exit_of(tried), **_placed(job, body, tried), "networkInterfaces": []}
    else:
        containers = [
            {"name": bodies.name_of(each), **_run(job, each, tried, number), "networkInterfaces": []}
            for number, each in enumerate(properties["containers"])
        ]
        result["taskProperties"] = [{**_host(job, tried), "containers": containers}]
    times = {"startedAt": tried.started, "stoppedAt": tried.stopped, "statusReason": tried.status_reason}
    return result | {key: value for key, value in times.items() if value is not None}


def _run(job: Job, properties: Shown, tried: Attempt, number: int) -> Shown:
    run = tried.containers[number] if tried.containers else ContainerRun()
    stream = {"logStreamName": stream_name(job.spec, properties, tried.task)}
    return exit_of(run) | (stream if run.started is not None else {})


def _placed(job: Job, properties: Shown, tried: Attempt) -> Shown:
    stream = {"logStreamName": stream_name(job.spec, properties, tried.task)}
    return _host(job, tried) | (stream if tried.started is not None else {})


def _host(job: Job, tried: Attempt) -> Shown:
    scope = job.spec.scope
    cluster = arns.name_of(tried.compute)
    placed = {"taskArn": arns.ecs_arn(scope, "task", f"{cluster}/{tried.task}")}
    if "FARGATE" not in job.spec.platforms:
        host = f"{cluster}/{tried.task[::-1]}"
        placed["containerInstanceArn"] = arns.ecs_arn(scope, "container-instance", host)
    return placed
