"""Distributed Map: redrive, and what a restart makes of map runs.

Rules of redrive: https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.asl.engine.maps import TASK, WRITER, Kept, Runner, World, brief, details, machine, reader
from tests.unit.asl.items.memory import MemoryStore

from batchyard.asl.engine import Engine, Stimulus
from batchyard.asl.engine.tasks import Effect, Failed, ReadItems, Report, Succeeded, WriteResults

TWO_STEPS: dict[str, Any] = {
    "StartAt": "First",
    "States": {"First": {"Type": "Pass", "Next": "Step"}, "Step": {**TASK["States"]["Step"]}},
}
SLOW = {"Step": [[(10, Succeeded("done"))]]}


def failed_once(kind: str = "STANDARD", **fields: Any) -> World:
    """Return a world whose second child has failed, and so its map run; a further attempt would succeed."""
    answers = {"Step": [[(1, Succeeded("good"))], [(2, Failed("Bad"))], [(1, Succeeded("again"))]]}
    world = World(Runner(answers))
    assert world.run(machine(TWO_STEPS, kind, MaxConcurrency=2, **fields), ["a", "b"]).status == "FAILED"
    return world


def test_only_unsuccessful_children_run_again() -> None:
    world = failed_once()
    arns = [each.spec.arn for each in world.journal.children]
    world.clock.advance_to(world.clock.now() + 100)
    world.redrive()
    execution = world.go()
    assert (execution.status, execution.output) == ("SUCCEEDED", '["good","again"]')
    assert [each.spec.arn for each in world.journal.children] == arns
    assert [each.redrive_count for each in world.journal.children] == [0, 1]
    assert len(world.runner.started) == 3


def test_events_of_a_redriven_map_run() -> None:
    world = failed_once()
    events = len(world.execution.history)
    world.redrive()
    execution = world.go()
    assert brief(execution.history[events:]) == [
        (events + 1, events, "ExecutionRedriven"),
        (events + 2, events + 1, "MapRunRedriven"),
        (events + 3, events + 2, "MapRunSucceeded"),
        (events + 4, events + 3, "MapStateSucceeded"),
        (events + 5, events + 3, "MapStateExited"),
        (events + 6, events + 5, "ExecutionSucceeded"),
    ]
    assert details(execution, "MapRunRedriven") == [{"mapRunArn": world.map_run.arn, "redriveCount": 1}]
    assert world.map_run.describe()["redriveCount"] == 1
    assert len(execution.map_runs) == 1


def test_a_standard_child_goes_on_at_the_state_that_failed() -> None:
    world = failed_once()
    world.redrive()
    world.go()
    kinds = [each.type for each in world.journal.children[1].history]
    assert kinds.count("PassStateEntered") == 1
    assert "ExecutionRedriven" in kinds


def test_an_express_child_is_started_anew_with_the_same_arn() -> None:
    world = failed_once("EXPRESS")
    arns = [each.spec.arn for each in world.journal.children]
    world.redrive()
    assert world.go().output == '["good","again"]'
    assert [each.spec.arn for each in world.journal.children] == arns
    again = world.journal.children[1]
    assert [each.type for each in again.history].count("ExecutionRedriven") == 0
    assert again.history[0].type == "ExecutionStarted"


def three_failed() -> World:
    """Return a world whose three children have failed together, and that now lets one run at once."""
    answers = {"Step": [[(1, Failed("Bad"))]] * 3 + [[(10, Succeeded("again"))]]}
    world = World(Runner(answers))
    world.start(machine(TASK, MaxConcurrency=3), [1, 2, 3])
    world.go(0.5)
    world.engine.update_map_run(world.map_run.arn, max_concurrency=1)
    assert world.go().status == "FAILED"
    assert world.counts() == {"failed": 3, "total": 3, "resultsWritten": 3}
    world.redrive()
    world.go(5)
    return world


def test_children_beyond_the_concurrency_wait_to_be_redriven() -> None:
    world = three_failed()
    assert world.counts() == {"running": 1, "pendingRedrive": 2, "total": 3}
    assert world.go().status == "SUCCEEDED"
    assert world.counts() == {"succeeded": 3, "total": 3, "resultsWritten": 3}


def test_children_that_waited_in_vain_are_what_they_were() -> None:
    """Pending redrive is 0 once a map run has ended: the guide's page on redriving map runs."""
    world = three_failed()
    world.engine.stop(world.execution.spec.arn)
    world.go()
    assert world.counts() == {"aborted": 1, "failed": 2, "total": 3, "resultsWritten": 3}


