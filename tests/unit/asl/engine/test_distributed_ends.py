"""Distributed Map: what is left of a map run that failed or was stopped, and who still works for it.

Rules: https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
"""

from __future__ import annotations

import json

import pytest
from tests.unit.asl.engine.maps import TASK, WRITER, Kept, Runner, World, machine

from batchyard.asl.engine import Engine, Stimulus
from batchyard.asl.engine import engine as engines
from batchyard.asl.engine.tasks import Failed, Succeeded

GOOD = Succeeded("good")


def test_children_that_were_told_as_pending_run_after_a_redrive() -> None:
    world = World(Runner({"Step": [[(1, Failed("Bad"))], [(1, GOOD)]]}))
    definition = machine(TASK, MaxConcurrency=1, ResultWriter=WRITER)
    assert world.run(definition, ["a", "b", "c"]).status == "FAILED"
    assert world.counts()["pending"] == 2
    world.redrive()
    assert world.go().status == "SUCCEEDED"
    assert world.counts() == {"succeeded": 3, "total": 3, "resultsWritten": 3}
    assert len(world.runner.started) == 4


def test_an_input_that_can_not_be_made_makes_a_redrive_begin_anew() -> None:
    world = World(Runner({"Step": [[(1, Failed("Bad"))], [(1, GOOD)]]}))
    definition = machine(
        TASK, MaxConcurrency=1, ResultWriter=WRITER, ItemSelector={"v.$": "$$.Map.Item.Value.v"}
    )
    assert world.run(definition, [{"v": 1}, {"v": 2}, {}]).status == "FAILED"
    world.redrive()
    assert world.go().status == "FAILED"  # and not a success with one item left out
    assert len(world.execution.map_runs) == 2


def test_children_that_were_to_be_stopped_are_stopped_after_a_restart() -> None:
    world = World(Runner({"Step": [[(1, Failed("Bad"))], []]}))
    parent = world.run(machine(TASK), ["a", "b"])
    assert parent.status == "FAILED"
    slow = next(each for each in world.journal.children if each.status == "ABORTED")

    def kept(arn: str, *last: str) -> list[Stimulus]:
        stimuli = [Stimulus.from_json(each) for each in world.journal.told[arn]]
        return stimuli[: next(n for n, each in enumerate(stimuli) if each.kind in last)]

    told = [Stimulus.from_json(each) for each in world.journal.told[parent.spec.arn]]
    ends = [n for n, each in enumerate(told) if each.kind == "child"]
    engine = Engine(world.clock, world.runner, Kept())
    again = engine.restore(parent.spec, told[: ends[0] + 1])  # nothing after the failed child
    child = engine.restore(slow.spec, kept(slow.spec.arn, "stop"))
    engine.resume()
    while engine.busy:
        engine.work()
    assert child.status == "ABORTED"
    assert again.status == "FAILED"


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_redrive_before_all_children_were_stopped_reaches_them_all(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(Runner({"Step": [[]]}))
    parent = world.start(machine(TASK, kind), ["a", "b", "c"])
    world.go(1)
    world.clock.advance_to(world.clock.now() + 1)
    world.runner.next_answers({"Step": [[(5, GOOD)]]})
    world.engine.stop(parent.spec.arn)
    monkeypatch.setattr(engines, "EVENTS", 1)
    world.engine.work()
    assert parent.status == "ABORTED"
    assert world.engine.executions  # children whose stop has not been heard yet
    world.redrive()
    execution = world.go()
    assert execution.status == "SUCCEEDED"
    assert json.loads(execution.output or "") == ["good"] * 3
    assert not world.engine.executions


def test_a_map_run_that_is_over_is_not_changed() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateMapRun.html
    world = World(Runner({"Step": [[(1, GOOD)]]}))
    definition = machine(TASK, after="Wait")
    definition["States"]["Wait"] = {"Type": "Wait", "Seconds": 100, "End": True}
    world.start(definition, ["a"])
    world.go(10)
    assert world.execution.open
    assert not world.engine.update_map_run(world.map_run.arn, max_concurrency=7)
    world.go()
    assert world.map_run.describe()["maxConcurrency"] == 0
