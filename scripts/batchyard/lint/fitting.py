"""Rules on job, definition and queue going together: BY411 to BY414.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html; the wording of refusals in
https://github.com/nextflow-io/nextflow/issues/5817; the variable that `.sync` adds in the causes of its jobs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard import asl
from batchyard.lint.jobs import containers
from batchyard.lint.registry import Hit, Subject, rule
from batchyard.lint.submissions import OVERRIDES, Submission, is_expression, properties, submissions

_PLAIN = OVERRIDES["container_properties"]


@rule(
    "BY411",
    "error",
    "a share identifier that a queue's scheduling policy does not fit",
    fix="give a share under a fair-share policy, and only there, and a priority with it",
)
def unfit_share(subject: Subject) -> Iterator[Hit]:
    for each in submissions(subject):
        shared = "shareIdentifier" in each.request
        for key, queue in each.queues(subject):
            if bool(queue.get("fair_share")) == shared:
                continue
            policy, identifier = ("no", "a") if shared else ("a", "no")
            message = (
                f"queue {key} has {policy} fair-share policy, and the job has {identifier} share identifier"
            )
            yield _hit(each, message, "jobQueue")
        for key, job in each.jobs(subject) if shared else ():
            # "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified",
            # https://github.com/nextflow-io/nextflow/pull/3505
            if job.get("scheduling_priority") is None and "schedulingPriorityOverride" not in each.request:
                message = f"neither the definition of job {key} nor the submission has a scheduling priority"
                yield _hit(each, message, "shareIdentifier")


@rule(
    "BY412",
    "error",
    "an override that the job definition has no place for",
    fix="override what the job's kind has: docs/workflows.md has a table",
)
def unfit_override(subject: Subject) -> Iterator[Hit]:
    for each in submissions(subject):
        for key, job in each.jobs(subject):
            own = OVERRIDES.get(properties(job) or "", _PLAIN)
            for member in OVERRIDES.values():
                given = each.request.get(member)
                if given and member != own:
                    yield _hit(each, f"job {key} takes {own}, not {member}", member)
                elif given and isinstance(given, dict):
                    yield from _unknown_targets(each, key, job, member)
            if own == OVERRIDES["node_properties"] and each.request.get("arrayProperties"):
                yield _hit(each, f"job {key} has nodes, so it can not be an array", "arrayProperties")


def _unknown_targets(each: Submission, key: str, job: dict[str, Any], member: str) -> Iterator[Hit]:
    known = sorted(_targets(job))
    for target in _asked(each.request[member], member):
        if target not in known and not is_expression(target):
            what = "range of nodes" if member == OVERRIDES["node_properties"] else "container"
            yield _hit(each, f"job {key} has no {what} {target}; it has {', '.join(known)}", member)


def _targets(job: dict[str, Any]) -> Iterator[str]:
    """Yield the names of a definition's containers, and its ranges of nodes."""
    nodes = asl.as_dict(job.get("node_properties"))
    for each in asl.as_list(nodes.get("nodeRangeProperties")):
        yield str(asl.as_dict(each).get("targetNodes"))
    for _, container in containers(job):
        if "name" in container:
            yield str(container["name"])


def _asked(overrides: dict[str, Any], member: str) -> Iterator[str]:
    if member == OVERRIDES["node_properties"]:
        for each in asl.as_list(overrides.get("nodePropertyOverrides")):
            yield str(asl.as_dict(each).get("targetNodes"))
    tasks = [asl.as_dict(task) for task in asl.as_list(overrides.get("taskProperties"))]
    for owner in (*tasks, asl.as_dict(overrides.get("podProperties"))):
        for name in ("containers", "initContainers"):
            for each in asl.as_list(owner.get(name)):
                yield str(asl.as_dict(each).get("name"))


@rule(
    "BY413",
    "error",
    "batch:submitJob.sync with a job of several containers, of nodes or of a pod",
    fix="poll for it: batch_task does, whatever wait says",
)
def unfit_sync(subject: Subject) -> Iterator[Hit]:
    for each in submissions(subject):
        for key, job in each.jobs(subject) if each.how == "sync" else ():
            own = OVERRIDES.get(properties(job) or "", _PLAIN)
            if own != _PLAIN:
                message = f"Step Functions adds a variable to ContainerOverrides; job {key} takes {own} alone"
                yield Hit(each.state.path, each.state.name, message)


@rule(
    "BY414",
    "error",
    "a job definition of another platform than its queue",
    fix="choose a queue of the definition's platform, or another kind of job",
)
def unfit_queue(subject: Subject) -> Iterator[Hit]:
    for each in submissions(subject):
        for key, job in each.jobs(subject):
            wanted = _platform(job)
            for name, queue in each.queues(subject):
                if queue.get("platform") not in (None, wanted):
                    message = f"job {key} runs on {wanted}, and queue {name} leads to {queue['platform']}"
                    yield _hit(each, message, "jobQueue")
                elif properties(job) == "node_properties" and queue.get("spot"):
                    message = (
                        f"job {key} has nodes, which Batch places on no Spot capacity as queue {name} has"
                    )
                    yield _hit(each, message, "jobQueue")


def _platform(job: dict[str, Any]) -> str:
    if properties(job) == "eks_properties":
        return "EKS"
    return str(next(iter(asl.as_list(job.get("platform_capabilities"))), "EC2"))


def _hit(submission: Submission, message: str, *members: object) -> Hit:
    return Hit(submission.at(*members), submission.state.name, message)
