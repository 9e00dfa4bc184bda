"""Rules on what a submission may ask of a job's shape: BY207, BY208, BY211.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html,
https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html,
https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, rule
from batchyard.lint.submissions import OVERRIDES, Submission, is_expression, submissions, waited_for
from batchyard.lint.tasks import is_whole

MAX_OVERRIDES = 8_192
MAX_DEPENDENCIES = 20
ARRAY_SIZE = (2, 10_000)
_TYPES = ("N_TO_N", "SEQUENTIAL")
_PAIRED = "N_TO_N"
_OF_ECS = [member for shape, member in OVERRIDES.items() if shape != "eks_properties"]


@rule(
    "BY207",
    "error",
    "an array size or number of dependencies that Batch refuses",
    fix=f"array sizes go from {ARRAY_SIZE[0]} to {ARRAY_SIZE[1]:,}, dependencies to {MAX_DEPENDENCIES}",
)
def array_limits(subject: Subject) -> Iterator[Hit]:
    for each in submissions(subject):
        array = asl.as_dict(each.request.get("arrayProperties")).get("size", ARRAY_SIZE[0])
        if not is_expression(array) and not is_whole(array, *ARRAY_SIZE):
            yield _hit(each, f"the array has {array!r} children", "arrayProperties")
        dependencies = len(asl.as_list(each.request.get("dependsOn")))
        if dependencies > MAX_DEPENDENCIES:
            yield _hit(each, f"the job has {dependencies} dependencies", "dependsOn")


@rule(
    "BY208",
    "error",
    f"overrides of more than {MAX_OVERRIDES:,} characters",
    fix="put the command into the job definition, or into a script in S3",
)
def large_overrides(subject: Subject) -> Iterator[Hit]:
    for each in submissions(subject):
        for member in _OF_ECS:
            length = _known_length(each.request.get(member))
            if length > MAX_OVERRIDES:
                message = (
                    f"{member} has at least {length:,} characters; ECS refuses more than {MAX_OVERRIDES:,}"
                )
                yield _hit(each, message, member)


def _known_length(value: object) -> int:
    """Return the characters that a value has in any run: expressions count as empty texts."""

    def known(item: Any) -> Any:  # noqa: ANN401
        if isinstance(item, dict):
            return {key: known(below) for key, below in item.items()}
        if isinstance(item, list):
            return [known(below) for below in item]
        return "" if is_expression(item) else item

    return len(json.dumps(known(value), separators=(",", ":"), ensure_ascii=False, default=str))


@rule(
    "BY211",
    "error",
    "a dependency between jobs that Batch refuses",
    fix="N_TO_N names another array of the same size, SEQUENTIAL no job, and every other dependency a job",
)
def refused_dependencies(subject: Subject) -> Iterator[Hit]:
    found = list(submissions(subject))
    for each in found:
        for index, item in enumerate(asl.as_list(each.request.get("dependsOn"))):
            for message in _refusals(subject, found, each, asl.as_dict(item)):
                yield _hit(each, message, "dependsOn", index)


def _refusals(
    subject: Subject, found: list[Submission], each: Submission, dependency: dict[str, Any]
) -> Iterator[str]:
    kind, job = dependency.get("type"), dependency.get("jobId")
    if is_expression(kind):
        return
    if kind not in (None, *_TYPES):
        yield f"there is no type {kind}: it is {' or '.join(_TYPES)}, or left out"
    elif kind is not None and "arrayProperties" not in each.request:
        yield f"{kind} is between children of arrays, and this job has no arrayProperties"
    if kind == "SEQUENTIAL" and job is not None:
        yield "SEQUENTIAL is about the array's own children, and names a job"
    elif kind != "SEQUENTIAL" and job is None:
        yield "it names no job"
    if kind == _PAIRED:
        yield from _unpaired(subject, found, each, waited_for(dependency))


def _unpaired(
    subject: Subject, found: list[Submission], each: Submission, partner: str | None
) -> Iterator[str]:
    """Yield why the children of two arrays do not pair, as far as literal sizes tell."""
    own = _size(each)
    others = [other for other in found if partner in dict(other.jobs(subject))] if partner else []
    for other in others:
        if "arrayProperties" not in other.request:
            yield f"N_TO_N pairs the children of arrays, and {other.state.name} submits {partner} as none"
        elif own is not None and _size(other) not in (None, own):
            sizes = f"{own} children here, {_size(other)} of {partner} in {other.state.name}"
            yield f"N_TO_N pairs child by child: {sizes}"


def _size(submission: Submission) -> int | None:
    size = asl.as_dict(submission.request.get("arrayProperties")).get("size")
    return size if isinstance(size, int) else None


def _hit(submission: Submission, message: str, *members: object) -> Hit:
    return Hit(submission.at(*members), submission.state.name, message)
