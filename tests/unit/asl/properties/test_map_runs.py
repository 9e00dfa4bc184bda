"""Distributed Maps of random child machines: they end, and end the same when cut off anywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchyard.asl.engine import Engine, Execution, ExecutionSpec, Stimulus, VirtualClock, virtual
from batchyard.asl.engine.journal import child_end
from batchyard.asl.validate import validate

from .machines import Maker, World
from .wellformed import check

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Ledger:
    """A journal of all executions, which can be read as it was after any turn."""

    def __init__(self) -> None:
        self.turns: list[tuple[ExecutionSpec, Stimulus]] = []
        self.ends: dict[str, tuple[int, Any]] = {}
        self.until = 0

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        self.turns.append((execution.spec, stimulus))
        self.until = len(self.turns)
        if not execution.open:
            end = child_end(execution) if execution.spec.child else None
            self.ends[execution.spec.arn] = (len(self.turns), end)
            check(execution.history, execution.status)

    def commit(self) -> None: ...

    def stimuli(self, arn: str) -> list[Stimulus] | None:
        return [stimulus for spec, stimulus in self.turns[: self.until] if spec.arn == arn]

    def ended(self, arn: str) -> Any:
        turn, end = self.ends.get(arn, (None, None))
        return end if turn is not None and turn <= self.until else None

    def cut(self, until: int) -> Ledger:
        """Return it as it was after so many turns."""
        found = Ledger()
        found.turns, found.until = self.turns[:until], until
        found.ends = {arn: end for arn, end in self.ends.items() if end[0] <= until}
        return found

    def open(self) -> list[ExecutionSpec]:
        """Return the executions that have not ended."""
        specs = {spec.arn: spec for spec, _ in self.turns}
        return [spec for arn, spec in specs.items() if arn not in self.ends]


@st.composite
def mapping(draw: Any) -> dict[str, Any]:
    """Return a machine whose one state is a Distributed Map."""
    maker = Maker(draw)
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    state: dict[str, Any] = {
        "Type": "Map",
        "ItemProcessor": {"ProcessorConfig": config, **maker.scope(False, 1)},
        "ItemSelector": {"n.$": "$$.Map.Item.Value", "list": [1, 2], "flag": True},
        "MaxConcurrency": maker.one_of(0, 1, 2),
        **maker.one_of({}, {"ToleratedFailureCount": 1}, {"ToleratedFailurePercentage": 100}),
        "End": True,
    }
    return {"StartAt": "M", "States": {"M": state}}


def run(machine: dict[str, Any], seed: int) -> tuple[Execution, Ledger, World]:
    clock, ledger = VirtualClock(), Ledger()
    world = World(seed, clock)
    spec = virtual.spec(machine, [1, 2, 3], seed=seed)
    return virtual.run(spec, world, clock=clock, journal=ledger), ledger, world


@FEW
@given(mapping(), st.integers(0, 9))
def test_a_map_run_ends_and_the_same_seed_ends_it_the_same(machine: dict[str, Any], seed: int) -> None:
    assert validate(machine).result == "OK"
    one, _, _ = run(machine, seed)
    two, _, _ = run(machine, seed)
    assert one.status in ("SUCCEEDED", "FAILED")
    assert one.history == two.history
    assert one.status == "SUCCEEDED" or one.error == "States.ExceedToleratedFailureThreshold"


@FEW
@given(mapping(), st.integers(0, 9))
def test_cut_off_anywhere_a_map_run_ends_as_it_would_have(machine: dict[str, Any], seed: int) -> None:
    execution, ledger, world = run(machine, seed)
    turns = len(ledger.turns)
    for until in range(1, turns, max(1, turns // 6)):
        left = ledger.cut(until)
        clock = VirtualClock(left.turns[-1][1].at)
        world.after(clock, [stimulus for _, stimulus in left.turns])
        engine = Engine(clock, world, left)
        restored = {spec.arn: engine.restore(spec, left.stimuli(spec.arn) or []) for spec in left.open()}
        again = restored[execution.spec.arn]
        engine.resume()
        virtual.drive(engine, clock, world, lambda again=again: again.open)  # type: ignore[misc]
        assert (again.status, again.output, again.error) == (
            execution.status,
            execution.output,
            execution.error,
        )
        check(again.history, again.status)
