"""Mocked results of tasks held against the API's model, as TestState does it.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_MockInput.html: STRICT wants all required
fields and right values, PRESENT right values where there are any, NONE nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from batchyard.asl.model import State
from batchyard.asl.resource import Integration

_SCALARS: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "a string"),
    "character": ((str,), "a string"),
    "timestamp": ((str,), "a string"),
    "blob": ((str,), "a string"),
    "integer": ((int, float), "a number"),
    "long": ((int, float), "a number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "boolean": ((bool,), "a boolean"),
}
# Services whose name in a Resource is not the one of their API's model.
_MODELS = {"states": "stepfunctions", "sfn": "stepfunctions", "eventbridge": "events"}
# What `.sync` polls with, and the member that holds one thing of several.
_POLLED = {
    ("batch", "submitJob"): ("DescribeJobs", "jobs"),
    ("ecs", "runTask"): ("DescribeTasks", "tasks"),
    ("states", "startExecution"): ("DescribeExecution", ""),
    ("codebuild", "startBuild"): ("BatchGetBuilds", "builds"),
    ("glue", "startJobRun"): ("GetJobRun", "JobRun"),
    ("athena", "startQueryExecution"): ("GetQueryExecution", ""),
}


def shape_problem(state: State, result: object) -> str | None:
    """Return what is wrong with a mocked result of a Map or Parallel, in the service's words, or None."""
    if state.type == "Map" and "ResultWriter" in state.body:
        return None if isinstance(result, dict) else "Mocked result must be a JSON object."
    if state.type in ("Map", "Parallel") and not isinstance(result, list):
        return "Mocked result must be an array."
    if isinstance(result, list) and state.type == "Parallel" and len(result) != len(state.children):
        return "Mocked result must contain the same number of items as number of Parallel branches."
    return None


def model_problem(call: Integration, result: object, mode: str) -> str | None:
    """Return how a mocked result of a Task breaks the API's model, in the service's words, or None.

    Args:
        mode: STRICT, PRESENT or NONE.
    """
    shape = None if mode == "NONE" else _shape(call)
    if shape is None:
        return None
    found = next(_problems(shape, result, "", mode == "STRICT", call.service), None)
    return f"Mock result schema validation error: {found}" if found else None


def _shape(call: Integration) -> Any:  # noqa: ANN401 - botocore's
    """Return the shape of what a task answers with, or None for what no model describes."""
    if call.kind in ("lambda", "activity") or call.pattern == "waitForTaskToken":
        return None
    if call.pattern == "request":
        return _output(call.service, call.action)
    operation, member = _POLLED.get((call.service, call.action), ("", ""))
    shape = _output(call.service, operation) if operation else None
    if shape is None or not member:
        return shape
    held = shape.members[member]
    return held.member if held.type_name == "list" else held


@cache
def _output(service: str, action: str) -> Any:  # noqa: ANN401
    import botocore.session
    from botocore.exceptions import UnknownServiceError

    try:
        model = botocore.session.get_session().get_service_model(_MODELS.get(service, service))
    except UnknownServiceError:
        return None
    by_name = {name.lower(): name for name in model.operation_names}
    name = by_name.get(action.lower())
    return model.operation_model(name).output_shape if name else None


def _problems(shape: Any, value: object, field: str, strict: bool, service: str) -> Iterator[str]:  # noqa: ANN401
    if value is None:
        return
    if shape.type_name == "structure":
        yield from _of_structure(shape, value, field, strict, service)
    elif shape.type_name == "list":
        if not isinstance(value, list):
            yield f"Field '{field}' must be an array"
            return
        for item in value:
            yield from _problems(shape.member, item, field, strict, service)
    elif shape.type_name == "map":
        if not isinstance(value, dict):
            yield f"Field '{field}' must be an object"
            return
        for item in value.values():
            yield from _problems(shape.value, item, field, strict, service)
    else:
        yield from _of_scalar(shape, value, field)


def _of_structure(shape: Any, value: object, field: str, strict: bool, service: str) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(value, dict):
        yield f"Field '{field}' must be an object" if field else "Mock result must be a JSON object"
        return
    members = {_pascal(name): (name, member) for name, member in shape.members.items()}
    for shown, (name, member) in members.items():
        if shown in value:
            # A function's payload is a blob to the API, and any JSON value to a state machine.
            if (service, shown) != ("lambda", "Payload"):
                yield from _problems(member, value[shown], shown, strict, service)
        elif strict and name in shape.required_members:
            yield f"Required field '{shown}' is missing"


def _of_scalar(shape: Any, value: Any, field: str) -> Iterator[str]:  # noqa: ANN401
    kinds, words = _SCALARS[shape.type_name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        yield f"Field '{field}' must be {words}"
        return
    facts = shape.metadata
    if "enum" in facts and value not in facts["enum"]:
        yield f"Field '{field}' is not an expected value"
    text = isinstance(value, str)
    size = len(value) if isinstance(value, str) else value
    if "min" in facts and size < facts["min"]:
        least = "smaller than the minimum length" if text else "less than the minimum value"
        yield f"Field '{field}' is {least}"
    if "max" in facts and size > facts["max"]:
        yield f"Field '{field}' exceeds the maximum {'length' if text else 'value'}"


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]
