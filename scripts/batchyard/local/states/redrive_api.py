"""RedriveExecution.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
"""

from __future__ import annotations

from batchyard.local.batch.host import Scope
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.describing import refusal
from batchyard.local.states.finding import existing
from batchyard.local.states.interface import Json
from batchyard.local.states.records import Record
from batchyard.local.states.service import StatesService

# "The API will return idempotent responses for the last 10 client tokens used to successfully redrive the
# execution. These client tokens are valid for up to 15 minutes after they are first used."
_TOKENS, _TOKEN_SECONDS = 10, 15 * 60


def redrive(service: StatesService, scope: Scope, request: Json) -> Json:
    """Let an execution that did not succeed go on where it failed."""
    record = existing(service, scope, request["executionArn"])
    now, token = service.clock.now(), request.get("clientToken")
    for used, at in record.tokens:
        if used == token and now - at <= _TOKEN_SECONDS:
            return {"redriveDate": at}
    reason = _reason(service, record, now)
    if reason is not None:
        raise ApiError("ExecutionNotRedrivable", reason)
    if token is not None:
        record.tokens = [*record.tokens, [token, now]][-_TOKENS:]
    service.engine.redrive(service.executions.restored(record))
    return {"redriveDate": now}


def _reason(service: StatesService, record: Record, now: float) -> str | None:
    machine = service.machines.get(record.spec.machine_arn.partition("/")[0])
    if machine is not None and machine["status"] == "DELETING":
        return "State machine is in DELETING status"
    if record.spec.child is not None:
        return "Execution is a child of a Map Run and can only be redriven with it"
    if record.spec.arn in service.engine.executions:
        return "Execution is RUNNING and cannot be redriven"
    return refusal(record, now)
