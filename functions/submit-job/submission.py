"""The event of submit-job, checked and turned into a SubmitJob request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from shared.errors import InvalidInputError

_REQUIRED = ("jobName", "jobQueue", "jobDefinition")
_OPTIONAL = {"containerOverrides": dict, "parameters": dict, "dependsOn": list}
# SubmitJob: up to 128 letters, digits, hyphens and underscores, the first one a letter or a digit.
_JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_MAX_DEPENDENCIES = 20  # AWS Batch service quotas


def request(event: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda passes any JSON
    """Return the arguments of SubmitJob.

    Args:
        event: `{jobName, jobQueue, jobDefinition}`, optionally containerOverrides, parameters and dependsOn,
            all as SubmitJob takes them; other keys are left alone.

    Raises:
        InvalidInputError: the event is wrong; the message names every fault.
    """
    if not isinstance(event, dict):
        raise InvalidInputError(f"the event is {type(event).__name__}, not an object")
    faults = list(_faults(event))
    if faults:
        raise InvalidInputError("; ".join(faults))
    return {key: event[key] for key in (*_REQUIRED, *_OPTIONAL) if event.get(key) not in (None, {}, [])}


def _faults(event: dict[str, Any]) -> Iterator[str]:
    for key in _REQUIRED:
        if not isinstance(event.get(key), str) or not event[key]:
            yield f"{key} is missing or no text"
    name = event.get("jobName")
    if isinstance(name, str) and name and not _JOB_NAME.fullmatch(name):
        yield f"jobName {name!r}: up to 128 letters, digits, - and _, the first one a letter or a digit"
    for key, kind in _OPTIONAL.items():
        if event.get(key) is not None and not isinstance(event[key], kind):
            yield f"{key} has to be {'an object' if kind is dict else 'a list'}"
    yield from _value_faults(event)


def _value_faults(event: dict[str, Any]) -> Iterator[str]:
    parameters, dependencies = event.get("parameters"), event.get("dependsOn")
    for key, value in parameters.items() if isinstance(parameters, dict) else ():
        if not isinstance(value, str):
            yield f"parameters.{key} is {type(value).__name__}: AWS Batch takes texts only"
    if isinstance(dependencies, list) and len(dependencies) > _MAX_DEPENDENCIES:
        yield f"dependsOn names {len(dependencies)} jobs, at most {_MAX_DEPENDENCIES}"
    for index, item in enumerate(dependencies if isinstance(dependencies, list) else ()):
        if not isinstance(item, dict) or not (item.get("jobId") or item.get("type")):
            yield f"dependsOn.{index} has to be an object with jobId"
