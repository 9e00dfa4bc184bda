"""Fields that hold a path.

Sources: https://states-language.net/spec.html#ref-paths and
https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
"""

from __future__ import annotations

from batchyard.asl.states import State
from batchyard.asl.validate import syntax
from batchyard.asl.validate.diagnostics import Report

_NO_REFERENCE = "Value is not a Reference Path"


def path_or_null(report: Report, _: State, path: str, value: object) -> None:
    """Check a path that may name several nodes; null stands for none."""
    if value is not None and not syntax.is_path(value):
        report.error("path", "Value must be a valid JSONPath.", path)


def reference(report: Report, _: State, path: str, value: object) -> None:
    """Check a path that names at most one node of the input, the context object or a variable."""
    if not syntax.is_reference(value):
        report.error("path", _reason(value), path)


def own_reference(report: Report, _: State, path: str, value: object) -> None:
    """Check a reference path that may not lead into the context object."""
    if not syntax.is_reference(value) or str(value).startswith("$$"):
        report.error("path", _reason(value), path)


def result_path(report: Report, _: State, path: str, value: object) -> None:
    """Check where a result is put: a reference path into the input, or null."""
    if value is not None and not syntax.is_reference(value, within_input=True):
        report.error("path", _reason(value), path)


def path_or_function(report: Report, _: State, path: str, value: object) -> None:
    """Check a path for which an intrinsic function may stand."""
    if not syntax.is_reference(value) and not syntax.is_function(value):
        report.error("path", _reason(value), path)


def _reason(value: object) -> str:
    if not isinstance(value, str):
        return "Expected value of type String"
    return (
        _NO_REFERENCE if value.startswith("$") else f"{_NO_REFERENCE}: Reference path didn't start with '$'"
    )
