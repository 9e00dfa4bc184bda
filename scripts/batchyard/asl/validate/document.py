"""The shape of a definition and of the scopes inside it.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html and
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (names of 80 characters)
"""

from __future__ import annotations

from batchyard.asl.states import STATE_TYPES, Scope
from batchyard.asl.validate import state as states
from batchyard.asl.validate.diagnostics import Report, listed
from batchyard.asl.validate.values import MAX_SECONDS
from batchyard.asl.walk import pointer

MAX_NAME = 80
LANGUAGES = ("JSONPath", "JSONata")
_OWN = frozenset(["StartAt", "States", "Comment"])
_FIELDS = {
    "machine": _OWN | {"Version", "TimeoutSeconds", "QueryLanguage"},
    "branch": _OWN,
    "item": _OWN | {"ProcessorConfig"},
}
_VERSIONS = ("1.0",)


def check(report: Report) -> bool:
    """Check everything but transitions; say whether there is a document at all."""
    machine = report.machine
    if not isinstance(machine.document, dict):
        report.nowhere("shape", "SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object")
        return False
    _top(report)
    for scope in machine.scopes:
        _scope(report, scope)
    return True


def _top(report: Report) -> None:
    body = report.machine.body
    language = body.get("QueryLanguage", "JSONPath")
    if language not in LANGUAGES:
        message = f"Value should be one of the following: {listed(LANGUAGES)}"
        report.error("query-language", message, "/QueryLanguage")
    if body.get("Version", "1.0") not in _VERSIONS:
        report.error("value", f"Value should be one of the following: {listed(_VERSIONS)}", "/Version")
    seconds = body.get("TimeoutSeconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        report.error("seconds", "Expected value of type Integer", "/TimeoutSeconds")
    elif seconds < 0:
        report.error("seconds", "Minimum value is 0", "/TimeoutSeconds")
    elif seconds > MAX_SECONDS:
        report.error("seconds", f"Maximum value is {MAX_SECONDS}", "/TimeoutSeconds")


def _scope(report: Report, scope: Scope) -> None:
    for name in scope.body:
        if name not in _FIELDS[scope.kind]:
            at = scope.path
            report.error("field", f"Field '{name}' is not supported", pointer(at, name), at=at)
    missing = [name for name in ("States", "StartAt") if name not in scope.body]
    if missing:
        report.error("shape", f"These fields are required: {listed(missing)}", scope.path)
    if "StartAt" in scope.body and not isinstance(scope.start, str):
        report.error("shape", "Expected value of type String", pointer(scope.path, "StartAt"))
    if not isinstance(scope.body.get("Comment", ""), str):
        report.error("value", "Expected value of type String", pointer(scope.path, "Comment"))
    if "States" in scope.body:
        _states(report, scope)


def _states(report: Report, scope: Scope) -> None:
    path, found = pointer(scope.path, "States"), scope.body["States"]
    if not isinstance(found, dict):
        report.error("shape", "Expected value of type Object", path)
        return
    if not found:
        report.error("shape", "Value cannot be empty", path)
    for name, body in found.items():
        at = pointer(path, name)
        if not 1 <= len(name) <= MAX_NAME:
            what = f"exceeds the {MAX_NAME}-character limit allowed by the service" if name else "is empty"
            report.error("name", f"State name '{name}' {what}", at, code="INVALID_STATE_NAME")
        if not isinstance(body, dict):
            report.error("shape", "Expected value of type Object", at)
    for state in scope.states:
        if "Type" not in state.body:
            report.error("shape", "These fields are required: [Type]", state.path)
        elif state.type not in STATE_TYPES:
            message = f"Value should be one of the following: {listed(sorted(STATE_TYPES))}"
            report.error("type-name", message, pointer(state.path, "Type"))
        else:
            states.check(report, state)
