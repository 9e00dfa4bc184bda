"""What the service says of an expression that fails.

The two forms, with a code and without, as measured: https://github.com/floci-io/floci/issues/2736
"""

from __future__ import annotations

import re

from batchyard.asl.data.refused import Refused
from batchyard.asl.data.text import dump
from batchyard.asl.errors import QueryError, StatesError
from batchyard.errors import BatchyardError

TOO_DEEP = (
    "Stack overflow error: Check for non-terminating recursive function. "
    "Consider rewriting as tail-recursive."
)
TOO_LONG = "Expression evaluation timeout: Check for infinite loop"
TOO_LARGE = "Expression evaluation memory limit exceeded: Check for excessive memory usage"
_INSERT = re.compile(r"\{\{\{\w+\}\}\}|\{\{\w+\}\}")


class Exceeded(RuntimeError):
    """An expression needs more than the service gives it."""


def query_error(text: str, location: str, error: Exception) -> QueryError:
    """Return the error of a state whose expression failed."""
    return QueryError(
        f"The JSONata expression '{text}' specified for the field '{location}' threw an error during "
        f"evaluation{_reason(error)}",
        location,
    )


def _reason(error: Exception) -> str:
    code = getattr(error, "error", None)
    if isinstance(code, str) and not isinstance(error, Refused | StatesError):
        return f". {code}: {_message(error, code)}"
    if isinstance(error, BatchyardError):
        return f": {error.what}"
    if isinstance(error, RecursionError):
        return f": {TOO_DEEP}"
    if isinstance(error, ZeroDivisionError | OverflowError):
        return ". D1001: Number out of range: Infinity"
    if isinstance(error, ValueError) and "could not convert string to float" in str(error):
        value = str(error).partition(": ")[2].strip("'\"")
        return f". D3030: Unable to cast value to a number: {dump(value)}"
    return f": {error}"


def _message(error: Exception, code: str) -> str:
    from jsonata.jexception import JException

    template = JException.error_codes.get(code)
    if template is None:
        return str(error)
    # The library's texts came by replacing that word in those of the reference implementation.
    template = re.sub(r"\bObject\b", "function", template)
    values = iter([getattr(error, name, None) for name in ("current", "expected", "extra")])

    def insert(found: re.Match[str]) -> str:
        value = next(values, None)
        if found.group().startswith("{{{"):
            return str(value)
        return dump(value) if isinstance(value, str | int | float | list | dict | None) else str(value)

    return _INSERT.sub(insert, template)
