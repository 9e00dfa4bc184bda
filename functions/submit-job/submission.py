"""The event of submit-job, checked and turned into a SubmitJob request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from limits import CHECKS, JOB_NAME, OVERRIDES, is_whole

from shared.errors import InvalidInputError

_REQUIRED = ("jobName", "jobQueue", "jobDefinition")
_OPTIONAL: dict[str, type] = {
    "arrayProperties": dict,
    "containerOverrides": dict,
    "dependsOn": list,
    "ecsPropertiesOverride": dict,
    "eksPropertiesOverride": dict,
    "nodeOverrides": dict,
    "parameters": dict,
    "retryStrategy": dict,
    "schedulingPriorityOverride": int,
    "shareIdentifier": str,
}
_KINDS: dict[type, str] = {dict: "an object", int: "a whole number", list: "a list", str: "a text"}


def request(event: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda passes any JSON
    """Return the arguments of SubmitJob.

    Args:
        event: `{jobName, jobQueue, jobDefinition}`, optionally what else `_OPTIONAL` lists, all as SubmitJob
            takes them; other keys are left alone, and what is empty is not sent.

    Raises:
        InvalidInputError: the event is wrong; the message names every fault.
    """
    if not isinstance(event, dict):
        raise InvalidInputError(f"the event is {type(event).__name__}, not an object")
    faults = list(_faults(event))
    if faults:
        raise InvalidInputError("; ".join(faults))
    return {key: event[key] for key in (*_REQUIRED, *_OPTIONAL) if event.get(key) not in (None, {}, [], "")}


def _faults(event: dict[str, Any]) -> Iterator[str]:
    for key in _REQUIRED:
        if not isinstance(event.get(key), str) or not event[key]:
            yield f"{key} is missing or no text"
    name = event.get("jobName")
    if isinstance(name, str) and name and not JOB_NAME.fullmatch(name):
        yield f"jobName {name!r}: up to 128 letters, digits, - and _, the first one a letter or a digit"
    for key, kind in _OPTIONAL.items():
        value = event.get(key)
        if value is not None and not isinstance(value, kind):
            yield f"{key} has to be {_KINDS[kind]}"
        elif value and key in CHECKS:
            yield from CHECKS[key](value)
    yield from _shape_faults(event)


def _shape_faults(event: dict[str, Any]) -> Iterator[str]:
    """Yield what does not go together: a job is of one shape."""
    given = [key for key in OVERRIDES if event.get(key)]
    if len(given) > 1:
        yield f"{' and '.join(given)}: a job takes only the overrides of its own shape"
    size = (event.get("arrayProperties") or {}) if isinstance(event.get("arrayProperties"), dict) else {}
    if size and isinstance(event.get("nodeOverrides"), dict) and event["nodeOverrides"]:
        yield "arrayProperties and nodeOverrides: a job with nodes can not be an array"
    dependencies = event.get("dependsOn")
    for index, item in enumerate(dependencies if isinstance(dependencies, list) else ()):
        kind = item.get("type") if isinstance(item, dict) else None
        if kind and not is_whole(size.get("size")):
            yield f"dependsOn.{index} is {kind}: only an array waits child by child, so give arrayProperties"
