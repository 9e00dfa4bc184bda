"""JSONata expressions: `{% $states.input.name %}`, parsed once and evaluated with jsonata-python.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from batchyard.asl import expressions
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.jsonata_errors import query_error
from batchyard.asl.data.text import dump
from batchyard.asl.errors import QueryError


class _Undefined:
    """The value of an expression that gives nothing."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = _Undefined()


class _Unsupported:
    """The value of an expression that gives a function."""

    def __repr__(self) -> str:
        return "a function"


UNSUPPORTED = _Unsupported()


class View:
    """What an expression of a state sees: `$states` and the variables.

    Args:
        result: of `$states.result`; UNDEFINED where there is none.
        error: of `$states.errorOutput`; UNDEFINED outside of catchers.
    """

    __slots__ = ("env", "error", "input", "result")

    def __init__(
        self, raw: Value, env: Environment, result: Value = UNDEFINED, error: Value = UNDEFINED
    ) -> None:
        self.input, self.env, self.result, self.error = raw, env, result, error


Expression = Callable[[View], Value]


def source(value: object) -> str | None:
    """Return the JSONata of a text that is `{% ... %}` without anything around it, else None."""
    if isinstance(value, str) and value.startswith("{%") and value.endswith("%}") and len(value) > 3:
        return value[2:-2].strip()
    return None


def check(text: str) -> str | None:
    """Return why a text is no JSONata, or None.

    Args:
        text: with or without its delimiters.
    """
    inner = source(text)
    try:
        expressions.parse(text if inner is None else inner)
    except expressions.ExpressionError as error:
        return error.what
    return None


_NOTHING = "returned nothing (undefined)."
_FUNCTION = "returned an unsupported result type."


@lru_cache(maxsize=8192)
def compile_expression(text: str, location: str) -> Expression:
    """Return a function that evaluates an expression; it raises QueryError, also if it gives nothing.

    Args:
        text: JSONata without its delimiters.
        location: the field, as `Output/total` or `Choices[0]/Condition`.
    """
    evaluate = _compile(text)
    nothing = f"The JSONata expression '{text}' specified for the field '{location}' {_NOTHING}"

    def expression(view: View) -> Value:
        try:
            value = evaluate(view)
        except (*FAULTS, expressions.ExpressionError) as error:
            raise query_error(text, location, error) from error
        if value is UNDEFINED:
            raise QueryError(nothing, location)
        if value is UNSUPPORTED:
            raise QueryError(nothing.replace(_NOTHING, _FUNCTION), location)
        return value

    return expression


# What the library lets through beside its own JException, which is a RuntimeError.
FAULTS = (RuntimeError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError)


def _compile(text: str) -> Expression:
    """Return a function that evaluates an expression to a value or UNDEFINED; parsed at its first use."""
    compiled: list[Expression] = []

    def evaluate(view: View) -> Value:
        if not compiled:
            from batchyard.asl.data.jsonata_library import library

            compiled.append(library(text))
        return compiled[0](view)

    return evaluate


def unexpected(text: str, location: str, expected: str, value: Value) -> QueryError:
    """Return the error of an expression whose value is not of the type that its field takes."""
    return QueryError(
        f"The JSONata expression '{text}' specified for the field '{location}' returned an unexpected result "
        f"type. Expected '{expected}', but was '{kind(value)}' for value: {dump(value)}",
        location,
    )


def kind(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the name of a value's type in JSONata."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
