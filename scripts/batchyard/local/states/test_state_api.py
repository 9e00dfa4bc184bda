"""TestState: one state alone.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import Future

from batchyard import strict
from batchyard.asl import errors, single
from batchyard.asl.engine.tasks import Failed, Outcome, Succeeded, TaskCall
from batchyard.asl.validate import describe, validate
from batchyard.asl.walk import as_dict
from batchyard.local.batch.host import Scope
from batchyard.local.states import checks, definitions, json_input
from batchyard.local.states.api_errors import ApiError, invalid
from batchyard.local.states.interface import Answer, Json, Service

# "The TestState API can run for up to five minutes. If the execution of a state exceeds this duration, it
# fails with the States.Timeout error."
MOST_SECONDS = 300.0
_ALONE = "StateName"
# What a state that stands alone can not be blamed for.
_OF_MACHINES = frozenset(["MISSING_TRANSITION_TARGET", "MISSING_END_STATE"])


def test(service: Service, scope: Scope, request: Json) -> Answer:
    """Run a state; one that calls a service calls it, with its role, unless the result is mocked."""
    if (role := request.get("roleArn")) is not None:
        checks.role(scope, role)
    _check(request)
    place = single.Place(scope.account, scope.region, service.clock.now(), uuid.uuid4().int)
    try:
        ready = single.prepare(request, place)
        return ready.answer() if ready.call is None else _Run(service, ready, ready.call).future
    except single.Refused as refused:
        raise ApiError(refused.code, refused.message) from refused


class _Run:
    """A test whose task is under way."""

    def __init__(self, service: Service, ready: single.Test, call: TaskCall) -> None:
        self._service, self._ready, self._call = service, ready, call
        self.future: Future[Json] = Future()
        self._timer = threading.Timer(min(call.timeout or MOST_SECONDS, MOST_SECONDS), self._time_out)
        self._timer.daemon = True
        self._timer.start()
        service.runner.start(call, self._report)

    def _report(self, id: str, outcome: Outcome) -> None:  # noqa: A002, ARG002 - the call's own word
        if isinstance(outcome, Succeeded | Failed):
            self._service.host.submit(lambda: self._end(outcome))

    def _end(self, outcome: Succeeded | Failed) -> None:
        self._timer.cancel()
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_result(self._ready.answer(outcome))

    def _time_out(self) -> None:
        self._service.host.submit(self._give_up)

    def _give_up(self) -> None:
        self._service.runner.cancel(self._call, errors.TIMEOUT)
        self._end(Failed(errors.TIMEOUT))


def _check(request: Json) -> None:
    """Check the JSON texts, and the definition: a machine's if a state of it is named, else a state's.

    Raises:
        ApiError: InvalidDefinition, InvalidExecutionInput, ValidationException.
    """
    text = request["definition"]
    document = None if "stateName" in request else _document(text)
    if document is None:
        definitions.check(text, express=False)
    else:
        found = validate({"StartAt": _ALONE, "States": {_ALONE: document}}, severity="ERROR").diagnostics
        if faults := [each for each in found if each.code not in _OF_MACHINES]:
            raise definitions.refused(describe(faults))
    if (fault := json_input.fault(request.get("input", "{}"))) is not None:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{fault}'")
    texts = {"variables": request.get("variables"), "context": request.get("context")}
    texts["mock.result"] = request.get("mock", {}).get("result")
    for name, value in texts.items():
        if value is not None and (fault := json_input.fault(value)) is not None:
            raise invalid(f"Invalid JSON in '{name}': {fault}")


def _document(text: str) -> Json | None:
    try:
        return as_dict(strict.decode(text))
    except strict.JsonError:
        return None
