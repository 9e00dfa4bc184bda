"""Task: handed out, and what its outcomes lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchyard.asl.data.text import dump
from batchyard.asl.engine import tokens
from batchyard.asl.engine.failing import evaluation, fail
from batchyard.asl.engine.flow import leave
from batchyard.asl.engine.limits import size_error
from batchyard.asl.engine.strand import Pending
from batchyard.asl.engine.tasks import Beat, Failed, Outcome, Started, Submitted, Succeeded, TaskCall
from batchyard.asl.errors import HEARTBEAT_TIMEOUT, RUNTIME, TIMEOUT, StatesError
from batchyard.asl.resource import Integration

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand

_FAMILY = {"lambda": "LambdaFunction", "activity": "Activity"}
_BEFORE = ("schedule", "start")  # phases of failures that a task does not start before
_FAILED = {
    "Task": {"run": "TaskFailed", "schedule": "TaskFailed", "start": "TaskStartFailed"}
    | {"submit": "TaskSubmitFailed"},
    "LambdaFunction": {"run": "LambdaFunctionFailed", "schedule": "LambdaFunctionScheduleFailed"}
    | {"start": "LambdaFunctionStartFailed", "submit": "LambdaFunctionFailed"},
    "Activity": {"run": "ActivityFailed", "schedule": "ActivityScheduleFailed"}
    | {"start": "ActivityFailed", "submit": "ActivityFailed"},
}


def begin_task(x: Execution, strand: Strand) -> None:
    """Hand an attempt out."""
    state, data, raw, env = strand.state, strand.data, strand.raw, strand.env
    call = state.call
    if call is None:
        raise StatesError(RUNTIME, f"The resource {state.body.get('Resource')!r} is not supported.")
    effect_id = f"{x.spec.arn}#{len(x.history) + 1}"  # the event that schedules it is the next one
    waits = call.kind == "activity" or call.pattern == "waitForTaskToken"
    strand.token = tokens.token(effect_id) if waits else None
    arguments = data.arguments(raw, env)
    timeout = data.number("TimeoutSeconds", raw, env)
    heartbeat = data.number("HeartbeatSeconds", raw, env)
    credentials = data.evaluate("Credentials", raw, env)
    role = credentials["RoleArn"] if isinstance(credentials, dict) and "RoleArn" in credentials else None
    text = dump(arguments)
    if error := size_error(text, state.name):
        fail(x, strand, error)
        return
    details = _scheduled(x, call, text) | _limits(call, timeout, heartbeat)
    if role is not None:
        details["taskCredentials"] = {"roleArn": role}
    strand.last = x.event(strand.last, f"{_family(call)}Scheduled", details)
    effect = TaskCall(
        effect_id,
        x.spec.arn,
        role or x.spec.role_arn,
        state.name,
        call,
        arguments,
        strand.token,
        timeout,
        heartbeat,
        strand.tries,
        x.spec.role_arn,
    )
    pending = x.hand_out(effect, strand)
    if timeout is not None:
        pending.timeout = x.timer(x.now + timeout, _timed_out, strand)
    # An activity's counts from when a worker has taken it.
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
    if heartbeat is not None and waits and call.kind != "activity":
        pending.beat = x.timer(x.now + heartbeat, _beat_missed, strand)


def told(pending: Pending, outcome: Outcome, x: Execution, strand: Strand) -> None:
    """Take an outcome of a task that a strand waits for."""
    effect = pending.effect
    if strand.waiting is not pending or not isinstance(effect, TaskCall):  # a timer was faster
        return
    strand.env.now = x.now
    call = effect.call
    if not (isinstance(outcome, Failed) and outcome.phase in _BEFORE):
        _began(x, strand, pending, call)
    if isinstance(outcome, Succeeded):
        _succeeded(x, strand, call, outcome)
    elif isinstance(outcome, Failed) and outcome.error == RUNTIME and outcome.phase == "schedule":
        evaluation(x, strand, StatesError(RUNTIME, outcome.cause))  # such as an activity that is not there
    elif isinstance(outcome, Failed):
        _fail(x, strand, call, StatesError(outcome.error, outcome.cause), outcome.phase)
    elif isinstance(outcome, Submitted):
        _submitted(x, strand, pending, call, outcome)
    elif isinstance(outcome, Beat):
        _beat(x, strand, pending, effect.heartbeat)
    elif call.kind == "activity":
        details = {"workerName": outcome.worker} if isinstance(outcome, Started) and outcome.worker else {}
        strand.last = x.event(strand.last, "ActivityStarted", details)
        _beat(x, strand, pending, effect.heartbeat)


def _family(call: Integration) -> str:
    return _FAMILY.get(call.kind, "Task")


def _scheduled(x: Execution, call: Integration, text: str) -> dict[str, Any]:
    if call.kind in _FAMILY:
        return {"resource": call.resource, "input": text}
    region = x.spec.arn.split(":", 4)[3]
    return {**_resource(call), "region": region, "parameters": text}


def _limits(call: Integration, timeout: float | None, heartbeat: float | None) -> dict[str, Any]:
    found = {"timeoutInSeconds": timeout}
    if call.kind != "lambda":
        found["heartbeatInSeconds"] = heartbeat
    return {key: int(value) for key, value in found.items() if value is not None}


def _resource(call: Integration) -> dict[str, str]:
    """Return what events of a service's task name it by; those of functions and activities do not."""
    if call.kind in _FAMILY:
        return {}
    return {"resourceType": call.resource_type, "resource": call.resource_name}


