"""Lambda: a function's ARN as Resource, and `lambda:invoke`.

Errors: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from batchyard.asl.data.text import dump
from batchyard.asl.engine.tasks import TaskCall
from batchyard.local.tasks import calls, shapes
from batchyard.local.tasks.catalog import Target, target
from batchyard.local.tasks.failures import TaskError
from batchyard.local.tasks.handler import Handler

UNKNOWN = "Lambda.Unknown"


class Function(Handler):
    """Invokes a function; its exception is the task's error, its report of it the cause."""

    def begin(self, call: TaskCall, again: bool) -> Any:  # noqa: ANN401, ARG002
        found = target(call.call)
        if call.call.kind == "lambda":
            params = {"FunctionName": call.call.resource, "Payload": dump(call.arguments).encode()}
            return _payload(_invoked(self._calls.send(call, found, params), raw=True))
        params = _qualified(calls.prepare(call, found))
        answer = _invoked(self._calls.send(call, found, params), raw=False)
        return _result(answer, found)


def _qualified(params: dict[str, Any]) -> dict[str, Any]:
    """Return the request with its Qualifier in the name, where the emulator's IAM looks for it."""
    name, qualifier = params.get("FunctionName"), params.pop("Qualifier", None)
    if name and qualifier and not name.endswith(f":{qualifier}"):
        params["FunctionName"] = f"{name}:{qualifier}"
    return params


def _invoked(answer: Mapping[str, Any], *, raw: bool) -> dict[str, Any]:
    """Return an Invoke's answer with its payload as text, or raise what the function has raised."""
    told = {**answer, "Payload": shapes.text(answer["Payload"]) if "Payload" in answer else ""}
    if "FunctionError" in answer:
        raise failure(told["Payload"], raw=raw)
    return told


def _result(answer: Mapping[str, Any], found: Target) -> dict[str, Any]:
    result = calls.finish({key: value for key, value in answer.items() if key != "Payload"}, found)
    if answer["Payload"]:
        result["Payload"] = _payload(answer)
    return dict(sorted(result.items()))


def _payload(answer: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(answer["Payload"] or "null")
    except ValueError:
        return answer["Payload"]


def failure(payload: str, *, raw: bool) -> TaskError:
    """Return the failure of a task whose function failed.

    Args:
        payload: the function's report.
        raw: the cause is the report as it came (function as Resource), else compact JSON of it (`invoke`), as
            recorded executions show.
    """
    try:
        report = json.loads(payload)
    except ValueError:
        report = None
    kind = report.get("errorType") if isinstance(report, dict) else None
    if not kind:
        cause = "The cause could not be determined because Lambda did not return an error type."
        return TaskError(UNKNOWN, f"{cause} Returned payload: {payload}")
    return TaskError(str(kind), payload if raw else dump(report))
