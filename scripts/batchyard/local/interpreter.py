"""Mends of MiniStack's state-machine interpreter, each a wrapper round one of its functions.

- An execution that was stopped, or has timed out, starts no further state; its outcome is not overwritten.
- A branch that fails ends its sister branches, and branches do not share their context.
- `TimeoutSeconds` of a state machine is kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from batchyard.local import branches, history, identity, ministack
from batchyard.local.branches import Branches, Stopped
from batchyard.local.submit_job import failed, role_of

_STATES = "services.stepfunctions"
_Function = Callable[..., Any]
Json: TypeAlias = Any
_roots: dict[str, Branches] = {}


def install(changed: Callable[[], None]) -> None:
    """Mend the interpreter.

    Args:
        changed: called with every event of a history.
    """
    ministack.wrap(_STATES, "_run_execution", _run_execution)
    ministack.wrap(_STATES, "_fail_execution", _fail_execution)
    ministack.wrap(_STATES, "_emit_execution_status_event", _emit)
    history.install(changed)
    branches.silence()
    ministack.wrap(_STATES, "_run_sub_machine", _run_sub_machine)
    ministack.wrap(_STATES, "_scaled_sleep", _scaled_sleep)
    ministack.wrap(_STATES, "_call_lambda", _call_lambda)
    ministack.wrap(_STATES, "_run_parallel_branches", _run_attempt)
    ministack.wrap(_STATES, "_run_map_items", _run_attempt)
    for kind in ("pass", "choice", "wait", "task", "parallel", "map"):
        ministack.wrap(_STATES, f"_execute_{kind}", partial(_execute, kind.capitalize()))


def _run_execution(original: _Function) -> _Function:
    def run(exec_arn: str) -> None:
        execution = ministack.get(_STATES, "_executions").get(exec_arn) or {}
        # A nested `.sync` execution ends with the one that waits for it; one that was only started does not.
        root = Branches(exec_arn, branches.current.get() if execution.get("sync") else None)
        token = branches.current.set(root)
        _roots[exec_arn] = root
        before = history.begin(1)
        timer = _start_timer(execution)
        try:
            original(exec_arn)
        except Stopped:
            _abort(execution)
        finally:
            branches.current.reset(token)
            history.begin(before)
            _roots.pop(exec_arn, None)
            if timer:
                timer.cancel()

    return run


def _start_timer(execution: dict[str, Any]) -> threading.Timer | None:
    machine = ministack.get(_STATES, "_state_machines").get(execution.get("stateMachineArn"))
    try:
        seconds = json.loads(machine["definition"]).get("TimeoutSeconds") if machine else None
    except ValueError:
        return None
    if not seconds:
        return None
    timer = threading.Timer(seconds, ministack.within, (ministack.scope(), partial(_time_out, execution)))
    timer.daemon = True
    timer.start()
    return timer


def _abort(execution: dict[str, Any]) -> None:
    """Write the end of an execution that ended with the one round it; any other has its outcome already."""
    if execution.get("status") == "RUNNING":
        execution["status"] = "ABORTED"
        event = ministack.get(_STATES, "_add_event")(
            execution, "ExecutionAborted", {"executionAbortedEventDetails": {}}
        )
        execution["stopDate"] = event["timestamp"]


def _time_out(execution: dict[str, Any]) -> None:
    if execution["status"] == "RUNNING":
        execution["status"] = "TIMED_OUT"
        event = ministack.get(_STATES, "_add_event")(
            execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}}
        )
        execution["stopDate"] = event["timestamp"]
        ministack.get(_STATES, "_emit_execution_status_event")(execution)


def _fail_execution(original: _Function) -> _Function:
    def fail(execution: dict[str, Any], error: str, cause: str) -> None:
        # A stopped execution's task fails too, because its job was terminated: ABORTED stays ABORTED.
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail


def _emit(original: _Function) -> _Function:
    def emit(execution: dict[str, Any]) -> None:
        root = _roots.get(execution["executionArn"])
        if root and execution["status"] != "RUNNING":
            root.end()
        original(execution)

    return emit


def _run_sub_machine(original: _Function) -> _Function:
    def run(
        states: dict[str, Any],
        start_at: str,
        input_data: Json,
        execution: dict[str, Any],
        ctx: dict[str, Any],
    ) -> Json:
        around = branches.current.get()
        # A child of a distributed Map is an execution of its own, which may fail alone.
        child = "mapRunArn" in execution
        own = Branches(execution["executionArn"], around) if child else around
        tokens = branches.current.set(own), history.inside.set(True)
        if child:
            history.begin(0)
        inner = {**ctx, "variables": dict(ctx.get("variables", {}))}
        try:
            if own:
                own.check()
            return original(states, start_at, input_data, execution, inner)
        except ministack.get(_STATES, "_ExecutionError"):
            if own:
                own.end()
            raise
        finally:
            branches.current.reset(tokens[0])
            history.inside.reset(tokens[1])

    return run


def _run_attempt(original: _Function) -> _Function:
    """Give every attempt at a Parallel or Map state branches of its own, so that a retry starts afresh."""

    def run(
        state_def: dict[str, Any], raw_input: Json, execution: dict[str, Any], ctx: dict[str, Any]
    ) -> Json:
        around = branches.current.get()
        token = branches.current.set(Branches(around.execution_arn, around) if around else None)
        try:
            return original(state_def, raw_input, execution, ctx)
        finally:
            branches.current.reset(token)

    return run


def _execute(kind: str, original: _Function) -> _Function:
    def execute(state_def: dict[str, Any], raw_input: Json, *rest: Json) -> tuple[Json, str | None]:
        around = branches.current.get()
        name = ((rest[-1] if rest else None) or {}).get("State", {}).get("Name", "")
        if around:
            around.check()
        history.state(
            around, f"{kind}StateEntered", {"stateEnteredEventDetails": {"name": name}}, "input", raw_input
        )
        output, following = original(state_def, raw_input, *rest)
        history.state(
            around, f"{kind}StateExited", {"stateExitedEventDetails": {"name": name}}, "output", output
        )
        return output, following

    return execute


def _scaled_sleep(original: _Function) -> _Function:
    def sleep(seconds: float) -> None:
        around = branches.current.get()
        if around is None:
            original(seconds)
            return
        around.sleep(max(0.0, seconds * ministack.get(_STATES, "_SFN_WAIT_SCALE")))

    return sleep


def _call_lambda(original: _Function) -> _Function:
    def call(func_ref: str, event: Json) -> Json:
        role = role_of(branches.current.get())
        arn = func_ref if func_ref.startswith("arn:") else _function_arn(func_ref)
        reason = identity.refusal(ministack.scope(), role, "lambda:InvokeFunction", arn) if role else None
        if reason:
            cause = f"{reason} (Service: AWSLambdaInternal; Status Code: 403)"
            raise failed("Lambda.AWSLambdaException", cause)
        return original(func_ref, event)

    return call


def _function_arn(name: str) -> str:
    scope = ministack.scope()
    return f"arn:aws:lambda:{scope.region}:{scope.account}:function:{name}"
