"""DescribeMapRun, ListMapRuns and UpdateMapRun.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
"""

from __future__ import annotations

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, paging
from batchyard.local.states.api_errors import ApiError, invalid
from batchyard.local.states.finding import existing
from batchyard.local.states.interface import Json
from batchyard.local.states.map_runs import map_runs
from batchyard.local.states.service import StatesService

_CHANGES = {
    "maxConcurrency": "max_concurrency",
    "toleratedFailureCount": "tolerated_count",
    "toleratedFailurePercentage": "tolerated_percentage",
}


def describe(service: StatesService, scope: Scope, request: Json) -> Json:
    return _existing(service, scope, request["mapRunArn"])


def listing(service: StatesService, scope: Scope, request: Json) -> Json:
    """List the map runs of an execution, the newest first."""
    record = existing(service, scope, request["executionArn"])
    execution = service.engine.executions.get(record.spec.arn)
    found = list(map_runs(execution).values()) if execution else service.store.map_runs(record.spec.arn)
    found.sort(key=lambda each: -float(each["startDate"]))
    shown, more = paging.page(found, request, lambda each: each["mapRunArn"], service.clock.now())
    keys = ("executionArn", "mapRunArn", "startDate", "stopDate")
    machine = record.spec.machine_arn.partition("/")[0]
    runs = [
        {key: each[key] for key in keys if key in each}
        | {"stateMachineArn": f"{machine}/{_label(each['mapRunArn'])}"}
        for each in shown
    ]
    return {"mapRuns": runs, **more}


def update(service: StatesService, scope: Scope, request: Json) -> Json:
    """Change the concurrency or the tolerated failures of a map run while it runs."""
    _existing(service, scope, request["mapRunArn"])
    changes = {name: request[key] for key, name in _CHANGES.items() if key in request}
    if not changes:
        raise invalid(
            "At least one of maxConcurrency, toleratedFailureCount, toleratedFailurePercentage is needed"
        )
    service.engine.update_map_run(request["mapRunArn"], **changes)
    return {}


def _label(map_run_arn: str) -> str:
    return map_run_arn.split(":")[6].partition("/")[2]


def _existing(service: StatesService, scope: Scope, arn: str) -> Json:
    if arns.parse(arn, "mapRun").scope == scope:
        for execution in service.engine.executions.values():
            if arn in execution.map_runs:
                return map_runs(execution)[arn]
        if found := service.store.map_run(arn):
            return found
    raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'", resourceName=arn)