def _began(x: Execution, strand: Strand, pending: Pending, call: Integration) -> None:
    """Write that the task has started, once; an activity's does when a worker takes it."""
    if not pending.began and call.kind != "activity":
        pending.began = True
        strand.last = x.event(strand.last, f"{_family(call)}Started", _resource(call) or None)


def _submitted(x: Execution, strand: Strand, pending: Pending, call: Integration, outcome: Submitted) -> None:
    text = dump(outcome.output)
    if error := size_error(text, call.resource_type):
        x.forget(pending, "its answer is too large")
        _fail(x, strand, call, error, "submit")
        return
    strand.last = x.event(strand.last, "TaskSubmitted", {**_resource(call), "output": text})


def _succeeded(x: Execution, strand: Strand, call: Integration, outcome: Succeeded) -> None:
    text = dump(outcome.output)
    if error := size_error(text, call.resource if call.kind in _FAMILY else call.resource_type):
        _fail(x, strand, call, error, "run")
        return
    strand.waiting = None
    strand.last = x.event(strand.last, f"{_family(call)}Succeeded", {**_resource(call), "output": text})
    finish = strand.data.finish(strand.raw, outcome.output, strand.env)
    leave(x, strand, finish, strand.state.next)


def _fail(x: Execution, strand: Strand, call: Integration, error: StatesError, phase: str) -> None:
    found = {"error": error.error, "cause": error.cause}
    details = _resource(call) | {key: value for key, value in found.items() if value is not None}
    strand.waiting = None
    strand.last = x.event(strand.last, _FAILED[_family(call)][phase], details)
    fail(x, strand, error)


def _beat(x: Execution, strand: Strand, pending: Pending, heartbeat: float | None) -> None:
    if pending.beat is not None:
        x.timers.pop(pending.beat, None)
    if heartbeat is not None:
        pending.beat = x.timer(x.now + heartbeat, _beat_missed, strand)


def _timed_out(x: Execution, strand: Strand) -> None:
    _end_by_timer(x, strand, StatesError(TIMEOUT), "the task has timed out")


def _beat_missed(x: Execution, strand: Strand) -> None:
    # The service names it so too; Retry and Catch know it by both names.
    error = StatesError(TIMEOUT, also=HEARTBEAT_TIMEOUT)
    _end_by_timer(x, strand, error, "the task's heartbeat was missed")


def _end_by_timer(x: Execution, strand: Strand, error: StatesError, reason: str) -> None:
    pending, call = strand.waiting, strand.state.call
    if isinstance(pending, Pending) and call is not None:
        x.forget(pending, reason)
        strand.waiting = None
        _began(x, strand, pending, call)
        details = {**_resource(call), "error": error.error}
        strand.last = x.event(strand.last, f"{_family(call)}TimedOut", details)
        # What else is due at this instant is told before this one ends its sisters.
        x.ready.append((lambda x, strand: fail(x, strand, error), strand))
