"""Distributed Map: what holds whatever the items, limits and outcomes are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.asl.engine.maps import TASK, Kept, Runner, World, machine

from batchyard.asl.engine import Engine, Stimulus
from batchyard.asl.engine.tasks import Failed, Outcome, Succeeded

OUTCOMES = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=6)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "MaxConcurrency": st.integers(0, 4),
        "ToleratedFailureCount": st.integers(0, 4),
        "ToleratedFailurePercentage": st.integers(0, 100),
        "ItemBatcher": st.fixed_dictionaries({"MaxItemsPerBatch": st.integers(1, 3)}),
    },
)
KINDS = st.sampled_from(["STANDARD", "EXPRESS"])


def world_of(outcomes: list[tuple[int, bool]]) -> World:
    """Return a world whose tasks end as given, after seconds."""
    answers: list[list[tuple[float, Outcome]]] = [
        [(seconds, Succeeded(1) if good else Failed("Bad"))] for seconds, good in outcomes
    ]
    return World(Runner({"Step": answers}))


@given(st.integers(0, 12), OUTCOMES, FIELDS, KINDS)
@settings(max_examples=60, deadline=None)
def test_every_item_is_counted_once_and_limits_hold(
    items: int, outcomes: list[tuple[int, bool]], fields: dict[str, Any], kind: str
) -> None:
    world = world_of(outcomes)
    execution = world.start(machine(TASK, kind, **fields), list(range(items)))
    most = fields.get("MaxConcurrency") or 10_000
    while execution.open:
        world.engine.work()
        if execution.map_runs:
            described = world.map_run.describe()
            for counts, total in ((described["itemCounts"], items), (described["executionCounts"], None)):
                parts = [counts[name] for name in ("pending", "running", "succeeded", "failed", "timedOut")]
                assert sum(parts) + counts["aborted"] == counts["total"] == (total or counts["total"])
            assert described["executionCounts"]["running"] <= most
        world.go(0, lambda: False)
        due = min(
            each for each in (world.runner.next_due(), world.engine.next_due(), 9e9) if each is not None
        )
        if not world.engine.busy and due < 9e9:
            world.clock.advance_to(due)
            world.runner.advance(due)
    described = world.map_run.describe()
    assert described["status"] == execution.status
    assert described["executionCounts"]["running"] == 0
    if execution.status == "SUCCEEDED":
        batch = fields.get("ItemBatcher", {}).get("MaxItemsPerBatch", 1)
        assert len(json.loads(execution.output or "")) == -(-items // batch)
    assert world.engine.executions == {}


@given(st.integers(1, 8), OUTCOMES, FIELDS, KINDS)
@settings(max_examples=40, deadline=None)
def test_what_is_journaled_gives_the_same_again(
    items: int, outcomes: list[tuple[int, bool]], fields: dict[str, Any], kind: str
) -> None:
    world = world_of(outcomes)
    execution = world.run(machine(TASK, kind, **fields), list(range(items)))
    told = json.loads(json.dumps(world.journal.told[execution.spec.arn]))
    again = Engine(world.clock, Runner(), Kept()).restore(
        execution.spec, [Stimulus.from_json(each) for each in told]
    )
    assert again.history == execution.history
    assert [run.describe() for run in again.map_runs.values()] == [
        run.describe() for run in execution.map_runs.values()
    ]


@given(st.integers(1, 8), OUTCOMES, FIELDS, KINDS)
@settings(max_examples=40, deadline=None)
def test_a_redrive_ends_well_once_the_tasks_do(
    items: int, outcomes: list[tuple[int, bool]], fields: dict[str, Any], kind: str
) -> None:
    world = world_of(outcomes)
    execution = world.run(machine(TASK, kind, **fields), list(range(items)))
    if execution.status != "FAILED":
        return
    world.clock.advance_to(world.clock.now() + 1)
    world.runner.next_answers({"Step": [[(1.0, Succeeded("again"))]]})
    world.redrive()
    assert world.go().status == "SUCCEEDED"
    assert set(world.counts("itemCounts")) == {"succeeded", "total", "resultsWritten"}
