"""A request of TestState, read and held against its rules.

Rules: https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html and
https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from batchyard.asl.model import Machine, State, read
from batchyard.asl.single_context import check_context
from batchyard.asl.walk import Json, as_dict

NAME = "StateName"  # of a state that is given alone, as the service names it in the context
_MOCKED = ("Task", "Map", "Parallel")
_COUNTS = ("retrierRetryCount", "mapIterationFailureCount")


class Refused(Exception):
    """A request that the service refuses.

    Args:
        code: ValidationException, InvalidDefinition or InvalidExecutionInput.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


@dataclass(frozen=True)
class Asked:
    """A request that is well-formed.

    Args:
        state: under test.
        given: the mocked result, as a list of none or one.
        failure: the mocked error's `{"error": ..., "cause": ...}`.
        counts: retrierRetryCount, mapIterationFailureCount.
        items: mapItemReaderData.
        context: the mocked context object; None for one of the service's own.
    """

    state: State
    input: Any
    variables: Json
    level: str
    given: list[Any]
    failure: Json | None
    mode: str
    context: Json | None
    counts: dict[str, int]
    items: str | None
    role_arn: str | None

    @property
    def mocked(self) -> bool:
        return bool(self.given) or self.failure is not None


def asked(request: Json) -> Asked:
    """Read a request.

    Raises:
        Refused: it breaks a rule.
    """
    state = _state(request)
    mock = as_dict(request.get("mock"))
    failure = mock.get("errorOutput")
    _check_mock(state, mock, request)
    context = _context(request, state, bool(mock))
    config = as_dict(request.get("stateConfiguration"))
    _check_cause(state, config.get("errorCausedByState"), failure)
    return Asked(
        state,
        _json(request.get("input", "{}"), "InvalidExecutionInput", "Invalid State Machine Execution Input"),
        _object(request.get("variables", "{}"), "variables"),
        request.get("inspectionLevel", "INFO"),
        [_json(mock["result"], "ValidationException", "Invalid mock result")] if "result" in mock else [],
        as_dict(failure) if failure is not None else None,
        mock.get("fieldValidationMode", "STRICT"),
        context,
        {name: int(config.get(name, 0)) for name in _COUNTS},
        config.get("mapItemReaderData"),
        request.get("roleArn"),
    )


def _state(request: Json) -> State:
    document = _json(request["definition"], "InvalidDefinition", "Invalid State Machine Definition")
    if not isinstance(document, dict):
        raise Refused("InvalidDefinition", "Invalid State Machine Definition: it is no JSON object")
    name = request.get("stateName")
    if name is None:
        if "Type" not in document:
            raise Refused("InvalidDefinition", "Invalid State Machine Definition: the state has no Type")
        return _named(read({"StartAt": NAME, "States": {NAME: document}}), NAME)
    return _named(read(document), name)


def _named(machine: Machine, name: str) -> State:
    for state in machine.states:
        if state.name == name:
            return state
    raise Refused("ValidationException", "State not found in definition")


def _check_mock(state: State, mock: Json, request: Json) -> None:
    if mock and state.type not in _MOCKED:
        raise Refused(
            "ValidationException", f"State type '{state.type}' is not supported when a mock is specified"
        )
    if "result" in mock and "errorOutput" in mock:
        message = "A test mock should have only one of the following fields: [result, errorOutput]."
        raise Refused("ValidationException", message)
    if mock and request.get("revealSecrets"):
        message = "TestState does not support RevealSecrets when a mock is specified."
        raise Refused("ValidationException", message)
    if not mock:
        _check_unmocked(state, request)


def _check_unmocked(state: State, request: Json) -> None:
    if state.type in ("Map", "Parallel"):
        raise Refused(
            "InvalidDefinition",
            "TestState API does not support Map or Parallel states. Supported state types include: "
            "[Task, Wait, Pass, Succeed, Fail, Choice]",
        )
    call = state.call
    if call is not None and (call.kind == "activity" or call.pattern != "request"):
        what = (
            "Activity tasks"
            if call.kind == "activity"
            else f"the .{call.pattern} service integration pattern"
        )
        raise Refused("InvalidDefinition", f"TestState API supports {what} only when a mock is specified")
    if state.type == "Task" and not request.get("roleArn"):
        raise Refused("ValidationException", "RoleArn must be specified when testing a Task state")


def _context(request: Json, state: State, mocked: bool) -> Json | None:
    text = request.get("context")
    if text is None:
        return None
    if not mocked:
        raise Refused("ValidationException", "Context can only be specified when a mock is specified")
    context = _json(text, "ValidationException", "Invalid Context object provided")
    problem = check_context(context, state)
    if problem:
        raise Refused("ValidationException", f"Invalid Context object provided: {problem}")
    return as_dict(context)


def _check_cause(state: State, name: object, failure: object) -> None:
    if name is None:
        return
    inside = {each.name for scope in _scopes_in(state) for each in scope}
    if failure is None or name not in inside:
        what = "needs a mocked error" if failure is None else f"names no state inside '{state.name}'"
        raise Refused("ValidationException", f"errorCausedByState {what}")


def _scopes_in(state: State) -> list[tuple[State, ...]]:
    found = [scope.states for scope in state.children]
    return found + [inner for states in found for each in states for inner in _scopes_in(each)]


def _object(text: str, member: str) -> Json:
    value = _json(text, "ValidationException", f"Invalid {member}")
    if not isinstance(value, dict):
        raise Refused("ValidationException", f"Invalid {member}: it must be a JSON object")
    return value


def _json(text: str, code: str, message: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused(code, f"{message}: {error}") from error
