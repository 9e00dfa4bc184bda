"""Rules on what a bundle holds beside the state machine: BY401 to BY406."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard import asl, plain_secrets
from batchyard.asl import expressions
from batchyard.lint.registry import Hit, Subject, rule
from batchyard.lint.submissions import submissions
from batchyard.lint.tasks import is_whole

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and each service's API reference
_NAME_LIMITS = {"job definition": 128, "function": 64, "role": 64, "state machine": 80}
MIN_JOB_TIMEOUT = 60
MAX_ATTEMPTS = 10
MAX_EXIT_RULES = 5


def containers(job: dict[str, Any]) -> Iterator[tuple[tuple[object, ...], dict[str, Any]]]:
    """Yield the containers of a job definition of any kind, with their place in it."""
    yield ("container_properties",), asl.as_dict(job.get("container_properties"))
    for index, task in enumerate(asl.as_list(asl.as_dict(job.get("ecs_properties")).get("taskProperties"))):
        for number, item in enumerate(asl.as_list(asl.as_dict(task).get("containers"))):
            yield ("ecs_properties", "taskProperties", index, "containers", number), asl.as_dict(item)
    for index, node in enumerate(
        asl.as_list(asl.as_dict(job.get("node_properties")).get("nodeRangeProperties"))
    ):
        place = ("node_properties", "nodeRangeProperties", index, "container")
        yield place, asl.as_dict(asl.as_dict(node).get("container"))
    pod = asl.as_dict(asl.as_dict(job.get("eks_properties")).get("podProperties"))
    for name in ("containers", "initContainers"):
        for index, item in enumerate(asl.as_list(pod.get(name))):
            yield ("eks_properties", "podProperties", name, index), asl.as_dict(item)


def _all_containers(subject: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, job in subject.jobs.items():
        for place, container in containers(job):
            if container:
                yield asl.pointer("", "job_definitions", key, *place), container


@rule(
    "BY401",
    "error",
    "an image without a tag, or with the tag latest",
    fix="tag it by content, or name its digest",
)
def floating_image(subject: Subject) -> Iterator[Hit]:
    for path, container in _all_containers(subject):
        image = str(container.get("image", ""))
        tag = image.rsplit("/", 1)[-1].partition(":")[2]
        if "@sha256:" not in image and tag in ("", "latest"):
            yield Hit(
                asl.pointer(path, "image"),
                "",
                f"{image or 'no image'}: what runs would change without a deploy",
            )


@rule(
    "BY402",
    "error",
    "a secret in an environment",
    fix="keep it in Secrets Manager; name it in the container's secrets, or read it with the role",
)
def secret_in_environment(subject: Subject) -> Iterator[Hit]:
    for path, state, name, value in _environments(subject):
        if plain_secrets.found(name, value):
            yield Hit(path, state, f"the variable {name} holds a secret in clear")


def _environments(subject: Subject) -> Iterator[tuple[str, str, str, str]]:
    for path, container in _all_containers(subject):
        for key in ("environment", "env"):  # of ECS, and of Kubernetes
            yield from _variables(asl.pointer(path, key), container.get(key))
    for key, function in subject.functions.items():
        for name, value in asl.as_dict(function.get("environment")).items():
            yield asl.pointer("", "functions", key, "environment", name), "", name, str(value)
    for each in submissions(subject):
        for path, item in each.variables():
            name, value = (str(item.get(key, item.get(key.capitalize(), ""))) for key in ("name", "value"))
            if expressions.inner(value) is None:
                yield path, each.state.name, name, value


def _variables(path: str, listed: object) -> Iterator[tuple[str, str, str, str]]:
    for index, item in enumerate(asl.as_list(listed)):
        name, value = (str(asl.as_dict(item).get(key, "")) for key in ("name", "value"))
        yield asl.pointer(path, index), "", name, value


@rule(
    "BY403",
    "error",
    "a retry strategy that does not end with EXIT",
    fix='close it with {"onReason": "*", "action": "EXIT"}: Batch retries what no rule matches',
)
def no_closing_exit(subject: Subject) -> Iterator[Hit]:
    for key, job in subject.jobs.items():
        retry = asl.as_dict(job.get("retry_strategy"))
        last = asl.as_dict((asl.as_list(retry.get("evaluateOnExit")) or [{}])[-1])
        conditions = [last[name] for name in ("onReason", "onStatusReason", "onExitCode") if name in last]
        closed = str(last.get("action", "")).upper() == "EXIT" and conditions == ["*"]
        if retry.get("attempts", 1) != 1 and not closed:
            yield Hit(
                asl.pointer("", "job_definitions", key, "retry_strategy"),
                "",
                "failures of the tool itself are retried",
            )


@rule(
    "BY404", "error", "a job definition without a timeout", fix="set timeout in the manifest, at least 60 s"
)
def no_job_timeout(subject: Subject) -> Iterator[Hit]:
    for key, job in subject.jobs.items():
        timeout = job.get("timeout_seconds")
        if not is_whole(timeout, MIN_JOB_TIMEOUT, float("inf")):
            has = "none: a job that hangs is billed until someone looks" if timeout is None else repr(timeout)
            yield Hit(asl.pointer("", "job_definitions", key, "timeout_seconds"), "", f"the timeout is {has}")


@rule(
    "BY405",
    "error",
    "a name that AWS refuses as too long",
    fix="shorten the names of project, environment or workflow",
)
def long_names(subject: Subject) -> Iterator[Hit]:
    for path, kind, body in _named(subject):
        name = body.get("name")
        if isinstance(name, str) and len(name) > _NAME_LIMITS[kind]:
            message = f"the {kind} {name} has {len(name)} characters; {_NAME_LIMITS[kind]} are allowed"
            yield Hit(asl.pointer(path, "name"), "", message)


def _named(subject: Subject) -> Iterator[tuple[str, str, dict[str, Any]]]:
    machine = asl.as_dict(subject.bundle.get("state_machine"))
    owners = [("/state_machine", "state machine", machine)]
    owners += [
        (asl.pointer("/job_definitions", key), "job definition", job) for key, job in subject.jobs.items()
    ]
    owners += [(asl.pointer("/functions", key), "function", item) for key, item in subject.functions.items()]
    for path, kind, body in owners:
        yield path, kind, body
        for role in ("role", "execution_role"):
            yield asl.pointer(path, role), "role", asl.as_dict(body.get(role))


@rule(
    "BY406",
    "error",
    "a retry strategy out of range",
    fix=f"attempts 1 to {MAX_ATTEMPTS}, at most {MAX_EXIT_RULES} evaluateOnExit rules",
)
def retry_limits(subject: Subject) -> Iterator[Hit]:
    for key, job in subject.jobs.items():
        path = asl.pointer("", "job_definitions", key, "retry_strategy")
        retry = asl.as_dict(job.get("retry_strategy"))
        if not is_whole(retry.get("attempts", 1), 1, MAX_ATTEMPTS):
            yield Hit(asl.pointer(path, "attempts"), "", f"attempts is {retry['attempts']!r}")
        rules = len(asl.as_list(retry.get("evaluateOnExit")))
        if rules > MAX_EXIT_RULES:
            yield Hit(asl.pointer(path, "evaluateOnExit"), "", f"{rules} rules")
