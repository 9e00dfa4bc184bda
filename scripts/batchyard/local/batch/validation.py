"""Requests checked against the API's published model."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from batchyard.local.batch.errors import ApiError
from batchyard.local.shapes import Checks, Fault, Shape

Check = Callable[[Any, str], None]

# The service takes these two without regard to case, and gives them back as they were sent.
_ANY_CASE = frozenset({"RetryAction", "JobDefinitionType"})


@dataclass(frozen=True)
class Operation:
    """An operation of the API: its name and the check of its request."""

    name: str
    check: Check


@functools.cache
def service_model() -> Shape:
    """Return botocore's model of Batch; loaded at the first request, not at import."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("batch", "service-2"))


@functools.cache
def operations() -> dict[tuple[str, str], Operation]:
    """Return every operation by (method, path template), such as ("POST", "/v1/submitjob")."""
    model = service_model()
    checks = Checks(_mistyped, _ANY_CASE)
    found: dict[tuple[str, str], Operation] = {}
    for name in model.operation_names:
        operation = model.operation_model(name)
        key = operation.http["method"], operation.http["requestUri"]
        found[key] = Operation(name, _check(checks, operation.input_shape))
    return found


def _check(checks: Checks, shape: Shape) -> Check:
    note = checks.of(shape)

    def check(value: object, path: str) -> None:
        faults: list[Fault] = []
        note(value, path, faults)
        if faults:
            raise _failed(faults[0])

    return check


def _mistyped(value: object, shape: Shape, path: str) -> ApiError:
    return _failed(Fault(path, str(value), f"Member must be of type {shape.type_name}"))


def _failed(fault: Fault) -> ApiError:
    return ApiError(f"1 validation error detected: {fault}")
