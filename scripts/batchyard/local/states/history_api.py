"""GetExecutionHistory.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
"""

from __future__ import annotations

from batchyard.asl.engine.history import render
from batchyard.local.batch.host import Scope
from batchyard.local.states import paging
from batchyard.local.states.finding import existing
from batchyard.local.states.interface import Json
from batchyard.local.states.service import StatesService


def history(service: StatesService, scope: Scope, request: Json) -> Json:
    """Return an execution's events, oldest first unless asked otherwise."""
    record = existing(service, scope, request["executionArn"])
    events = service.executions.history(record)
    if request.get("reverseOrder"):
        events = events[::-1]
    found, more = paging.page(events, request, lambda event: event.id, service.clock.now())
    data = request.get("includeExecutionData", True)
    return {"events": [render(event, data) for event in found], **more}
