"""The engine's journal: what happens to executions goes to disk, then to those who listen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from batchyard.asl.engine import Event, Execution, ExecutionSpec, Stimulus
from batchyard.asl.engine.journal import end_of
from batchyard.asl.errors import RUNTIME
from batchyard.local.states.interface import Json
from batchyard.local.states.records import Record
from batchyard.local.states.store import Store

_log = logging.getLogger("batchyard.local.states")
Listener = Callable[[Record, Execution, Stimulus, int], None]


class Describe(Protocol):
    """Describes an execution's map runs, by ARN."""

    def __call__(self, execution: Execution) -> dict[str, Json]: ...


class ExecutionJournal:
    """Keeps every turn of every execution but the synchronous Express ones, whose callers a restart cuts off.

    Args:
        store: where it is kept.
        describe_map_runs: gives what is kept of the map runs of a closed execution.
    """

    def __init__(self, store: Store, describe_map_runs: Describe) -> None:
        self._store, self._describe_map_runs = store, describe_map_runs
        self.open: dict[str, Record] = {}  # records of open executions by ARN
        self._numbers: dict[str, int] = {}  # how much has happened to each
        self._passing: set[str] = set()
        self._after: list[Callable[[], None]] = []
        self.listeners: list[Listener] = []

    def begin(self, spec: ExecutionSpec, about: Json, now: float, *, kept: bool = True) -> Record:
        """Keep a new execution.

        Args:
            about: the machine's configuration.
            now: seconds since the epoch.
            kept: False for a synchronous one.
        """
        record = Record(self._store.number(), spec, about, now)
        self.open[spec.arn] = record
        self._numbers[spec.arn] = 0
        if kept:
            self._store.put(record)
        else:
            self._passing.add(spec.arn)
        return record

    def reopen(self, record: Record, happened: int) -> None:
        """Take up an execution of which so much has been kept."""
        self.open[record.spec.arn] = record
        self._numbers[record.spec.arn] = happened

    def after(self, action: Callable[[], None]) -> None:
        """Let an action follow on the next commit."""
        self._after.append(action)

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        arn = execution.spec.arn
        record = self.open.get(arn) or self._child(execution, stimulus)
        kept = arn not in self._passing
        if kept:
            number = self._numbers[arn]
            self._numbers[arn] = number + 1
            self._store.add(record.id, number, stimulus)
        if stimulus.kind == "redrive":
            record.follow(execution)
            self._store.put(record)
            self._store.put_history(record.id, None)
        if not execution.open:
            self._close(record, execution, kept)
        for listener in self.listeners:
            try:
                listener(record, execution, stimulus, first_event)
            except Exception:  # noqa: BLE001 - who tells others of an execution must not end all of them
                _log.exception("what happened to %s is not told", arn)

    def set_aside(self, record: Record, execution: Execution | None, now: float, cause: str) -> None:
        """Close an execution that a restart can not take up.

        Args:
            execution: as its stimuli leave it; None where they can not be played again.
            now: seconds since the epoch.
            cause: why, as DescribeExecution tells it.
        """
        if execution is None:
            record.status, record.stopped, record.error, record.cause = "FAILED", now, RUNTIME, cause
            told = {"input": record.spec.input, "roleArn": record.spec.role_arn}
            events = [Event(1, 0, record.started, "ExecutionStarted", told)]
            events.append(Event(2, 1, now, "ExecutionFailed", {"error": RUNTIME, "cause": cause}))
            record.events = len(events)
        else:
            record.follow(execution)
            events = execution.history
        self._store.put(record)
        self._store.put_history(record.id, events)

    def stimuli(self, arn: str) -> list[Stimulus] | None:
        """Return what happened to a closed child that did not succeed; None if it is not kept."""
        record = self._store.find(arn)
        if record is None or record.status == "SUCCEEDED":
            return None
        return self._store.stimuli(record.id) or None

    def commit(self) -> None:
        self._store.commit()
        after, self._after = self._after, []
        for action in after:
            try:
                action()
            except Exception:  # noqa: BLE001 - as for listeners
                _log.exception("what happened to executions is not told")

    def ended(self, arn: str) -> Json | None:
        """Return what a closed child execution tells the one that it belongs to; None if there is none."""
        record = None if arn in self.open else self._store.find(arn)
        if record is None or record.spec.child is None:
            return None
        return end_of(
            record.spec,
            status=record.status,
            output=record.output,
            error=record.error,
            cause=record.cause,
            startedAt=record.started,
            stoppedAt=record.stopped,
            redriveCount=record.redrives,
        )

    def _child(self, execution: Execution, stimulus: Stimulus) -> Record:
        """Return the record of a child execution, which the engine starts and redrives by itself."""
        found = self._store.find(execution.spec.arn) if stimulus.kind == "redrive" else None
        if found is None:
            return self.begin(execution.spec, {}, stimulus.at)
        self.reopen(found, len(self._store.stimuli(found.id)))
        return found

    def _close(self, record: Record, execution: Execution, kept: bool) -> None:
        arn = record.spec.arn
        record.follow(execution)
        del self.open[arn], self._numbers[arn]
        self._passing.discard(arn)
        if not kept:
            return
        for map_run, described in self._describe_map_runs(execution).items():
            self._store.put_map_run(map_run, arn, described)
        if record.spec.kind == "EXPRESS":
            # Nobody can look at it again; a child's end is kept for its parent, until that has ended.
            if record.spec.child is None:
                self._store.forget(record.id)
            else:
                self._store.put(record)
                self._store.forget_stimuli(record.id)
            return
        self._store.put(record)
        self._store.put_history(record.id, execution.history)
        if execution.status == "SUCCEEDED":
            self._store.forget_stimuli(record.id)
