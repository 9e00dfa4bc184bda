"""A Task: what it calls, with which credentials, and how long it may take.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html and
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
"""

from __future__ import annotations

import re

from batchyard.asl.states import State
from batchyard.asl.validate import values
from batchyard.asl.validate.diagnostics import Report
from batchyard.asl.validate.integrations import exists
from batchyard.asl.walk import pointer

_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.DOTALL)


def check(report: Report, state: State) -> None:
    """Check what only a Task has."""
    resource = state.body.get("Resource")
    if isinstance(resource, str):
        _resource(report, state, resource)
    _credentials(report, state)
    timeout, heartbeat = state.body.get("TimeoutSeconds"), state.body.get("HeartbeatSeconds")
    if _whole(timeout) and _whole(heartbeat) and heartbeat >= timeout:  # type: ignore[operator]
        message = "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'"
        report.error("seconds", message, pointer(state.path, "HeartbeatSeconds"))


def _resource(report: Report, state: State, resource: str) -> None:
    path, call = pointer(state.path, "Resource"), state.call
    if not _ARN.fullmatch(resource):
        report.error("resource", "Value is not a valid resource ARN", path)
    elif call is None or not exists(call):
        message = (
            f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or "
            "the resource is not available in this region."
        )
        report.error("resource", message, path)
    elif state.scope.express and call.kind == "activity":
        report.error("express", "Express state machine does not support Activity ARN", path)
    elif state.scope.express and call.pattern != "request":
        # The space at the end is the service's.
        message = f"Express state machine does not support '.{call.pattern}' service integration "
        report.error("express", message, path)


def _credentials(report: Report, state: State) -> None:
    if "Credentials" not in state.body:
        return
    path, found = pointer(state.path, "Credentials"), state.body["Credentials"]
    if state.call is not None and state.call.kind == "activity":
        report.error("field", "The field 'Credentials' is not supported for activities", path)
    elif values.expression(state, found):
        return
    elif not isinstance(found, dict):
        report.error("value", "Expected value of type Object", path)
    elif "RoleArn" not in found and (state.jsonata or "RoleArn.$" not in found):
        report.error("required", "The field 'RoleArn' is required but was missing", path)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
