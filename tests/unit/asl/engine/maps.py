"""Machines with a Distributed Map, a runner with objects in memory, and a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.unit.asl.engine.script import Script
from tests.unit.asl.items.memory import MemoryStore

from batchyard.asl.engine import Engine, Event, Execution, ExecutionSpec, Stimulus, VirtualClock, virtual
from batchyard.asl.engine.journal import child_end
from batchyard.asl.engine.map_run import MapRun
from batchyard.asl.engine.tasks import Effect, Failed, ReadItems, Report, Succeeded, WriteResults
from batchyard.asl.errors import StatesError
from batchyard.asl.items import read, write

Json = dict[str, Any]
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:work"
PASS: Json = {"StartAt": "Step", "States": {"Step": {"Type": "Pass", "End": True}}}
TASK: Json = {"StartAt": "Step", "States": {"Step": {"Type": "Task", "Resource": FUNCTION, "End": True}}}
_ODD = {"Variable": "$.odd", "BooleanEquals": True, "Next": "Bad"}
FAIL_ODD: Json = {
    "StartAt": "Look",
    "States": {
        "Look": {"Type": "Choice", "Default": "Good", "Choices": [_ODD]},
        "Bad": {"Type": "Fail", "Error": "Odd", "Cause": "it is odd"},
        "Good": {"Type": "Pass", "End": True},
    },
}


def machine(steps: Json = PASS, kind: str = "STANDARD", after: str | None = None, **fields: Any) -> Json:
    """Return a machine of one Distributed Map."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": kind}
    follows = {"Next": after} if after else {"End": True}
    state = {"Type": "Map", "Label": "each", "ItemProcessor": {"ProcessorConfig": config, **steps}}
    return {"StartAt": "Map", "States": {"Map": {**state, **follows, **fields}}}


def reader(key: str, **config: Any) -> Json:
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": config,
        "Parameters": {"Bucket": "data", "Key": key},
    }


WRITER: Json = {
    "Resource": "arn:aws:states:::s3:putObject",
    "Parameters": {"Bucket": "out", "Prefix": "jobs"},
}


class Runner(Script):
    """A script of tasks that reads and writes objects in memory."""

    def __init__(self, answers: Any = None, store: MemoryStore | None = None) -> None:
        super().__init__(answers)
        self.store = store or MemoryStore(out={})

    def next_answers(self, answers: Any) -> None:
        """Answer so from now on."""
        super().__init__(answers)

    def start(self, effect: Effect, report: Report) -> None:
        try:
            if isinstance(effect, ReadItems):
                report(effect.id, Succeeded(read(effect.reader, self.store).to_json()))
            elif isinstance(effect, WriteResults):
                found = write(effect.writer, effect.map_run_arn, effect.results, self.store)
                report(effect.id, Succeeded(found))
            else:
                super().start(effect, report)
        except StatesError as error:
            report(effect.id, Failed(error.error, error.cause))


class Kept:
    """Keeps stimuli as JSON, and closed children."""

    def __init__(self) -> None:
        self.specs: dict[str, ExecutionSpec] = {}
        self.told: dict[str, list[Any]] = {}
        self.closed: dict[str, Execution] = {}
        self.seen: list[str] = []

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        arn = execution.spec.arn
        if arn not in self.specs:
            self.seen.append(arn)
        self.specs[arn] = execution.spec
        self.told.setdefault(arn, []).append(stimulus.to_json())
        self.closed.pop(arn, None)
        if not execution.open:
            self.closed[arn] = execution

    def commit(self) -> None: ...

    def ended(self, arn: str) -> Json | None:
        return child_end(self.closed[arn]) if arn in self.closed else None

    def stimuli(self, arn: str) -> Iterable[Stimulus] | None:
        return [Stimulus.from_json(each) for each in self.told[arn]] if arn in self.closed else None

    @property
    def children(self) -> list[Execution]:
        """Return the closed child executions in the order in which they began."""
        return [self.closed[arn] for arn in self.seen if self.specs[arn].child and arn in self.closed]


class World:
    """An engine in virtual time."""

    def __init__(self, runner: Runner | None = None, journal: Kept | None = None) -> None:
        self.clock, self.runner, self.journal = VirtualClock(), runner or Runner(), journal or Kept()
        self.engine = Engine(self.clock, self.runner, self.journal)
        self.execution: Execution

    def start(self, definition: Json, given: Any = None) -> Execution:
        self.execution = self.engine.start(virtual.spec(definition, given))
        return self.execution

    def go(self, seconds: float | None = None, going: Callable[[], bool] = lambda: True) -> Execution:
        """Go on until nothing can happen any more, or for so many seconds."""
        until = None if seconds is None else self.clock.now() + seconds
        virtual.drive(self.engine, self.clock, self.runner, going, until)
        return self.execution

    def run(self, definition: Json, given: Any = None) -> Execution:
        self.start(definition, given)
        return self.go()

    def redrive(self) -> Execution:
        arn = self.execution.spec.arn
        stimuli = self.journal.stimuli(arn)
        assert stimuli is not None
        self.execution = self.engine.restore(self.journal.specs[arn], stimuli)
        self.engine.redrive(self.execution)
        return self.execution

    @property
    def map_run(self) -> MapRun:
        """Return the last map run."""
        return list(self.execution.map_runs.values())[-1]

    def counts(self, name: str = "executionCounts") -> Json:
        """Return what is not 0 of the counts of the last map run."""
        return {key: value for key, value in self.map_run.describe()[name].items() if value}


def brief(events: Iterable[Event]) -> list[tuple[int, int, str]]:
    """Return ids, links and types of events."""
    return [(each.id, each.previous, each.type) for each in events]


def details(execution: Execution, kind: str) -> list[Json | None]:
    """Return the details of all events of a type."""
    return [each.details for each in execution.history if each.type == kind]
