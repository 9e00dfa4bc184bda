"""Numbers that a state takes as written, from a path, or from an expression: TimeoutSeconds and its like.

The wording as recorded: https://github.com/localstack/localstack, test_base_scenarios.snapshot.json
"""

from __future__ import annotations

import re
from collections.abc import Callable

from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.reading import value_reader
from batchyard.asl.data.text import dump
from batchyard.asl.errors import RUNTIME, StatesError
from batchyard.asl.walk import Json

Number = Callable[[Value, Environment], float]

# What TimeoutSeconds and HeartbeatSeconds may be at most, both of which are positive, and a Wait's Seconds.
# https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
# https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
MAX_SECONDS = 99_999_999
_LEAST = {"TimeoutSeconds": 1, "HeartbeatSeconds": 1}
_PERCENTAGE = "ToleratedFailurePercentage"
_DECIMAL = re.compile(r"-?\d{1,18}\.\d{1,18}", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)


def path_number(body: Json, field: str) -> Number | None:
    """Return a function that reads the number under a field or its `Path`; None if neither is there."""
    if field in body:
        constant = body[field]
        return lambda _, __: within(field, constant, str(constant))
    path = body.get(f"{field}Path")
    if path is None:
        return None
    read = value_reader(path)
    return lambda value, env: within(field, read(value, env), str(path), "Path")


def within(field: str, value: Value, source: str, suffix: str = "") -> float:
    """Return a number if the field takes it.

    Args:
        source: where it comes from: a path, or the text as written.
        suffix: `Path` if it was read at a path.

    Raises:
        StatesError: it takes it not.
    """
    number = _number(field, value)
    if number is None:
        shown = value if isinstance(value, str) else dump(value)
        kind = "float" if field == _PERCENTAGE else "integer"
        cause = f'The {field}{suffix} field refers to value "{shown}" which is not a valid {kind}: {source}'
        raise StatesError(RUNTIME, cause)
    if wrong := _out_of_bounds(field, number):
        raise StatesError(RUNTIME, wrong)
    return number


def _out_of_bounds(field: str, number: float) -> str | None:
    if field == _PERCENTAGE:
        return None if 0 <= number <= 100 else "ToleratedFailurePercentage must be between 0 and 100."
    if field == "ToleratedFailureCount":
        return None if number >= 0 else "ToleratedFailureCount cannot be negative."
    if number < _LEAST.get(field, 0):
        kind = "positive" if field in _LEAST else "non-negative"
        return f"Expected {kind} integer for {field}, got '{dump(number)}' instead."
    if field in _LEAST and number > MAX_SECONDS:
        return f"Expected an integer of at most {MAX_SECONDS} for {field}, got '{dump(number)}' instead."
    return None


def _number(field: str, value: Value) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, str) and field == _PERCENTAGE and _DECIMAL.fullmatch(value):
        return float(value)
    if isinstance(value, float) and (value.is_integer() or field == _PERCENTAGE):
        return value if value == value else None
    return value if isinstance(value, int) else None
