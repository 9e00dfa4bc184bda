"""A function's failure keeps its name: Invoke tells it, and Catch and Retry match it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.local.clients import Clients, single

pytestmark = pytest.mark.local
BAD_INPUT = "class BadInput(Exception): pass\ndef handler(event, context):\n    raise BadInput('no')\n"
FAILING = {
    "bad-input": (BAD_INPUT, "BadInput"),
    "no-module": ("import absent\n", "Runtime.ImportModuleError"),
    "exits": ("import sys\ndef handler(event, context): sys.exit(2)\n", "Runtime.ExitError"),
    "sleeps": ("import time\ndef handler(event, context): time.sleep(9)\n", "Sandbox.Timedout"),
}


@pytest.fixture(scope="module")
def functions(aws: Clients) -> dict[str, str]:
    """Return the ARNs of functions that fail, by name."""
    made = {name: aws.function(name, source) for name, (source, _) in FAILING.items()}
    aws("lambda").update_function_configuration(FunctionName="sleeps", Timeout=1)
    return made


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, (_, kind) in FAILING.items()])
def test_invoke_tells_the_failure(aws: Clients, functions: dict[str, str], name: str, kind: str) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    answer = aws("lambda").invoke(FunctionName=functions[name], Payload=b"{}")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.load(answer["Payload"])["errorType"] == kind


def test_the_stack_trace_is_the_functions(aws: Clients, functions: dict[str, str]) -> None:
    report = aws.invoke(functions["bad-input"])
    assert (report["errorMessage"], len(report["requestId"])) == ("no", 36)
    assert report["stackTrace"] == [
        "  File \"/var/task/handler.py\", line 3, in handler\n    raise BadInput('no')\n"
    ]


@pytest.mark.parametrize("resource", ["", "arn:aws:states:::lambda:invoke"])
@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, (_, kind) in FAILING.items()])
def test_a_catcher_matches_it(
    aws: Clients, functions: dict[str, str], name: str, kind: str, resource: str
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
    catcher = {"ErrorEquals": [kind], "Next": "Caught"}
    state: dict[str, Any] = {"Type": "Task", "Resource": resource or functions[name], "Catch": [catcher]}
    if resource:
        state["Parameters"] = {"FunctionName": functions[name]}
    definition = single(state | {"End": True})
    definition["States"]["Caught"] = {"Type": "Pass", "End": True}
    machine = aws.machine(f"catches-{name}{'-invoke' if resource else ''}", definition)
    ended = aws.ended(aws.start(machine))
    assert ended["status"] == "SUCCEEDED", ended
    caught = json.loads(ended["output"])
    assert caught["Error"] == kind
    assert json.loads(caught["Cause"])["errorType"] == kind


def test_a_working_function_still_works(aws: Clients, functions: dict[str, str]) -> None:
    aws.function("works", "def handler(event, context): return {'got': event}\n")
    assert aws.invoke("works", {"a": 1}) == {"got": {"a": 1}}
