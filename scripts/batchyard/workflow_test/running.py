"""One case, run on the interpreter in virtual time."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchyard.asl.engine import Engine, Event, ExecutionSpec, VirtualClock
from batchyard.asl.engine.virtual import drive
from batchyard.asl.model import Map
from batchyard.errors import BatchyardError
from batchyard.workflow_test.loading import Mocks
from batchyard.workflow_test.mock_runner import MockRunner, Place, Sent
from batchyard.workflow_test.trail import Everything, Taken, depths, entered
from batchyard.workflow_test.variant import Prepared

START = 1_767_225_600.0  # 2026-01-01T00:00:00Z
_NAME = "test"


@dataclass(frozen=True)
class Outcome:
    """What an execution came to.

    Args:
        status: as DescribeExecution tells it; RUNNING if it can not go on, because an answer is missing.
        output: its output, a JSON value; None for one that has not succeeded.
        path: states entered, in order, without those inside Maps.
        iterations: by Map and index (`1.0` within a Map in a Map), the states entered there.
        visits: how often each state was entered, iterations included.
        sent: what tasks were asked, in order.
        events: the execution's history.
        elapsed: virtual seconds.
        variables: those of the outermost scope at the end.
        refused: why a task could not be answered: it has no mock.
        seconds: real ones that the run took.
    """

    prepared: Prepared
    status: str
    output: Any
    error: str | None
    cause: str | None
    path: list[str]
    iterations: dict[str, dict[str, list[str]]]
    visits: Counter[str]
    sent: list[Sent]
    events: list[Event]
    elapsed: float
    variables: Mapping[str, Any]
    cancelled: list[str]
    refused: str | None
    taken: Taken
    seconds: float


def run(
    prepared: Prepared,
    document: object,
    mocks: Mocks,
    *,
    written: Mocks | None = None,
    folder: Path | None = None,
    start: float | None = None,
    seed: int = 0,
) -> Outcome:
    """Run a state machine on mocked tasks.

    Args:
        document: the execution's input.
        mocks: by state, in order.
        written: for results of Distributed Maps, by state.
        folder: where files that mocks name lie.
        start: virtual time at which it starts, seconds since the epoch.
        seed: decides all that is random.

    Raises:
        BatchyardError: a mock names a state that is no Task and no Distributed Map of the machine.
    """
    _check(prepared, {**mocks, **(written or {})})
    began = time.perf_counter()
    clock = VirtualClock(START if start is None else start)
    taken, seen = Taken(), Everything()
    runner = MockRunner(mocks, written or {}, clock, seen.situation, folder or Path.cwd())
    engine = Engine(clock, runner, seen, observer=taken)
    execution = engine.start(_spec(prepared, document, seed))
    drive(engine, clock, runner, lambda: execution.open and runner.refused is None)
    path, iterations, visits = _ways(seen, prepared)
    ended = execution.stopped_at if execution.stopped_at is not None else clock.now()
    return Outcome(
        prepared,
        execution.status,
        None if execution.output is None else json.loads(execution.output),
        execution.error,
        execution.cause,
        path,
        iterations,
        visits,
        runner.sent,
        execution.history,
        ended - execution.started_at,
        execution.variables,
        [state for state, _ in runner.cancelled],
        runner.refused,
        taken,
        time.perf_counter() - began,
    )


def _spec(prepared: Prepared, document: object, seed: int) -> ExecutionSpec:
    service = "express" if prepared.variant.kind == "EXPRESS" else "execution"
    return ExecutionSpec(
        arn=f"{prepared.arn.replace(':stateMachine:', f':{service}:')}:{_NAME}",
        name=_NAME,
        machine_arn=prepared.arn,
        machine_name=prepared.name,
        role_arn=prepared.role_arn,
        kind=prepared.variant.kind,
        definition=prepared.text,
        input=json.dumps(document),
        seed=seed,
    )


def _ways(
    seen: Everything, prepared: Prepared
) -> tuple[list[str], dict[str, dict[str, list[str]]], Counter[str]]:
    machine = prepared.machine
    around, known = depths(machine), {state.name: state for state in machine.states}
    path: list[str] = []
    iterations: dict[str, dict[str, list[str]]] = {}
    visits: Counter[str] = Counter()
    for execution in seen.executions.values():
        for name, place in entered(execution, seen.base(execution), around):
            visits[name] += 1
            if not place:
                path.append(name)
                continue
            owner = known[name].scope.owner
            while owner is not None and not isinstance(owner, Map):
                owner = owner.scope.owner
            if owner is not None:
                inside = iterations.setdefault(owner.name, {})
                inside.setdefault(label(place), []).append(name)
    return path, iterations, visits


def label(place: Place) -> str:
    """Return an iteration as cases write it: `2`, or `1.0` within a Map in a Map."""
    return ".".join(map(str, place))


def _check(prepared: Prepared, mocks: Mapping[str, object]) -> None:
    states = {state.name: state for state in prepared.machine.states}
    for name in mocks:
        state = states.get(name)
        if state is None:
            known = ", ".join(sorted(each.name for each in states.values() if each.type == "Task"))
            raise BatchyardError(f"a mock of {name}: there is no such state", fix=f"tasks are: {known}")
        if state.type != "Task" and not state.distributed:
            raise BatchyardError(f"a mock of {name}: a {state.type} state calls nothing")
