"""Properties of executions of random machines with tasks that may fail."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchyard.asl.engine import Engine, Execution, Stimulus, VirtualClock, virtual
from batchyard.asl.validate import validate

from .machines import DATA, World, machines
from .wellformed import check

FEW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
SEEDS = st.integers(0, 9)


class Tape:
    """A journal that also notes what the execution was like after each turn."""

    def __init__(self) -> None:
        self.happened: list[Stimulus] = []
        self.states: list[tuple[int, str, str | None, list[str]]] = []

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        self.happened.append(stimulus)
        self.states.append(state_of(execution))

    def commit(self) -> None: ...

    def stimuli(self, arn: str) -> None:
        return None

    def ended(self, arn: str) -> None:
        return None


def state_of(execution: Execution) -> tuple[int, str, str | None, list[str]]:
    outstanding = sorted(execution.outstanding)
    return len(execution.history), execution.status, execution.output, outstanding


def run(machine: dict[str, Any], seed: int) -> tuple[Execution, Tape, World]:
    tape, clock = Tape(), VirtualClock()
    world = World(seed, clock)
    spec = virtual.spec(machine, DATA, seed=seed)
    return virtual.run(spec, world, clock=clock, journal=tape), tape, world


@FEW
@given(machines(), SEEDS)
def test_every_execution_ends_and_its_history_is_well_formed(machine: dict[str, Any], seed: int) -> None:
    assert validate(machine).result == "OK"
    execution, _, _ = run(machine, seed)
    assert execution.status in ("SUCCEEDED", "FAILED")
    assert len(execution.history) < 2_000
    assert (execution.output is None) == (execution.status == "FAILED")
    check(execution.history, execution.status)


@FEW
@given(machines(), SEEDS)
def test_the_same_seed_gives_the_same_history(machine: dict[str, Any], seed: int) -> None:
    one, _, _ = run(machine, seed)
    two, _, _ = run(machine, seed)
    assert (one.history, one.output, one.error, one.cause) == (two.history, two.output, two.error, two.cause)


@FEW
@given(machines(), SEEDS)
def test_what_happened_played_again_gives_the_same(machine: dict[str, Any], seed: int) -> None:
    execution, tape, _ = run(machine, seed)
    written = json.loads(json.dumps([each.to_json() for each in tape.happened]))
    clock = VirtualClock()
    world = World(seed, clock)
    engine = Engine(clock, world, Tape())
    again = engine.restore(execution.spec, [Stimulus.from_json(each) for each in written])
    assert again.history == execution.history
    assert state_of(again) == state_of(execution)
    assert (again.error, again.cause) == (execution.error, execution.cause)
    assert not world.started


@settings(FEW, max_examples=20)
@given(machines(), SEEDS)
def test_cut_off_anywhere_it_goes_on_as_if_nothing_had_happened(machine: dict[str, Any], seed: int) -> None:
    execution, tape, world = run(machine, seed)
    for cut in range(1, len(tape.happened), max(1, len(tape.happened) // 6)):
        clock = VirtualClock(tape.happened[cut - 1].at)
        world.after(clock, tape.happened[:cut])
        engine = Engine(clock, world, Tape())
        again = engine.restore(execution.spec, tape.happened[:cut])
        assert state_of(again) == tape.states[cut - 1]
        assert again.history == execution.history[: len(again.history)]
        engine.resume()
        virtual.drive(engine, clock, world, lambda again=again: again.open)  # type: ignore[misc]
        # What happens at the same instant may come in another order than it would have.
        assert sorted(each.type for each in again.history) == sorted(each.type for each in execution.history)
        assert (again.status, again.output) == (execution.status, execution.output)
        check(again.history, again.status)


@FEW
@given(machines(), SEEDS, st.floats(0, 5))
def test_stopped_anywhere_it_is_aborted(machine: dict[str, Any], seed: int, after: float) -> None:
    clock = VirtualClock()
    world = World(seed, clock)
    engine = Engine(clock, world, Tape())
    execution = engine.start(virtual.spec(machine, DATA, seed=seed))
    virtual.drive(engine, clock, world, lambda: execution.open, clock.now() + after)
    if execution.open:
        engine.stop(execution.spec.arn, "Stopped", "in the middle")
        virtual.drive(engine, clock, world, lambda: execution.open)
        assert (execution.status, execution.error, execution.cause) == ("ABORTED", "Stopped", "in the middle")
    assert not execution.outstanding
    check(execution.history, execution.status)
