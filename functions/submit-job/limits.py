"""What AWS Batch takes in a SubmitJob request, so that a wrong event fails before anything is submitted.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

# Up to 128 letters, digits, hyphens and underscores, the first one a letter or a digit.
JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
OVERRIDES = ("containerOverrides", "ecsPropertiesOverride", "eksPropertiesOverride", "nodeOverrides")
_SHARE = re.compile(r"[A-Za-z0-9]{1,255}\*?")
_ARRAY_SIZES = (2, 10_000)
_MAX_DEPENDENCIES = 20
_MAX_ATTEMPTS = 10
_MAX_PRIORITY = 9_999
_DEPENDENCIES = ("N_TO_N", "SEQUENTIAL")
# "Container Overrides length must be at most 8192": ECS counts characters.
_MAX_OVERRIDES = 8_192


def is_whole(value: object, least: int = 1, most: int = 2**31) -> bool:
    """Say whether a value is a whole number within bounds; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _parameters(given: dict[str, Any]) -> Iterator[str]:
    for key, value in given.items():
        if not isinstance(value, str):
            yield f"parameters.{key} is {type(value).__name__}: AWS Batch takes texts only"


def _dependencies(given: list[Any]) -> Iterator[str]:
    if len(given) > _MAX_DEPENDENCIES:
        yield f"dependsOn names {len(given)} jobs, at most {_MAX_DEPENDENCIES}"
    for index, item in enumerate(given):
        if not isinstance(item, dict) or not (item.get("jobId") or item.get("type")):
            yield f"dependsOn.{index} has to be an object with jobId"
        elif item.get("type") not in (None, *_DEPENDENCIES):
            yield f"dependsOn.{index}.type {item['type']!r} has to be one of {', '.join(_DEPENDENCIES)}"
        elif item.get("type") == "N_TO_N" and not item.get("jobId"):
            yield f"dependsOn.{index} is N_TO_N: name the other array by jobId"
        elif item.get("type") == "SEQUENTIAL" and item.get("jobId"):
            yield f"dependsOn.{index} is SEQUENTIAL, which is about the array's own children: leave jobId out"


def _array(given: dict[str, Any]) -> Iterator[str]:
    least, most = _ARRAY_SIZES
    if not is_whole(given.get("size"), least, most):
        yield f"arrayProperties.size is {given.get('size')!r}: an array has {least} to {most:,} children"


def _nodes(given: dict[str, Any]) -> Iterator[str]:
    if "numNodes" in given and not is_whole(given["numNodes"]):
        yield f"nodeOverrides.numNodes is {given['numNodes']!r}: a whole number from 1 on"
    yield from _length("nodeOverrides", given)


def _retry(given: dict[str, Any]) -> Iterator[str]:
    if "attempts" in given and not is_whole(given["attempts"], 1, _MAX_ATTEMPTS):
        yield f"retryStrategy.attempts is {given['attempts']!r}: a job has 1 to {_MAX_ATTEMPTS} attempts"


def _priority(given: int) -> Iterator[str]:
    if not is_whole(given, 0, _MAX_PRIORITY):
        yield f"schedulingPriorityOverride is {given!r}: a whole number from 0 to {_MAX_PRIORITY:,}"


def _share(given: str) -> Iterator[str]:
    if not _SHARE.fullmatch(given):
        yield f"shareIdentifier {given!r}: up to 255 letters and digits, an asterisk only at the end"


def _length(name: str, given: dict[str, Any]) -> Iterator[str]:
    length = len(json.dumps(given, separators=(",", ":"), ensure_ascii=False))
    if length > _MAX_OVERRIDES:
        yield f"{name} has {length:,} characters, at most {_MAX_OVERRIDES:,}: put long texts into S3"


def _of(name: str) -> Callable[[Any], Iterator[str]]:
    return lambda given: _length(name, given)


# A check by key of the event; each yields what is wrong with a value of the right kind.
CHECKS: dict[str, Callable[[Any], Iterator[str]]] = {
    "arrayProperties": _array,
    "containerOverrides": _of("containerOverrides"),
    "dependsOn": _dependencies,
    "ecsPropertiesOverride": _of("ecsPropertiesOverride"),
    "nodeOverrides": _nodes,
    "parameters": _parameters,
    "retryStrategy": _retry,
    "schedulingPriorityOverride": _priority,
    "shareIdentifier": _share,
}
