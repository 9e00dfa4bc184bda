"""Executions, open and closed: begun, found, awaited."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial

from batchyard.asl.engine import Engine, Event, Execution, ExecutionSpec, Stimulus
from batchyard.asl.engine.clock import Clock
from batchyard.asl.engine.tasks import TaskCall
from batchyard.errors import BatchyardError
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.describing import described
from batchyard.local.states.host import Host
from batchyard.local.states.interface import Json
from batchyard.local.states.journal import ExecutionJournal
from batchyard.local.states.records import Record
from batchyard.local.states.store import Store

Ended = Callable[[Json], None]
_log = logging.getLogger("batchyard.local.states")
_NOT_TAKEN_UP = "The execution could not be taken up after a restart of the local environment"


class Executions:
    """All executions. Used on the host's thread, but for `when_ended`.

    Args:
        engine: runs the open ones.
        store: has the closed ones.
        journal: has the records of the open ones.
        clock: of the service.
        host: its thread.
    """

    def __init__(
        self, engine: Engine, store: Store, journal: ExecutionJournal, clock: Clock, host: Host
    ) -> None:
        self.engine, self.store, self.journal = engine, store, journal
        self._clock, self._host = clock, host
        self._waiting: dict[str, list[Ended]] = {}
        journal.listeners.append(self._turned)

    def begin(self, spec: ExecutionSpec, about: Json, *, kept: bool = True) -> Record:
        """Start an execution; it runs in this round's work."""
        self.engine.start(spec)  # first: what it refuses is not there
        return self.journal.begin(spec, about, self._clock.now(), kept=kept)

    def find(self, arn: str) -> Record | None:
        """Return a Standard execution as it stands."""
        record = self.journal.open.get(arn) or self.store.find(arn)
        return record if record is not None and record.spec.kind == "STANDARD" else None

    def existing(self, arn: str) -> Record:
        """Return a Standard execution.

        Raises:
            ApiError: ExecutionDoesNotExist.
        """
        record = self.find(arn)
        if record is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return record

    def history(self, record: Record) -> list[Event]:
        execution = self.engine.executions.get(record.spec.arn)
        return execution.history if execution is not None else self.store.history(record.id)

    def restored(self, record: Record) -> Execution:
        """Return an execution as its stimuli leave it, known to the engine if it is open."""
        stimuli = self.store.stimuli(record.id)
        # There is none where the server was killed after it had taken the request, before the first turn.
        spec = record.spec
        execution = self.engine.restore(spec, stimuli) if stimuli else self.engine.start(spec)
        self.journal.reopen(record, len(stimuli))
        return execution

    def take_up(self, record: Record) -> None:
        """Let an open execution of the last server go on, or close it where that can not be.

        Raises:
            BatchyardError: the file can not be read, which says nothing of the execution.
        """
        arn = record.spec.arn
        execution = None
        try:
            execution = self.restored(record)
        except BatchyardError:
            raise
        except Exception as problem:  # noqa: BLE001 - one that can not go on must not keep all others down
            _log.exception("%s can not be taken up and has failed", arn)
            cause = f"{_NOT_TAKEN_UP}: {type(problem).__name__}: {problem}"
        else:
            if execution.open:
                return
            _log.error("%s ended %s when it was taken up", arn, execution.status)
            cause = _NOT_TAKEN_UP
        self.journal.open.pop(arn, None)
        self.engine.executions.pop(arn, None)
        self.journal.set_aside(record, execution, self._clock.now(), cause)

    def when_ended(self, arn: str, callback: Ended) -> None:
        """Call back once an execution has ended and that is on disk, or now if it has; from any thread.

        The record is what DescribeExecution tells; times are in seconds since the epoch. The callback comes
        on the host's thread, where it must not take long.
        """
        self._host.submit(partial(self._await, arn, callback), reads=True)

    def ended(self, arn: str) -> Future[Json]:
        """Return the end of an open execution, as `when_ended` tells it."""
        future: Future[Json] = Future()
        self._waiting.setdefault(arn, []).append(partial(_resolve, future))
        return future

    def open_of(self, machine_arn: str) -> Iterator[str]:
        """Yield the ARNs of a machine's open executions."""
        for arn, record in list(self.journal.open.items()):
            if record.spec.machine_arn.partition("/")[0] == machine_arn:
                yield arn

    def new_seed(self) -> int:
        return random.getrandbits(63)

    def _await(self, arn: str, callback: Ended) -> None:
        record = self.journal.open.get(arn) or self.store.find(arn)
        if record is not None and record.open:
            self._waiting.setdefault(arn, []).append(callback)
        elif record is not None:
            callback(described(record, self._clock.now()))

    def _turned(self, record: Record, execution: Execution, stimulus: Stimulus, first_event: int) -> None:  # noqa: ARG002
        if not execution.open and (waiting := self._waiting.pop(record.spec.arn, None)):
            told = described(record, self._clock.now())
            self.journal.after(partial(_tell, waiting, told))


class EngineSurroundings:
    """What the resources ask of the executions and of the environment (a Surroundings).

    Args:
        executions: all of them.
        log_group_exists: says whether a log group is there.
    """

    def __init__(self, executions: Executions, log_group_exists: Callable[..., bool]) -> None:
        self._executions = executions
        self.log_group_exists = log_group_exists

    def open_executions(self, machine_arn: str) -> Iterable[str]:
        return self._executions.open_of(machine_arn)

    def stop(self, execution_arn: str) -> None:
        self._executions.engine.stop(execution_arn)

    def execution(self, arn: str) -> Json | None:
        record = self._executions.find(arn)
        if record is None:
            return None
        about, child = record.about, record.spec.child
        if child and not about:
            parent = self._executions.find(child.parent_arn)
            about = parent.about if parent else {}
        found = {**about, "machine": record.spec.machine_arn.partition("/")[0]}
        found |= {"name": record.spec.machine_name.partition("/")[0], "roleArn": record.spec.role_arn}
        found |= {"definition": record.spec.definition, "pointer": record.spec.pointer}
        return found | ({"mapRunArn": child.map_run_arn} if child else {})

    def activity_started(self, call: TaskCall) -> bool:
        execution = self._executions.engine.executions.get(call.execution_arn)
        scheduled = int(call.id.rpartition("#")[2])
        return execution is not None and any(
            event.type == "ActivityStarted" and event.previous == scheduled for event in execution.history
        )


def _tell(waiting: list[Ended], record: Json) -> None:
    for callback in waiting:
        callback(record)


def _resolve(future: Future[Json], record: Json) -> None:
    if future.set_running_or_notify_cancel():
        future.set_result(record)
