"""An environment that is stopped while functions run ends at once; what they were for goes on later."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.local.clients import Clients, single, until

from batchyard.local import control

pytestmark = pytest.mark.local
SLOW_ONCE = (
    "import os, time\n"
    "def handler(event, context):\n"
    "    if not os.path.exists(event['mark']):\n"
    "        open(event['mark'], 'w').close()\n"
    "        time.sleep(18)\n"
    "    return 'done'\n"
)


@pytest.mark.parametrize("catching", [False, True])
def test_a_stop_breaks_a_function_off_and_fails_nothing(
    start: Callable[..., Clients], tmp_path: Path, catching: bool
) -> None:
    aws, mark = start(), tmp_path / "mark"
    function = aws.function("slow", SLOW_ONCE)
    state = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    state["Parameters"] = {"FunctionName": function, "Payload": {"mark": str(mark)}}
    state["OutputPath"] = "$.Payload"
    if catching:
        state |= {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]}
    machine = single(state)
    machine["States"]["Caught"] = {"Type": "Fail", "Error": "Caught"}
    if not catching:
        del machine["States"]["Caught"]
    execution = aws.start(aws.machine("slow", machine))
    until(mark.exists)
    began = time.monotonic()
    assert control.down()
    assert time.monotonic() - began < 5
    aws = start()
    assert aws.ended(execution)["status"] == "SUCCEEDED"
    kinds = [event["type"] for event in aws.history(execution)]
    assert kinds.count("TaskScheduled") == kinds.count("TaskSucceeded") == 1
