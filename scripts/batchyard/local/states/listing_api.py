"""ListExecutions.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, paging
from batchyard.local.states.api_errors import ApiError, invalid
from batchyard.local.states.describing import listed
from batchyard.local.states.finding import unsupported
from batchyard.local.states.interface import Json
from batchyard.local.states.service import StatesService

Where = tuple[str, tuple[Any, ...]]
_ASKED = ("stateMachineArn", "mapRunArn", "statusFilter", "redriveFilter")
_STANDARD = " and arn not like '%:express:%'"
_REDRIVEN = {"REDRIVEN": " and redrives > 0", "NOT_REDRIVEN": " and redrives = 0"}


def listing(service: StatesService, scope: Scope, request: Json) -> Json:
    """List a machine's executions or a map run's, the newest first."""
    machine, map_run = request.get("stateMachineArn"), request.get("mapRunArn")
    if (machine is None) == (map_run is None):
        raise invalid("Must specify exactly one of the following parameters: stateMachineArn, mapRunArn")
    where, values = _of_map_run(request, scope) if map_run else _of_machine(service, scope, request)
    if "statusFilter" in request:
        where, values = f"{where} and status = ?", (*values, request["statusFilter"])
    size = request.get("maxResults") or paging.PAGE_SIZE
    if "nextToken" in request:
        last = _last(request, service.clock.now())
        where, values = f"{where} and id < ?", (*values, last)
    found = list(service.store.select(where, values, size + 1))
    shown = [listed(record) for record in found[:size]]
    if not map_run:
        return {"executions": shown} | _next(request, found, size, service.clock.now())
    for execution, record in zip(shown, found, strict=False):
        execution["itemCount"] = _items(record.spec.input)
    return {"executions": shown} | _next(request, found, size, service.clock.now())


def _of_machine(service: StatesService, scope: Scope, request: Json) -> Where:
    if "redriveFilter" in request:
        raise invalid("redriveFilter is only supported with mapRunArn")
    arn = request["stateMachineArn"]
    record = service.machines.find(scope, arn)
    if "routingConfiguration" in record:
        return "alias = ? and map_run is null", (arn,)
    if record["type"] == "EXPRESS":
        raise unsupported()
    column = "version" if "machine" in record else "machine"
    return f"{column} = ? and map_run is null", (arn,)


def _of_map_run(request: Json, scope: Scope) -> Where:
    arn = request["mapRunArn"]
    if arns.parse(arn, "mapRun").scope != scope:
        raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'", resourceName=arn)
    return f"map_run = ?{_STANDARD}{_REDRIVEN.get(request.get('redriveFilter', ''), '')}", (arn,)


def _items(text: str) -> int:
    """Return how many items a child's input holds: those of a batch, or the one that it is."""
    if '"Items"' not in text:
        return 1
    found = json.loads(text)
    items = found.get("Items") if isinstance(found, dict) else None
    return len(items) if isinstance(items, list) else 1


def _next(request: Json, found: list[Any], size: int, now: float) -> Json:
    if len(found) <= size:
        return {}
    token = json.dumps([[request.get(key) for key in _ASKED], found[size - 1].id, now])
    return {"nextToken": base64.urlsafe_b64encode(token.encode()).decode()}


def _last(request: Json, now: float) -> int:
    try:
        asked, last, given = json.loads(base64.urlsafe_b64decode(request["nextToken"].encode()))
    except (binascii.Error, ValueError, TypeError) as problem:
        raise _bad_token() from problem
    if asked != [request.get(key) for key in _ASKED] or now - given > paging.TOKEN_SECONDS:
        raise _bad_token()
    return int(last)


def _bad_token() -> ApiError:
    return ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
