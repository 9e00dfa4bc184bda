"""`events:putEvents`: entries name the execution, and an entry that was not taken fails the task.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from batchyard.asl.data.text import dump
from batchyard.asl.engine.tasks import TaskCall
from batchyard.local.tasks import calls
from batchyard.local.tasks.catalog import target
from batchyard.local.tasks.failures import TaskError
from batchyard.local.tasks.handler import Handler

FAILED_ENTRY = "EventBridge.FailedEntry"


class Events(Handler):
    """Puts events on buses."""

    def begin(self, call: TaskCall, again: bool) -> Any:  # noqa: ANN401, ARG002
        found = target(call.call)
        params = calls.prepare(call, found)
        own = [machine_arn(call.execution_arn), call.execution_arn]
        if not params.get("Entries"):
            return self._calls.send(call, found, {})
        faults = [fault(entry) for entry in params["Entries"]]
        good = [entry for entry, wrong in zip(params["Entries"], faults, strict=True) if not wrong]
        for entry in good:
            entry["Resources"] = [*entry.get("Resources", []), *own]
        sent: dict[str, Any] = {"Entries": [], "FailedEntryCount": 0}
        if good:
            sent = calls.finish(self._calls.send(call, found, {**params, "Entries": good}), found)
        told = iter(sent["Entries"])
        count = sent["FailedEntryCount"] + len(faults) - len(good)
        result = {"Entries": [wrong or next(told) for wrong in faults], "FailedEntryCount": count}
        if count:
            raise TaskError(FAILED_ENTRY, dump(result))
        return result


def fault(entry: Mapping[str, Any]) -> dict[str, str] | None:
    """Return what EventBridge says of an entry that it does not take, which the emulator does; else None."""
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            reason = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": reason}
    try:
        whole = isinstance(json.loads(entry["Detail"]), dict)
    except ValueError:
        whole = False
    return None if whole else {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def machine_arn(execution_arn: str) -> str:
    """Return the ARN of an execution's state machine."""
    parts = execution_arn.split(":")
    return ":".join([*parts[:5], "stateMachine", parts[6]])
