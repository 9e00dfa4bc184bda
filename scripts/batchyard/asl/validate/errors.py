"""Retry and Catch.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from batchyard.asl import errors as names
from batchyard.asl.states import State
from batchyard.asl.validate import fields, paths, templates, values
from batchyard.asl.validate.diagnostics import Kind, Report
from batchyard.asl.walk import Json, pointer

MAX_ATTEMPTS = 99_999_999
MAX_DELAY = 31_622_400
JITTER = ("NONE", "FULL")
_RETRY = frozenset(
    [
        *("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds"),
        *("JitterStrategy", "Comment"),
    ]
)
_CATCH = frozenset(["ErrorEquals", "Next", "ResultPath", "Output", "Assign", "Comment"])
_IN_RETRY: dict[str, values.Check] = {
    # The service takes 0 here, though its pages speak of a positive number.
    "IntervalSeconds": values.integer(0, values.MAX_SECONDS, about="retry", dynamic=False),
    "MaxAttempts": values.integer(0, MAX_ATTEMPTS, about="retry", dynamic=False),
    "BackoffRate": values.decimal(1.0, about="retry", dynamic=False),
    "MaxDelaySeconds": values.integer(1, MAX_DELAY, about="retry", dynamic=False),
    "JitterStrategy": values.one_of(JITTER, about="retry"),
    "Comment": values.of_type(str),
}
_IN_CATCH: dict[str, values.Check] = {
    "Next": values.of_type(str, "target"),
    "ResultPath": paths.result_path,
    "Assign": templates.assign,
    "Comment": values.of_type(str),
}


def retry(report: Report, state: State, path: str, value: object) -> None:
    """Check the Retry of a state."""
    for at, entry in _entries(report, path, value, "retry"):
        fields.known(report, state, entry.keys(), _RETRY, at)
        fields.required(report, entry.keys(), ["ErrorEquals"], at, "error-names")
        values.each(report, state, at, entry, _IN_RETRY)
        delay, interval = entry.get("MaxDelaySeconds"), entry.get("IntervalSeconds", 1)
        if isinstance(delay, int) and isinstance(interval, int) and 1 <= delay <= interval:
            message = "'MaxDelaySeconds' must be greater than 'IntervalSeconds'"
            report.error("retry", message, pointer(at, "MaxDelaySeconds"))
    _names(report, path, value)


def catch(report: Report, state: State, path: str, value: object) -> None:
    """Check the Catch of a state."""
    for at, entry in _entries(report, path, value, "value"):
        fields.known(report, state, entry.keys(), _CATCH, at)
        fields.required(report, entry.keys(), ["ErrorEquals"], at, "error-names")
        fields.required(report, entry.keys(), ["Next"], at)
        values.each(report, state, at, entry, _IN_CATCH)
    _names(report, path, value)


def _entries(report: Report, path: str, value: object, about: Kind) -> list[tuple[str, Json]]:
    if not isinstance(value, list):
        report.error(about, "Expected value of type Array", path)
        return []
    found = []
    for index, entry in enumerate(value):
        if isinstance(entry, dict):
            found.append((pointer(path, index), entry))
        else:
            report.error(about, "Expected value of type Object", pointer(path, index))
    return found


def _names(report: Report, path: str, entries: object) -> None:
    """Check what ErrorEquals lists: `States.ALL` stands alone, and in the last entry."""
    last = len(entries) - 1 if isinstance(entries, list) else 0
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        listed = entry.get("ErrorEquals", []) if isinstance(entry, dict) else []
        at = pointer(path, index, "ErrorEquals")
        if not isinstance(listed, list):
            report.error("error-names", "Expected value of type Array", at)
            continue
        if not listed and isinstance(entry, dict) and "ErrorEquals" in entry:
            report.error("error-names", "Value cannot be empty", at)
        for number, name in enumerate(listed):
            if not isinstance(name, str):
                report.error("error-names", "Expected value of type String", pointer(at, number))
            elif name == names.ALL and (len(listed) > 1 or index < last):
                message = "States.ALL must appear alone and at end of list"
                report.error("error-all", message, pointer(at, number))
