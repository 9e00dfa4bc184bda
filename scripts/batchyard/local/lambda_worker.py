"""What the worker process of a function tells of a failure, in the words of Lambda's Python runtime.

The text of this module is put into the worker's script, where `run` is the worker: it needs nothing but the
standard library. `run` writes one JSON line per answer, with a `status`; what it says of a failure is an
exception's text alone, so `Answers` takes the place of `json` there and says the rest.

Source of the names: https://github.com/aws/aws-lambda-python-runtime-interface-client (bootstrap.py);
https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from json import dumps as _dumps
from json import loads as _loads
from typing import Any

MARK = "batchyard-failure:"
TASK_ROOT = "/var/task"


class Unserializable(Exception):
    """The handler's result is not JSON."""


class Answers:
    """The `json` of the worker: errors are told whole."""

    loads = staticmethod(_loads)

    @staticmethod
    def dumps(answer: dict[str, Any]) -> str:
        error = sys.exc_info()[1]
        if error is not None and answer.get("status") == "error":
            answer = {**answer, "error": MARK + _dumps(told(error, sys._getframe(1).f_locals))}
        try:
            return _dumps(answer)
        except (TypeError, ValueError) as error:
            raise Unserializable(str(error)) from error


def told(error: BaseException, around: dict[str, Any]) -> dict[str, Any]:
    """Return a failure as the runtime reports it.

    Args:
        error: the exception.
        around: the worker's local variables.
    """
    envelope = around.get("_ms_ctx")
    kind, message, stack = type(error).__name__, str(error), frames(error, around.get("code_dir", ""))
    module, handler = around.get("module_name"), around.get("handler_name")
    if isinstance(error, Unserializable):
        kind, message, stack = "Runtime.MarshalError", f"Unable to marshal response: {error}", []
    elif envelope is None and isinstance(error, ImportError):
        kind, message, stack = "Runtime.ImportModuleError", f"Unable to import module '{module}': {error}", []
    elif envelope is None and isinstance(error, SyntaxError):
        kind, message = "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}"
        stack = [f'  File "{TASK_ROOT}/{module}.py" Line {error.lineno}\n    {(error.text or "").strip()}\n']
    elif envelope is None and isinstance(error, AttributeError) and not stack:
        kind, message = "Runtime.HandlerNotFound", f"Handler '{handler}' missing on module '{module}'"
    request = (envelope or {}).get("request_id", "")
    return {"errorMessage": message, "errorType": kind, "requestId": request, "stackTrace": stack}


def frames(error: BaseException, code_dir: str) -> list[str]:
    """Return the function's own frames, with the folder that its code has on AWS."""
    found = traceback.extract_tb(error.__traceback__)
    while found and found[0].filename == __file__:
        del found[0]
    lines = traceback.format_list([each for each in found if "importlib" not in each.filename])
    return [line.replace(code_dir, TASK_ROOT) if code_dir else line for line in lines]


def serve(run: Callable[[], None]) -> None:
    """Run the worker; a handler that ends the process is told of before it ends."""
    try:
        run()
    except SystemExit as stop:
        status = 0 if stop.code is None else stop.code if isinstance(stop.code, int) else 1
        reason = f"Runtime exited with error: exit status {status}" if status else ""
        failure = {"errorMessage": reason, "errorType": "Runtime.ExitError"}
        real = sys.__stdout__ or sys.stdout
        real.write(_dumps({"status": "error", "error": MARK + _dumps(failure)}) + "\n")
        real.flush()
        raise
