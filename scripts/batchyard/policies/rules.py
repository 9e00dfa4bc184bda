"""What is wrong with a job definition or a repository: each rule returns sentences, none where it is kept.

A rule returns None where only Terraform can tell, as in the source of a module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from batchyard import plain_secrets
from batchyard.policies.shapes import Definition, Task, definition
from batchyard.policies.values import block, is_expression, many, number, one, text

Resource = Mapping[str, Any]
Found = list[str] | None
_SHORTEST_TIMEOUT = 60  # seconds: https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html


def privileged(resource: Resource) -> Found:
    """Find privileged containers."""
    return _each(
        resource, lambda job: [f"{each.where} is privileged" for each in job.containers if each.privileged]
    )


def moving_images(resource: Resource) -> Found:
    """Find images without a tag, or with the tag latest; a digest stands for itself."""
    return _each(
        resource,
        lambda job: [
            f"image of {each.where} {said}" for each in job.containers if (said := _moves(each.image))
        ],
    )


def _moves(image: str | None) -> str | None:
    if image is None:
        return "is not named"
    if "@sha256:" in image or is_expression(image):
        return None
    _, colon, tag = image.rpartition("/")[2].partition(":")
    if not colon:
        return f"has no tag, which means latest: {image}"
    return f"has the tag latest: {image}" if tag == "latest" else None


def timeout(resource: Resource) -> Found:
    """Find a job without a timeout."""
    limits = block(resource.get("timeout"))
    if one(limits.get("attempt_duration_seconds")) is None:
        return ["the job has no timeout, so that a job that hangs runs, and is paid for, without end"]
    limit = number(limits["attempt_duration_seconds"])
    if limit is None or limit >= _SHORTEST_TIMEOUT:
        return None if limit is None else []
    return [f"the timeout of {limit} s is shorter than Batch's least, {_SHORTEST_TIMEOUT} s"]


def retry(resource: Resource) -> Found:
    """Find a job without a retry strategy, or with one that retries whatever no rule names."""
    strategy = block(resource.get("retry_strategy"))
    if not strategy:
        return ["the job has no retry strategy, so that a Spot reclaim or a failed image pull ends it"]
    rules, attempts = many(strategy.get("evaluate_on_exit")), number(strategy.get("attempts", 1))
    if (
        attempts is None
        or "dynamic" in strategy
        or any(is_expression(rule[key]) for rule in rules for key in rule)
    ):
        return None
    return [] if attempts == 1 else _open_end(rules)


def _open_end(rules: list[Mapping[str, Any]]) -> list[str]:
    """Source: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html: no match is a retry."""
    for rule in rules:
        held = {key: text(rule.get(key)) for key in ("on_reason", "on_status_reason", "on_exit_code")}
        if {value for value in held.values() if value} != {"*"}:
            continue
        if str(one(rule.get("action"))).upper() == "RETRY":
            return ["the retry strategy retries on *, so that a fault in the program is run again, too"]
        # A container that never started has no exit code, so that * there does not match it.
        if not held["on_exit_code"]:
            return []
    return [
        "the retry strategy does not end with EXIT on *, so that every failure that no rule names is retried"
    ]


def secrets_in_environment(resource: Resource) -> Found:
    """Find secrets that stand in the environment as plain text."""
    return _each(
        resource,
        lambda job: [
            f"variable {name} of {each.where} {said}"
            for each in job.containers
            for name, value in each.environment
            if (said := plain_secrets.found(name, value))
        ],
    )


def execution_role(resource: Resource) -> Found:
    """Find tasks that need an execution role and have none."""
    return _each(
        resource,
        lambda job: [
            f"{task.where or 'the job'} has no executionRoleArn, and needs one for {', '.join(reasons)}"
            for task in job.tasks
            if not task.execution_role and (reasons := _reasons(job, task))
        ],
    )


def _reasons(job: Definition, task: Task) -> list[str]:
    """Source: https://docs.aws.amazon.com/batch/latest/userguide/execution-IAM-role.html."""
    fargate = ["Fargate"] if "FARGATE" in job.platforms else []
    return fargate + [f"{name} of {each.where}" for each in task.containers for name in each.pulls_with]


def job_role(resource: Resource) -> Found:
    """Find tasks without a role of their own, and pods without a service account."""
    return _each(
        resource,
        lambda job: [
            f"{task.where or 'the job'} has no {task.role_field}" for task in job.tasks if not task.role
        ],
    )


def public_addresses(resource: Resource) -> Found:
    """Find tasks that ask for a public address."""
    return _each(
        resource,
        lambda job: [
            f"{task.where or 'the job'} has assignPublicIp ENABLED" for task in job.tasks if task.public_ip
        ],
    )


def mutable_tags(resource: Resource) -> Found:
    """Find a repository whose tags can be moved to another image."""
    mutability = one(resource.get("image_tag_mutability"))
    if is_expression(mutability):
        return None
    return (
        []
        if mutability == "IMMUTABLE"
        else [f"image_tag_mutability is {mutability or 'MUTABLE, the default'}"]
    )


def _each(resource: Resource, find: Callable[[Definition], list[str]]) -> Found:
    job = definition(resource)
    return find(job) if job.known else None
