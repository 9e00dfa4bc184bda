"""How long a Wait waits.

https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html; the wording as recorded in
https://github.com/localstack/localstack/blob/master/tests/aws/services/stepfunctions/v2/base/test_wait.snapshot.json
"""

from __future__ import annotations

from collections.abc import Callable

from batchyard.asl.data import timestamps
from batchyard.asl.data.interface import Environment, Pause, Value
from batchyard.asl.data.numbers import MAX_SECONDS
from batchyard.asl.data.reading import path_reader
from batchyard.asl.data.reference import Missing, Read
from batchyard.asl.data.text import dump
from batchyard.asl.errors import RUNTIME, StatesError
from batchyard.asl.walk import Json

INVALID_TIMESTAMP = (
    "The {} parameter does not reference a valid ISO-8601 extended offset date-time format string: {}"
)
PauseOf = Callable[[Value, Environment], Pause]
Make = Callable[[str, str, Value], Pause]


def path_pause(body: Json) -> PauseOf:
    """Return a function that reads a JSONPath Wait's pause."""
    for name, make in (("SecondsPath", _seconds), ("TimestampPath", _timestamp)):
        if name in body:
            return _from_path(str(body[name]), name, make)
    for name, make in (("Seconds", _seconds), ("Timestamp", _timestamp)):
        if name in body:
            return _constant(name, make, body[name])
    return lambda _, __: Pause(0, None)


def _constant(field: str, make: Make, value: Value) -> PauseOf:
    return lambda _, __: make(field, str(value), value)


def _from_path(path: str, field: str, make: Make) -> PauseOf:
    read: Read = path_reader(path)

    def found(value: Value, env: Environment) -> Pause:
        try:
            at = read(value, env)
        except Missing as error:
            raise StatesError(
                RUNTIME, f"The {field} parameter does not reference an input value: {path}"
            ) from error
        return make(field, path, at)

    return found


def _seconds(field: str, path: str, value: Value) -> Pause:
    shown = f"{path} == {value if isinstance(value, str) else dump(value)}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise StatesError(RUNTIME, f"The {field} parameter cannot be parsed as a long value: {shown}")
    if value < 0:
        raise StatesError(RUNTIME, f"The {field} parameter references a negative value: {shown}")
    if value > MAX_SECONDS:
        raise StatesError(RUNTIME, f"The {field} parameter references a value over {MAX_SECONDS}: {shown}")
    return Pause(value, None)


def _timestamp(field: str, path: str, value: Value) -> Pause:
    until = timestamps.seconds_of(value) if isinstance(value, str) else None
    if until is None:
        shown = f"{path} == {value if isinstance(value, str) else dump(value)}"
        raise StatesError(RUNTIME, INVALID_TIMESTAMP.format(field, shown))
    return Pause(None, until)
