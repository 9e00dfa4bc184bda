"""Events of an execution, as GetExecutionHistory gives them.

Types and members: the service's API model (HistoryEvent), and
https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

LIMIT = 25_000  # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_NO_DETAILS = frozenset(
    [
        "LambdaFunctionStarted",
        "MapRunSucceeded",
        "MapRunAborted",
        "MapStateAborted",
        "MapStateFailed",
        "MapStateSucceeded",
        "ParallelStateAborted",
        "ParallelStateFailed",
        "ParallelStateStarted",
        "ParallelStateSucceeded",
        "TaskStateAborted",
        "WaitStateAborted",
    ]
)
# Members that hold JSON text, each with the member that says whether it was cut.
_DATA = {
    "input": "inputDetails",
    "output": "outputDetails",
    "assignedVariables": "assignedVariablesDetails",
}
# What `includeExecutionData=false` leaves out beside those.
_HIDDEN = ("parameters", "error", "cause")


class Event(NamedTuple):
    """One event.

    Args:
        id: counts up from 1.
        previous: the event that led to this one; 0 for none.
        at: seconds since the epoch.
        type: as the service names it.
        details: members of the event's details as in the API, without what says whether they were cut.
    """

    id: int
    previous: int
    at: float
    type: str
    details: dict[str, Any] | None


def details_key(event_type: str) -> str | None:
    """Return the member of an event that holds its details, or None for a type that has none."""
    if event_type.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if event_type.endswith("StateExited"):
        return "stateExitedEventDetails"
    if event_type in _NO_DETAILS:
        return None
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


def render(event: Event, include_data: bool = True) -> dict[str, Any]:
    """Return an event as the API gives it; the timestamp is in seconds since the epoch.

    Args:
        include_data: whether inputs, outputs, variables, parameters, errors and causes are shown.
    """
    rendered: dict[str, Any] = {
        "timestamp": event.at,
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous,
    }
    key = details_key(event.type)
    if key is not None:
        rendered[key] = _details(event.details or {}, include_data)
    return rendered


def _details(details: dict[str, Any], include_data: bool) -> dict[str, Any]:
    shown = {}
    for name, value in details.items():
        if name in _DATA:
            if include_data:
                shown[name] = value
            shown[_DATA[name]] = {"truncated": False}
        elif include_data or name not in _HIDDEN:
            shown[name] = value
    return shown
