"""SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
"""

from __future__ import annotations

from batchyard.asl.data.text import load
from batchyard.asl.engine.tasks import Beat, Failed, Outcome, Succeeded
from batchyard.asl.engine.tokens import effect_of
from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, json_input
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.interface import Json
from batchyard.local.states.service import StatesService


def succeed(service: StatesService, scope: Scope, request: Json) -> Json:
    fault = json_input.fault(request["output"])
    if fault is not None:
        raise ApiError("InvalidOutput", f"Invalid Output: '{fault}'")
    return _tell(service, scope, request["taskToken"], Succeeded(load(request["output"])))


def fail(service: StatesService, scope: Scope, request: Json) -> Json:
    outcome = Failed(request.get("error"), request.get("cause"))
    return _tell(service, scope, request["taskToken"], outcome)


def beat(service: StatesService, scope: Scope, request: Json) -> Json:
    return _tell(service, scope, request["taskToken"], Beat())


def _tell(service: StatesService, scope: Scope, token: str, outcome: Outcome) -> Json:
    effect = effect_of(token)
    if effect is None:
        raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
    call = service.engine.token(token)
    if call is not None and arns.parse(call.execution_arn, "execution", "express").scope == scope:
        service.engine.tell(effect, outcome)
        # The task is closed from now on, also for a second answer in the same round.
        service.engine.work()
        return {}
    if call is None and service.executions.find(effect.rpartition("#")[0]) is not None:
        raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
    raise ApiError("TaskDoesNotExist", "Task Does Not Exist: 'Provided task does not exist'")
