"""The pure part of Step Functions' `batch:submitJob`: names of members there and back, results, errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.validation import service_model
from batchyard.local.shapes import Shape

TASK_FAILED = "States.TaskFailed"
Rename = Callable[[str, Mapping[str, Any]], str]


def submit_payload(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SubmitJob request for a task's parameters, which are written in PascalCase.

    Keys of maps (Parameters, Tags) are data and stay as they are. Raises ApiError for a
    member that the request does not have.
    """
    shape = service_model().operation_model("SubmitJob").input_shape
    return dict(_renamed(parameters, shape, _to_api))


def submitted(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a SubmitJob as a task that does not wait yields it."""
    return dict(_renamed(answer, service_model().shape_for("SubmitJobResponse"), _from_api))


def sync_result(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's detail as a `.sync` task yields it: JobId, Status, Container, Attempts, ..."""
    return dict(_renamed(detail, service_model().shape_for("JobDetail"), _from_api))


def failure(detail: Mapping[str, Any]) -> tuple[str, str]:
    """Return error and cause of a `.sync` task whose job failed; the cause is the detail as JSON."""
    return TASK_FAILED, json.dumps(sync_result(detail), separators=(",", ":"))


def _renamed(value: object, shape: Shape, rename: Rename) -> Any:  # noqa: ANN401 - any JSON
    if shape.type_name == "structure" and isinstance(value, Mapping):
        names = {key: rename(key, shape.members) for key in value}
        return {names[key]: _renamed(item, shape.members[_camel(key)], rename) for key, item in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_renamed(item, shape.member, rename) for item in value]
    return value


def _to_api(key: str, members: Mapping[str, Any]) -> str:
    if _camel(key) not in members:
        raise ApiError(f'The field "{key}" is not supported by Step Functions')
    return _camel(key)


def _from_api(key: str, members: Mapping[str, Any]) -> str:  # noqa: ARG001 - the other direction needs them
    return key[:1].upper() + key[1:]


def _camel(key: str) -> str:
    return key[:1].lower() + key[1:]