def test_children_that_are_still_to_come_run_after_a_redrive() -> None:
    answers = {"Step": [[(1, Failed("Bad"))], [(1, Succeeded("x"))]]}
    world = World(Runner(answers))
    world.run(machine(TASK, MaxConcurrency=1), [1, 2, 3])
    assert world.counts() == {"failed": 1, "pending": 2, "total": 3, "resultsWritten": 1}
    world.redrive()
    assert world.go().output == '["x","x","x"]'


def test_a_map_run_that_failed_before_its_children_reads_its_items_again() -> None:
    world = World(Runner(store=MemoryStore(data={})))
    world.run(machine(ItemReader=reader("late.json", InputType="JSON")))
    assert world.execution.error == "States.ItemReaderFailed"
    world.runner.store.buckets["data"]["late.json"] = b"[1]"
    world.redrive()
    assert world.go().output == "[1]"
    assert [each.type for each in world.execution.history if each.type.startswith("MapRun")] == [
        "MapRunStarted",
        "MapRunFailed",
        "MapRunRedriven",
        "MapRunSucceeded",
    ]


def test_results_that_could_not_be_written_are_written_after_a_redrive() -> None:
    world = World(Runner(store=MemoryStore()))
    world.run(machine(ResultWriter=WRITER), [1])
    assert world.execution.error == "States.ResultWriterFailed"
    world.runner.store.buckets["out"] = {}
    world.redrive()
    assert world.go().status == "SUCCEEDED"
    assert len(world.journal.children) == 1


def test_results_over_the_limit_make_a_redrive_start_a_new_map_run() -> None:
    world = World()
    world.run(machine(), ["x" * 1020] * 260)
    first = world.map_run.arn
    world.redrive()
    world.go()
    assert world.map_run.arn != first
    assert not details(world.execution, "MapRunRedriven")


def test_an_aborted_map_run_goes_on_with_the_children_that_were_aborted() -> None:
    world = World(Runner(SLOW))
    execution = world.start(machine(TASK, MaxConcurrency=2), [1, 2, 3])
    world.go(5)
    world.engine.stop(execution.spec.arn)
    world.go()
    world.redrive()
    assert world.go().output == '["done","done","done"]'
    assert world.counts() == {"succeeded": 3, "total": 3, "resultsWritten": 3}


def test_children_whose_time_is_over_stay_as_they_are() -> None:
    """Redrivable for 14 days: the guide's page on redriving map runs."""
    world = failed_once()
    world.clock.advance_to(world.clock.now() + 15 * 24 * 3600)
    world.redrive()
    execution = world.go()
    assert (execution.status, execution.error) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    assert world.counts()["failuresNotRedrivable"] == 1
    assert len(world.runner.started) == 2


MACHINES = {
    "plain": machine(TASK, MaxConcurrency=2),
    "express": machine(TASK, "EXPRESS"),
    "batches": machine(TASK, ItemBatcher={"MaxItemsPerBatch": 2}, MaxConcurrency=1),
    "read and written": machine(TASK, ItemReader=reader("i.json", InputType="JSON"), ResultWriter=WRITER),
    "tolerant": machine(TASK, ToleratedFailureCount=1),
    "fails": machine(TASK, MaxConcurrency=1),
}


def world_of(name: str) -> World:
    fails = name in ("tolerant", "fails")
    answers = {
        "Step": [[(1, Succeeded(1))], [(2, Failed("Bad") if fails else Succeeded(2))], [(3, Succeeded(3))]]
    }
    return World(Runner(answers, MemoryStore(data={"i.json": "[1, 2, 3]"}, out={})))


