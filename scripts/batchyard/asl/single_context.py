"""The context object that a test of one state gives or is given."""

from __future__ import annotations

import uuid
from typing import Any

from batchyard.asl.model import State
from batchyard.asl.walk import Json

# Text unless it says otherwise; None: any value.
# https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
_FIELDS: dict[str, dict[str, type | None]] = {
    "Execution": {
        "Id": str,
        "Input": None,
        "Name": str,
        "RoleArn": str,
        "StartTime": str,
        "RedriveCount": int,
        "RedriveTime": str,
    },
    "State": {"EnteredTime": str, "Name": str, "RetryCount": int},
    "StateMachine": {"Id": str, "Name": str},
    "Task": {"Token": str},
}
_KINDS = {str: "a string", int: "a number"}


def check_context(context: object, state: State) -> str | None:
    """Return what is wrong with a mocked context object, in the service's words, or None."""
    if not isinstance(context, dict):
        return "it must be a JSON object"
    if "Map" in context:
        return "'Map' field is not supported when mocking a Context object"
    call = state.call
    waits = call is not None and (call.kind == "activity" or call.pattern != "request")
    if "Task" in context and not waits:
        return (
            "Context object contains 'Task' when state is not a Task state with a '.sync' or "
            "'.waitForTaskToken' service integration pattern"
        )
    return next((each for name, value in context.items() if (each := _check(name, value))), None)


def own_context(
    state: State,
    document: Any,  # noqa: ANN401 - any JSON value
    role_arn: str | None,
    account: str,
    region: str,
    now: str,
    retries: int,
) -> Json:
    """Return the context object of a test that mocks none.

    Args:
        document: the state's input, which is the execution's, too.
        now: as the service writes times.
    """
    machine, name = str(uuid.uuid4()), str(uuid.uuid4())
    about: Json = {"Name": state.name, "EnteredTime": now}
    if state.type in ("Task", "Map", "Parallel"):
        about["RetryCount"] = retries
    prefix = f"arn:aws:states:{region}:{account}"
    return {
        "Execution": {
            "Id": f"{prefix}:express:{machine}:{name}",
            "Input": document,
            "Name": name,
            "RoleArn": role_arn,
            "StartTime": now,
        },
        "StateMachine": {"Id": f"{prefix}:stateMachine:{machine}", "Name": machine},
        "State": about,
    }


def _check(name: str, value: object) -> str | None:
    fields = _FIELDS.get(name)
    if fields is None:
        return f"Field '{name}' is not allowed"
    if not isinstance(value, dict):
        return f"{name} must be an object"
    for key, item in value.items():
        if key not in fields:
            return f"Field '{key}' is not allowed"
        kind = fields[key]
        if kind is not None and (not isinstance(item, kind) or isinstance(item, bool)):
            return f"{name}.{key} must be {_KINDS[kind]}"
    return None
