"""Paths of fields such as InputPath, with what the service says of those that lead nowhere."""

from __future__ import annotations

from batchyard.asl.data import intrinsics, jsonpath
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.reference import Missing, Read
from batchyard.asl.errors import RUNTIME, StatesError

NOTHING_TO_PATH = "Unable to apply Path transformation to null or empty input."


def path_reader(path: object) -> Read:
    """Return a function that reads at a path, which raises Missing; one that is no path leads nowhere."""
    try:
        return jsonpath.compile_path(path if isinstance(path, str) else "")
    except ValueError as error:
        reason = str(error)

        def missing(_: Value, __: Environment) -> Value:
            raise Missing(reason)

        return missing


def selector(path: object) -> Read | None:
    """Return a function for InputPath or OutputPath: None for `$`, an empty object for null.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
    """
    if path == "$":
        return None
    if path is None:
        return lambda _, __: {}
    read, own = path_reader(path), isinstance(path, str) and path.startswith(("$.", "$["))

    def select(value: Value, env: Environment) -> Value:
        if value is None and own:
            raise StatesError(RUNTIME, NOTHING_TO_PATH)
        try:
            return read(value, env)
        except Missing as error:
            raise StatesError(RUNTIME, f"Invalid path '{path}': {error.what}") from error

    return select


def value_reader(text: object) -> Read:
    """Return a function for a field that takes a path or an intrinsic function, such as ErrorPath."""
    if isinstance(text, str) and intrinsics.is_call(text):
        return call_reader(text)
    return selector(text) or (lambda value, _: value)


def call_reader(text: str) -> Read:
    """Return a function that runs a call of an intrinsic function; one that is no call fails the state."""
    try:
        return intrinsics.compile_call(text)
    except ValueError as error:
        cause = f"The function '{text}' is not valid: {error}"

        def refuse(_: Value, __: Environment) -> Value:
            raise StatesError(RUNTIME, cause)

        return refuse
