"""Mends of execution histories: what their events say, and how they hang together.

- States inside branches are entered and left visibly, as outer ones are.
- Events name a task's resource as the service does, and link to the event before them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeAlias

from batchyard.local import ministack
from batchyard.local.branches import Branches

_STATES = "services.stepfunctions"
_Function = Callable[..., Any]
Json: TypeAlias = Any
# Whether the running state is inside a branch; threads of branches start with their parent's context.
inside: ContextVar[bool] = ContextVar("inside", default=False)
_previous: ContextVar[int] = ContextVar("previous", default=0)
_writing = threading.Lock()


def install(changed: Callable[[], None]) -> None:
    """Mend the events of histories.

    Args:
        changed: called with every event.
    """
    ministack.wrap(_STATES, "_add_event", lambda original: _add_event(original, changed))


def begin(event_id: int) -> int:
    """Say which event of its history the next one follows, 0 for none; return what was said before."""
    before = _previous.get()
    _previous.set(event_id)
    return before


def state(around: Branches | None, event: str, details: dict[str, Any], key: str, value: Json) -> None:
    """Write that a state inside a branch was entered or left: the interpreter does so for outer ones only."""
    execution = ministack.get(_STATES, "_executions").get(around.execution_arn) if around else None
    if execution and inside.get():
        (inner,) = details.values()
        inner[key] = json.dumps(value)
        ministack.get(_STATES, "_add_event")(execution, event, details)


def _add_event(original: _Function, changed: Callable[[], None]) -> _Function:
    def add(
        execution: dict[str, Any], event_type: str, details: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        with _writing:  # ids count up, and branches write at the same time
            event: dict[str, Any] = original(execution, event_type, _named(details))
            event["previousEventId"] = _previous.get() or event["id"] - 1
        _previous.set(event["id"])
        changed()
        if event_type == "TaskScheduled":
            details = event["taskScheduledEventDetails"]
            started = {key: details[key] for key in ("resource", "resourceType")}
            add(execution, "TaskStarted", {"taskStartedEventDetails": started})
        return event

    return add


def _named(details: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return event details that name a resource as the service does: `batch` and `submitJob.sync`."""
    found = dict(details or {})
    for key, value in found.items():
        resource = value.get("resource", "") if isinstance(value, dict) else ""
        if resource.startswith("arn:aws:states:::"):
            *kind, name = resource.removeprefix("arn:aws:states:::").split(":")
            found[key] = {**value, "resourceType": ":".join(kind), "resource": name}
        elif resource and "resourceType" not in value:
            found[key] = {**value, "resourceType": "lambda" if ":lambda:" in resource else "states"}
    return found or None
