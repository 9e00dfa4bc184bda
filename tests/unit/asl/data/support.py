"""States and environments for tests of the data flow."""

from __future__ import annotations

import random
from typing import Any

from batchyard.asl import data
from batchyard.asl.data.interface import Environment, Finish, StateData
from batchyard.asl.errors import StatesError
from batchyard.asl.model import State, read

NOW = 1_700_000_000.5
CONTEXT = {"Execution": {"Id": "arn:e", "Input": {"q": 1}}, "State": {"Name": "S", "RetryCount": 0}}


def environment(**variables: Any) -> Environment:
    return Environment(lambda: dict(CONTEXT), variables, random.Random(1), NOW)


def state(body: dict[str, Any], language: str = "JSONPath") -> State:
    return read({"QueryLanguage": language, "StartAt": "S", "States": {"S": body}}).scope.states[0]


def flow(body: dict[str, Any], language: str = "JSONPath") -> StateData:
    return data.compile(state(body, language))


def finish(body: dict[str, Any], raw: Any, result: Any, **variables: Any) -> Finish:
    return flow(body).finish(raw, result, environment(**variables))


def filled(template: Any, raw: Any, **variables: Any) -> Any:
    """Return a payload template filled from an input."""
    return flow({"Type": "Task", "Parameters": template}).arguments(raw, environment(**variables))


def intrinsic(call: str, raw: Any = None, **variables: Any) -> Any:
    """Return what a call of an intrinsic function gives."""
    return filled({"v.$": call}, {} if raw is None else raw, **variables)["v"]


def output(expression: Any, raw: Any = None, **variables: Any) -> Any:
    """Return what Output makes of a value with JSONata in it."""
    body = {"Type": "Pass", "Output": expression}
    return flow(body, "JSONata").finish(raw, raw, environment(**variables)).output


def evaluated(text: str, raw: Any = None, **variables: Any) -> Any:
    """Return what a JSONata expression gives, which stands under `v` of an Output."""
    return output({"v": "{% " + text + " %}"}, raw, **variables)["v"]


def failure(error: StatesError) -> tuple[str | None, str | None]:
    return error.error, error.cause
