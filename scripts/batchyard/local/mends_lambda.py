"""Mend of Lambda: a handler's failure keeps its name, message and stack trace.

The emulator's worker tells of an exception by its text alone, and Invoke answers `Runtime.HandlerError` for
all of them, so that no Catch or Retry by error name could match.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from batchyard.local import lambda_worker, ministack

_RUNTIME = "core.lambda_runtime"
_SERVICE = "services.lambda_svc"
_CALL = "run()\n"
_NO_REASON = "Runtime exited without providing a reason"
# What the emulator says when its worker is gone, which a function can bring about by ending its process.
_GONE = ("Worker process died", "Worker process exited immediately", "Worker returned no response")
Result = dict[str, Any]


def install() -> None:
    """Mend the worker's script, and what is made of its answers."""
    ministack.wrap(_RUNTIME, "_detect_runtime_binary", _detect)
    ministack.wrap(_SERVICE, "_execute_function_warm", _execute)


def end_workers() -> None:
    """End the functions that run: the emulator would not stop before they do."""
    ministack.get(_RUNTIME, "reset")()


def script(original: str) -> str:
    """Return the worker's script with our telling of failures at its end."""
    body = original.rstrip().removesuffix(_CALL.strip())
    ours = (
        Path(lambda_worker.__file__)
        .read_text(encoding="utf-8")
        .replace("from __future__ import annotations\n", "")
    )
    return f"{body}\n{ours}\njson = Answers\nserve(run)\n"


def mended(result: Result, request_id: str) -> Result:
    """Return the result of an invocation with its failure as Lambda tells it.

    Args:
        result: of the emulator: `body`, and for a failure `error` and `log`.
        request_id: of the invocation.
    """
    body = result.get("body")
    if not result.get("error") or not isinstance(body, dict):
        return result
    message = str(body.get("errorMessage", ""))
    failure = _failure(message, str(body.get("errorType", "")), request_id)
    if failure is None:
        failure = _thrown(message, str(result.get("log", "")))
    if failure is None:
        return result
    before, marked, _ = str(result.get("log", "")).partition(lambda_worker.MARK)
    log = before if marked or result.get("log") else ""
    if marked or not log:
        log = f"{log}[ERROR] {failure['errorType']}: {failure['errorMessage']}\n"
    return {**result, "body": failure, "log": log}


def _thrown(message: str, log: str) -> dict[str, Any] | None:
    """Return the failure of a Node.js function, whose stack the emulator leaves in the log alone.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
    """
    found = re.search(rf"^(\w+): {re.escape(message)}(\n    at .*)+", log, re.MULTILINE)
    if found is None:
        return None
    return {"errorType": found[1], "errorMessage": message, "trace": found[0].splitlines()}


def _failure(message: str, kind: str, request_id: str) -> dict[str, Any] | None:
    _, marked, told = message.partition(lambda_worker.MARK)
    if marked:
        failure: dict[str, Any] = json.loads(told)
        if failure["errorType"] == "Runtime.ExitError":
            return _ended(failure["errorMessage"] or _NO_REASON, "Runtime.ExitError", request_id)
        return failure
    if message.startswith(_GONE):
        return _ended(_NO_REASON, "Runtime.ExitError", request_id)
    return _ended(message, kind, request_id) if kind == "Sandbox.Timedout" else None


def _ended(reason: str, kind: str, request_id: str) -> dict[str, Any]:
    return {"errorMessage": f"RequestId: {request_id} Error: {reason}", "errorType": kind}


def _detect(original: Callable[[str], tuple[str, str]]) -> Callable[[str], tuple[str, str]]:
    def detect(runtime: str) -> tuple[str, str]:
        binary, text = original(runtime)
        return binary, script(text) if runtime.startswith("python") else text

    return detect


def _execute(original: Callable[..., Result]) -> Callable[..., Result]:
    def execute(func: Result, event: Any, request_id: str) -> Result:  # noqa: ANN401 - any JSON
        return mended(original(func, event, request_id), request_id)

    return execute
