"""What each kind of stimulus does to an execution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from batchyard.asl.data.text import load
from batchyard.asl.engine.redrive import revive
from batchyard.asl.engine.tasks import Beat, Outcome, Started, Submitted

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand

Data = Mapping[str, Any]
EXPRESS_SECONDS = 300  # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html


def _start(x: Execution, data: Data) -> None:  # noqa: ARG001 - all stimuli have data
    x.started_at = x.now
    spec = x.spec
    arns = {"stateMachineAliasArn": spec.alias_arn, "stateMachineVersionArn": spec.version_arn}
    named = {key: arn for key, arn in arns.items() if arn}
    x.event(0, "ExecutionStarted", {"input": spec.input, "roleArn": spec.role_arn, **named})
    root = x.root = x.strand(x.program.scope, load(spec.input), {}, 0)
    root.text = spec.input
    _limit(x, root)
    x.ready.append((x.steps.enter, root))


def _limit(x: Execution, root: Strand) -> None:
    seconds = x.program.machine.timeout if not x.spec.child else None
    if x.spec.kind == "EXPRESS":
        seconds = min(seconds or EXPRESS_SECONDS, EXPRESS_SECONDS)
    if seconds is not None:
        x.timer(x.now + seconds, _time_out, root)


def _time_out(x: Execution, strand: Strand) -> None:  # noqa: ARG001 - of the whole execution
    x.close("TIMED_OUT", None, None, 0)


def _tick(x: Execution, data: Data) -> None:
    """Nothing of its own: what is ready runs after every stimulus."""


def _told(x: Execution, data: Data) -> None:
    outcome: Outcome = data["outcome"]
    pending = x.pending.get(data["id"])
    if pending is None:
        return
    if isinstance(outcome, Submitted):
        pending.submitted = outcome.output
    elif not isinstance(outcome, Started | Beat):
        x.forget(pending)
    x.ready.append((partial(x.steps.told[type(pending.effect)], pending, outcome), pending.strand))


def _timer(x: Execution, data: Data) -> None:
    for number in data["ids"]:
        timer = x.timers.pop(number, None)
        if timer is not None:
            x.ready.append((timer[1], timer[2]))


def _stop(x: Execution, data: Data) -> None:
    x.close("ABORTED", data.get("error"), data.get("cause"), 0)


def _redrive(x: Execution, data: Data) -> None:  # noqa: ARG001
    assert x.root is not None  # noqa: S101 - it has run before
    last = x.reopen()
    _limit(x, x.root)
    revive(x, x.root, last)


def _child(x: Execution, data: Data) -> None:
    x.map_runs[data["mapRunArn"]].child_ended(x, data)


def _update(x: Execution, data: Data) -> None:
    x.map_runs[data["mapRunArn"]].update(x, data)


HAPPENINGS: dict[str, Callable[[Execution, Data], None]] = {
    "start": _start,
    "tick": _tick,
    "told": _told,
    "timer": _timer,
    "stop": _stop,
    "redrive": _redrive,
    "child": _child,
    "update": _update,
}