@pytest.mark.parametrize("name", MACHINES)
def test_a_journal_played_again_gives_the_same_executions(name: str) -> None:
    world = world_of(name)
    execution = world.run(MACHINES[name], [1, 2, 3])
    assert not execution.open
    for arn, told in world.journal.told.items():
        stimuli = [Stimulus.from_json(json.loads(json.dumps(each))) for each in told]
        again = Engine(world.clock, Runner(), Kept()).restore(world.journal.specs[arn], stimuli)
        original = world.journal.closed[arn]
        assert again.history == original.history
        assert (again.status, again.output) == (original.status, original.output)
        for run, described in zip(again.map_runs.values(), original.map_runs.values(), strict=True):
            assert run.describe() == described.describe()


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("second", [0.5, 1.5, 2.5, 3.5])
def test_after_a_restart_in_the_middle_the_end_is_the_same(name: str, second: float) -> None:
    straight = world_of(name)
    expected = straight.run(MACHINES[name], [1, 2, 3])
    world = world_of(name)
    world.start(MACHINES[name], [1, 2, 3])
    world.go(second)
    _restart(world)
    execution = world.go()
    assert (execution.status, execution.error, execution.output) == (
        expected.status,
        expected.error,
        expected.output,
    )
    assert brief(execution.history) == brief(expected.history)
    assert world.counts() == straight.counts()


@pytest.mark.parametrize("lost", ["start", "end"])
def test_children_and_parent_come_together_when_one_journal_is_behind(lost: str) -> None:
    """The end of a child, or its start, may be written just before the machine stops."""
    world = World(Runner(SLOW))
    parent = world.start(machine(TASK), [1, 2])
    world.go(5 if lost == "start" else None)
    child = world.journal.seen[1]
    if lost == "start":
        del world.journal.told[child], world.journal.specs[child]
    else:
        told = world.journal.told[parent.spec.arn]
        world.journal.closed.pop(parent.spec.arn)
        while told[-1][1] != "start":
            told.pop()
    _restart(world)
    assert world.go().output == '["done","done"]'


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_redrive_that_reached_the_parent_alone_reaches_the_child_after_a_restart(kind: str) -> None:
    world = failed_once(kind)
    child = world.journal.children[1]
    before = len(world.journal.told[child.spec.arn])
    world.clock.advance_to(world.clock.now() + 100)
    world.redrive()
    world.engine.work()
    del world.journal.told[child.spec.arn][before:]
    world.journal.closed[child.spec.arn] = child
    world.runner.started.clear()
    _restart(world)
    assert world.go().output == '["good","again"]'


@pytest.mark.parametrize("lost", [ReadItems, WriteResults])
def test_reading_and_writing_are_taken_up_after_a_restart(lost: type[ReadItems | WriteResults]) -> None:
    store = MemoryStore(data={"i.json": "[1, 2, 3]"}, out={})
    world = World(_Forgetful(lost, store))
    world.start(machine(ItemReader=reader("i.json", InputType="JSON"), ResultWriter=WRITER))
    world.go()
    assert world.execution.open
    _restart(world)
    assert world.go().status == "SUCCEEDED"
    assert len(world.journal.children) == 3


class _Forgetful(Runner):
    """Never answers effects of one kind."""

    def __init__(self, kind: type[Effect], store: MemoryStore) -> None:
        super().__init__(None, store)
        self._kind = kind

    def start(self, effect: Effect, report: Report) -> None:
        if not isinstance(effect, self._kind):
            super().start(effect, report)


class _Continued(Runner):
    """Goes on with what was begun before the restart."""

    def __init__(self, before: Runner, now: float) -> None:
        super().__init__(None, before.store)
        self.__dict__.update(before.__dict__)
        self.lost = {each[2] for each in self._due}
        self._now = now

    def resume(self, effect: Any, submitted: Any, report: Any) -> None:
        self._due = [
            (due, number, effect_id, outcome, report if effect_id == effect.id else told)
            for due, number, effect_id, outcome, told in self._due
        ]
        if effect.id not in self.lost:
            self.start(effect, report)


def _restart(world: World) -> None:
    """Throw the engine away, and restore it from the journal."""
    journal = world.journal
    world.runner = _Continued(world.runner, world.clock.now())
    world.engine = Engine(world.clock, world.runner, journal)
    parent = world.execution.spec.arn
    for arn, told in list(journal.told.items()):
        if arn not in journal.closed or arn == parent:
            stimuli = [Stimulus.from_json(json.loads(json.dumps(each))) for each in told]
            restored = world.engine.restore(journal.specs[arn], stimuli)
            if arn == parent:
                world.execution = restored
    world.engine.resume()
