"""The operations on executions: start, stop, describe, list."""

from __future__ import annotations

import math
import uuid
from concurrent.futures import Future

from batchyard.asl.engine import ExecutionSpec
from batchyard.local.batch.host import Scope
from batchyard.local.states import (
    arns,
    checks,
    history_api,
    json_input,
    listing_api,
    map_run_api,
    redrive_api,
)
from batchyard.local.states import tokens as tokens_api
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.describing import described
from batchyard.local.states.finding import existing, unsupported
from batchyard.local.states.interface import Json, Operation
from batchyard.local.states.machines import Resolved
from batchyard.local.states.records import KEPT_SECONDS, Record
from batchyard.local.states.service import StatesService

# https://aws.amazon.com/step-functions/pricing/: rounded up to 100 ms, memory in chunks of 64 MB
_BILLED_MS = 100
_BILLED_MB = 64
_SYNC = (
    "executionArn",
    "stateMachineArn",
    "name",
    "startDate",
    "stopDate",
    "traceHeader",
    "input",
    "inputDetails",
    "output",
    "error",
    "cause",
)


def start(service: StatesService, scope: Scope, request: Json) -> Json:
    """Start an execution; the same name and input again, while it is open, give the same answer."""
    resolved, name, text = _asked(service, scope, request)
    if resolved.kind == "EXPRESS":
        record = _begin(service, scope, request, resolved, name, text)
    else:
        record = _there(service, scope, resolved, name, text) or _begin(
            service, scope, request, resolved, name, text
        )
    return {"executionArn": record.spec.arn, "startDate": record.started}


def start_sync(service: StatesService, scope: Scope, request: Json) -> Future[Json]:
    """Start an Express execution, and answer when it has ended."""
    resolved, name, text = _asked(service, scope, request)
    if resolved.kind != "EXPRESS":
        raise unsupported()
    record = _begin(service, scope, request, resolved, name, text, kept=False)
    data = request.get("includedData") != "METADATA_ONLY"
    answer: Future[Json] = Future()
    ended = service.executions.ended(record.spec.arn)
    ended.add_done_callback(lambda _: answer.set_result(_sync_answer(record, service.clock.now(), data)))
    return answer


def stop(service: StatesService, scope: Scope, request: Json) -> Json:
    """Abort an execution; one that has ended already is left as it is."""
    record = existing(service, scope, request["executionArn"])
    if not record.open:
        return {"stopDate": record.stopped}
    service.engine.stop(record.spec.arn, request.get("error"), request.get("cause"))
    return {"stopDate": service.clock.now()}


def describe(service: StatesService, scope: Scope, request: Json) -> Json:
    record = existing(service, scope, request["executionArn"])
    data = request.get("includedData") != "METADATA_ONLY"
    return described(record, service.clock.now(), data=data)


def _asked(service: StatesService, scope: Scope, request: Json) -> tuple[Resolved, str, str]:
    """Return the machine, name and input of a start."""
    name = request.get("name")
    if name is not None:
        checks.name(name)
    text = request.get("input", "{}")
    fault = json_input.fault(text) if text.strip() else "Invalid execution input."
    if fault is not None:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{fault}'")
    resolved = service.machines.resolve(scope, request["stateMachineArn"])
    return resolved, name or str(uuid.uuid4()), text


def _there(service: StatesService, scope: Scope, machine: Resolved, name: str, text: str) -> Record | None:
    """Return the open execution that a start asks for again."""
    arn = f"{arns.prefix(scope, 'execution')}{machine.name}:{name}"
    record = service.executions.find(arn)
    if record is None:
        return None
    if record.open and record.spec.input == text:
        return record
    if record.stopped is not None and service.clock.now() - record.stopped >= KEPT_SECONDS:
        service.store.forget(record.id)
        service.store.commit()
        return None
    raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")


def _begin(
    service: StatesService,
    scope: Scope,
    request: Json,
    machine: Resolved,
    name: str,
    text: str,
    *,
    kept: bool = True,
) -> Record:
    kind = "express" if machine.kind == "EXPRESS" else "execution"
    arn = f"{arns.prefix(scope, kind)}{machine.name}:{name}"
    spec = ExecutionSpec(
        arn=f"{arn}:{uuid.uuid4()}" if kind == "express" else arn,
        name=name,
        machine_arn=machine.machine_arn,
        machine_name=machine.name,
        role_arn=machine.role_arn,
        kind=machine.kind,
        definition=machine.definition,
        input=text,
        seed=service.executions.new_seed(),
        version_arn=machine.version_arn,
        alias_arn=machine.alias_arn,
        trace_header=request.get("traceHeader"),
    )
    return service.executions.begin(spec, machine.about(), kept=kept)


def _sync_answer(record: Record, now: float, data: bool) -> Json:
    found = described(record, now, data=data)
    milliseconds = ((record.stopped or now) - record.started) * 1000
    billed = max(1, math.ceil(milliseconds / _BILLED_MS)) * _BILLED_MS
    return {key: found[key] for key in _SYNC if key in found} | {
        # An execution that was aborted, because its machine was deleted, has no status of its own here.
        "status": "FAILED" if record.status == "ABORTED" else record.status,
        "outputDetails": {"included": data},
        "billingDetails": {"billedDurationInMilliseconds": billed, "billedMemoryUsedInMB": _BILLED_MB},
    }


OPERATIONS: dict[str, Operation] = {
    "StartExecution": start,
    "StartSyncExecution": start_sync,
    "StopExecution": stop,
    "DescribeExecution": describe,
    "ListExecutions": listing_api.listing,
    "RedriveExecution": redrive_api.redrive,
    "GetExecutionHistory": history_api.history,
    "DescribeMapRun": map_run_api.describe,
    "ListMapRuns": map_run_api.listing,
    "UpdateMapRun": map_run_api.update,
    "SendTaskSuccess": tokens_api.succeed,
    "SendTaskFailure": tokens_api.fail,
    "SendTaskHeartbeat": tokens_api.beat,
}
