"""One state: its fields, and what each of them holds."""

from __future__ import annotations

from collections.abc import Callable

from batchyard.asl.states import State
from batchyard.asl.validate import choice, errors, fields, jsonata, maps, paths, task, templates, values
from batchyard.asl.validate.diagnostics import Report, listed
from batchyard.asl.validate.timestamps import timestamp
from batchyard.asl.validate.values import MAX_SECONDS
from batchyard.asl.walk import pointer

LANGUAGES = ("JSONPath", "JSONata")
_SECONDS = values.integer(1, MAX_SECONDS, about="seconds")
_CHECKS: dict[str, values.Check] = {
    "Comment": values.of_type(str),
    "Next": values.of_type(str, "target"),
    "End": values.of_type(bool, "end"),
    "Default": values.of_type(str, "target"),
    "Resource": values.of_type(str, "resource"),
    "Error": values.of_type(str),
    "Cause": values.of_type(str),
    "InputPath": paths.path_or_null,
    "OutputPath": paths.path_or_null,
    "ResultPath": paths.result_path,
    "ItemsPath": paths.reference,
    "SecondsPath": paths.reference,
    "TimestampPath": paths.reference,
    "TimeoutSecondsPath": paths.reference,
    "HeartbeatSecondsPath": paths.reference,
    "MaxConcurrencyPath": paths.reference,
    "ToleratedFailureCountPath": paths.reference,
    "ToleratedFailurePercentagePath": paths.reference,
    "ErrorPath": paths.path_or_function,
    "CausePath": paths.path_or_function,
    "Parameters": values.anything,
    "ResultSelector": values.of_type(dict),
    "ItemSelector": values.anything,
    "Arguments": values.computed(dict),
    "Assign": templates.assign,
    "Seconds": values.integer(0, MAX_SECONDS, about="seconds"),
    "Timestamp": timestamp,
    "TimeoutSeconds": _SECONDS,
    "HeartbeatSeconds": _SECONDS,
    "MaxConcurrency": values.integer(0),
    "ToleratedFailureCount": values.integer(0),
    "ToleratedFailurePercentage": values.decimal(0.0, 100.0),
    "Items": maps.items,
    "Retry": errors.retry,
    "Catch": errors.catch,
    "Choices": choice.choices,
}
_MORE: dict[str, Callable[[Report, State], None]] = {"Task": task.check, "Map": maps.check}


def check(report: Report, state: State) -> None:
    """Check a state whose type is known."""
    _language(report, state)
    fields.check(report, state)
    allowed = fields.FIELDS[state.type]
    own = {name: value for name, value in state.body.items() if name in allowed}
    values.each(report, state, state.path, own, _CHECKS)
    if state.type == "Parallel" and "Branches" in state.body:
        _branches(report, state, state.body["Branches"])
    if state.type in _MORE:
        _MORE[state.type](report, state)
    if state.jsonata:
        jsonata.check(report, state)
    else:
        templates.check(report, state)


def _language(report: Report, state: State) -> None:
    own = state.body.get("QueryLanguage", "JSONPath")
    if own not in LANGUAGES:
        path = pointer(state.path, "QueryLanguage")
        report.error("query-language", f"Value should be one of the following: {listed(LANGUAGES)}", path)
    elif report.machine.language == "JSONata" and state.body.get("QueryLanguage") == "JSONPath":
        message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        report.error("query-language", message, pointer(state.path, "QueryLanguage"), at=state.path)


def _branches(report: Report, state: State, branches: object) -> None:
    path = pointer(state.path, "Branches")
    if not isinstance(branches, list):
        report.error("container", "Expected value of type Array", path)
    elif not branches:
        report.error("container", "Value cannot be empty", path)
    else:
        for index, branch in enumerate(branches):
            if not isinstance(branch, dict):
                report.error("container", "Expected value of type Object", pointer(path, index))
