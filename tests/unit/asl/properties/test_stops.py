"""Random executions that are stopped in the middle, redriven, and played again from what happened to them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from batchyard.asl.engine import Engine, Stimulus, VirtualClock, virtual
from batchyard.asl.engine.redrive import refusal

from .machines import DATA, World, machines
from .test_executions import FEW, SEEDS, Tape, state_of
from .wellformed import aborted, numbers, tasks


@settings(FEW, max_examples=60)
@given(machines(), SEEDS, st.lists(st.floats(0, 5), min_size=1, max_size=3))
def test_stopped_and_redriven_it_ends_and_can_be_played_again(
    machine: dict[str, Any], seed: int, stops: list[float]
) -> None:
    tape, clock = Tape(), VirtualClock()
    world = World(seed, clock)
    spec = virtual.spec(machine, DATA, seed=seed)
    engine = Engine(clock, world, tape)
    execution = engine.start(spec)
    for after in stops:
        virtual.drive(engine, clock, world, lambda execution=execution: execution.open, clock.now() + after)  # type: ignore[misc]
        if execution.open:
            engine.stop(spec.arn)
            virtual.drive(engine, clock, world, lambda: True)
        assert not execution.outstanding
        assert not execution.timers
        if refusal(execution, clock.now()) is not None:
            break
        world.due = []
        engine = Engine(clock, world, tape)
        execution = engine.restore(spec, list(tape.happened))
        engine.redrive(execution)
    virtual.drive(engine, clock, world, lambda: execution.open)
    assert execution.status in ("SUCCEEDED", "FAILED")
    numbers(execution.history)
    tasks(execution.history)
    aborted(execution.history)
    written = json.loads(json.dumps([each.to_json() for each in tape.happened]))
    again = Engine(clock, world, Tape()).restore(spec, [Stimulus.from_json(each) for each in written])
    assert again.history == execution.history
    assert state_of(again) == state_of(execution)
