"""Requests checked against the API's published model."""

from __future__ import annotations

import functools
from typing import Any

from batchyard.local.shapes import Check, Checks, Fault, Shape
from batchyard.local.states.api_errors import ApiError, invalid

Json = dict[str, Any]
# "Length constraints apply to the payload size, and are expressed as bytes in UTF-8 encoding."
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
_IN_BYTES = frozenset(["SensitiveData", "SensitiveDataJobInput"])
_TOKENS = {bool: "VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE", str: "STRING_VALUE"}
_TYPES = {
    "string": "a String",
    "integer": "an Integer",
    "long": "a Long",
    "float": "a Float",
    "double": "a Double",
    "boolean": "a Boolean",
}


@functools.cache
def _model() -> Shape:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("stepfunctions", "service-2"))


@functools.cache
def _checks() -> dict[str, Check]:
    checks = Checks(_mistyped, in_bytes=_IN_BYTES)
    model = _model()
    return {name: checks.of(model.operation_model(name).input_shape) for name in model.operation_names}


def check(operation: str, request: Json) -> None:
    """Check a request, all its members at once; what the model does not know is ignored.

    Raises:
        ApiError: UnknownOperationException, ValidationException, SerializationException.
    """
    found = _checks().get(operation)
    if found is None:
        raise ApiError("UnknownOperationException", f"The operation {operation} is not known.")
    faults: list[Fault] = []
    found(request, "", faults)
    if faults:
        number = "1 validation error" if len(faults) == 1 else f"{len(faults)} validation errors"
        raise invalid(f"{number} detected: {'; '.join(map(str, faults))}")


def _mistyped(value: object, shape: Shape, _: str) -> ApiError:
    if isinstance(value, dict):
        message = "Start of structure or map found where not expected."
    elif isinstance(value, list):
        message = "Start of list found where not expected"
    elif shape.type_name not in _TYPES or value is None:
        message = "Unexpected field type"
    else:
        token = str(value).upper() + "_VALUE" if isinstance(value, bool) else _TOKENS[type(value)]
        message = f"{token} can not be converted to {_TYPES[shape.type_name]}"
    return ApiError("SerializationException", message)
