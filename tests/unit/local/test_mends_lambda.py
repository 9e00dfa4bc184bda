"""What a function's worker tells of a failure, and what Invoke makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from batchyard.local import mends_lambda, ministack

# https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html, and the wording of
# https://github.com/aws/aws-lambda-python-runtime-interface-client
FAILURES = [
    ("class BadInput(ValueError): pass\ndef handler(e, c): raise BadInput('no')", "BadInput", "no"),
    ("import absent_module", "Runtime.ImportModuleError", "Unable to import module 'mod': No module named"),
    ("x = (", "Runtime.UserCodeSyntaxError", "Syntax error in module 'mod': '(' was never closed"),
    ("other = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'mod'"),
    ("{}['key']", "KeyError", "'key'"),
    ("def handler(e, c): return {1}", "Runtime.MarshalError", "Unable to marshal response: Object of type"),
    (
        "import sys\ndef handler(e, c): sys.exit(3)",
        "Runtime.ExitError",
        "RequestId: id-1 Error: Runtime exited with error: exit status 3",
    ),
    (
        "import os\ndef handler(e, c): os._exit(3)",
        "Runtime.ExitError",
        "RequestId: id-1 Error: Runtime exited without providing a reason",
    ),
]  # fmt: skip


def answer(folder: Path, source: str) -> dict[str, Any]:
    """Return the last line that a worker with our script writes for one invocation."""
    text = mends_lambda.script(ministack.module("core.lambda_runtime")._PYTHON_WORKER_SCRIPT)
    (folder / "code").mkdir()
    (folder / "code/mod.py").write_text(source)
    (folder / "worker.py").write_text(text)
    init = {"code_dir": str(folder / "code"), "module": "mod", "handler": "handler"}
    envelope = {"event": {"a": 1}, "ctx": {"request_id": "id-1"}}
    done = subprocess.run(
        [sys.executable, str(folder / "worker.py")],
        input=f"{json.dumps(init)}\n{json.dumps(envelope)}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if last["status"] == "ready":
        return {"status": "error", "error": "Worker process died"}
    return last


def executed(told: dict[str, Any]) -> dict[str, Any]:
    """Return what the emulator makes of it, mended."""
    body = {"errorMessage": told["error"], "errorType": "Runtime.HandlerError"}
    log = told.get("trace", told["error"])
    return mends_lambda.mended({"body": body, "error": True, "log": log}, "id-1")


@pytest.mark.parametrize(("source", "kind", "message"), FAILURES)
def test_a_failure_keeps_its_name(tmp_path: Path, source: str, kind: str, message: str) -> None:
    body = executed(answer(tmp_path, source))["body"]
    assert body["errorType"] == kind
    assert body["errorMessage"].startswith(message)


def test_a_stack_trace_is_the_functions_own(tmp_path: Path) -> None:
    """Recorded of a function that raises: the frames begin in the handler, below /var/task."""
    body = executed(answer(tmp_path, "def inner(): 1 / 0\ndef handler(e, c):\n    inner()\n"))["body"]
    assert [line.splitlines()[0] for line in body["stackTrace"]] == [
        '  File "/var/task/mod.py", line 3, in handler',
        '  File "/var/task/mod.py", line 1, in inner',
    ]
    assert (list(body), body["requestId"]) == (
        ["errorMessage", "errorType", "requestId", "stackTrace"],
        "id-1",
    )


def test_a_result_is_left_as_it_is(tmp_path: Path) -> None:
    assert answer(tmp_path, "def handler(e, c): return e") == {"status": "ok", "result": {"a": 1}}
    assert mends_lambda.mended({"body": {"errorMessage": "mine"}}, "id-1") == {
        "body": {"errorMessage": "mine"}
    }


def test_a_timeout_names_the_request() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html"""
    body = {"errorMessage": "Task timed out after 3.00 seconds", "errorType": "Sandbox.Timedout"}
    found = mends_lambda.mended({"body": body, "error": True, "log": "before\n"}, "id-1")
    assert found["body"] == {
        "errorMessage": "RequestId: id-1 Error: Task timed out after 3.00 seconds",
        "errorType": "Sandbox.Timedout",
    }
    assert found["log"] == "before\n"


def test_the_log_says_what_a_person_can_read(tmp_path: Path) -> None:
    log = executed(answer(tmp_path, "import absent"))["log"]
    assert (
        log == "[ERROR] Runtime.ImportModuleError: Unable to import module 'mod': No module named 'absent'\n"
    )


def test_a_node_functions_error_is_read_from_its_stack() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html"""
    stack = "RangeError: too far\n    at inner (/x/index.js:1:7)\n    at handler (/x/index.js:2:3)"
    body = {"errorMessage": "too far", "errorType": "Runtime.HandlerError"}
    found = mends_lambda.mended({"body": body, "error": True, "log": f"a line\n{stack}"}, "id-1")
    assert found["body"] == {
        "errorType": "RangeError",
        "errorMessage": "too far",
        "trace": stack.splitlines(),
    }
    assert found["log"] == f"a line\n{stack}"


def test_what_is_not_known_stays() -> None:
    result = {"body": {"errorMessage": "odd", "errorType": "RuntimeError"}, "error": True, "log": ""}
    assert mends_lambda.mended(result, "id-1") == result
