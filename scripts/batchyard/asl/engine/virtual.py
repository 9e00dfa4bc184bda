"""Executions in virtual time: nothing waits, and the same seed gives the same history."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from batchyard.asl.data.text import dump
from batchyard.asl.engine.clock import VirtualClock
from batchyard.asl.engine.engine import Engine
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.journal import Journal, NoJournal
from batchyard.asl.engine.spec import ExecutionSpec, Kind
from batchyard.asl.engine.tasks import TaskRunner

_ARN = "arn:aws:states:us-east-1:000000000000"
_ROUNDS = 1_000_000  # calls of `work`: what ever goes on is told instead of waited for


@runtime_checkable
class Timed(Protocol):
    """A runner that answers later, in virtual time."""

    def next_due(self) -> float | None:
        """Return when it has something to tell next."""
        ...

    def advance(self, now: float) -> None:
        """Tell what is due."""
        ...


def spec(
    definition: Any,  # noqa: ANN401 - JSON text or the document
    input: Any = None,  # noqa: A002, ANN401 - as the API names it; JSON text or the value
    *,
    kind: Kind = "STANDARD",
    seed: int = 0,
    name: str = "run",
) -> ExecutionSpec:
    """Return the spec of an execution of a machine that is nowhere registered."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    given = input if isinstance(input, str) else dump({} if input is None else input)
    return ExecutionSpec(
        arn=f"{_ARN}:execution:machine:{name}",
        name=name,
        machine_arn=f"{_ARN}:stateMachine:machine",
        machine_name="machine",
        role_arn="arn:aws:iam::000000000000:role/machine",
        kind=kind,
        definition=text,
        input=given,
        seed=seed,
    )


def run(
    spec: ExecutionSpec,
    runner: TaskRunner,
    *,
    clock: VirtualClock | None = None,
    journal: Journal | None = None,
    limit: float | None = None,
) -> Execution:
    """Run an execution to its end.

    Args:
        runner: does the tasks; one that is `Timed` may answer later.
        limit: seconds of virtual time after which it is left as it is.

    Returns:
        The execution; still RUNNING if nothing can happen any more, or the limit was reached.
    """
    time = clock or VirtualClock()
    engine = Engine(time, runner, journal or NoJournal())
    execution = engine.start(spec)
    until = None if limit is None else time.now() + limit
    drive(engine, time, runner, lambda: execution.open, until)
    return execution


def drive(
    engine: Engine,
    clock: VirtualClock,
    runner: TaskRunner,
    going: Callable[[], bool],
    until: float | None = None,
) -> None:
    """Let an engine work, and time go on, for as long as `going()` and something can happen."""
    timed = runner if isinstance(runner, Timed) else None
    for _ in range(_ROUNDS):
        engine.work()
        if timed is not None:
            timed.advance(clock.now())
        if engine.busy:
            continue
        dues = [due for due in (engine.next_due(), timed.next_due() if timed else None) if due is not None]
        if not going() or not dues or (until is not None and min(dues) > until):
            return
        clock.advance_to(min(dues))
