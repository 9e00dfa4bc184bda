"""One execution: a function of its spec and of the stimuli that it was given."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.text import load, size
from batchyard.asl.engine import history
from batchyard.asl.engine.chance import chance
from batchyard.asl.engine.context import context_of
from batchyard.asl.engine.happenings import HAPPENINGS
from batchyard.asl.engine.history import Event
from batchyard.asl.engine.limits import storage_error
from batchyard.asl.engine.observer import Observer
from batchyard.asl.engine.program import program
from batchyard.asl.engine.spec import ExecutionSpec
from batchyard.asl.engine.steps import Action, Steps
from batchyard.asl.engine.stimuli import Stimulus
from batchyard.asl.engine.strand import Pending, Strand
from batchyard.asl.engine.tasks import Effect
from batchyard.asl.errors import RUNTIME, StatesError
from batchyard.asl.model import Scope

if TYPE_CHECKING:
    from batchyard.asl.engine.branching import Branching
    from batchyard.asl.engine.map_run import MapRun

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
TURN = 256  # actions in one turn: keeps one execution from starving the others
_INTERNAL = "An internal error occurred; the log of the environment has its traceback."
_log = logging.getLogger("batchyard.asl")
_FULL = f"The execution reached the maximum number of history events ({history.LIMIT})."
_ENDS = {"SUCCEEDED": "ExecutionSucceeded", "FAILED": "ExecutionFailed", "ABORTED": "ExecutionAborted"}


class _Full(Exception):
    """The history has room for one more event only."""


class Execution:
    """A running or closed execution.

    Args:
        spec: what it begins with.
        steps: what states do.
        observer: looks on.
    """

    def __init__(self, spec: ExecutionSpec, steps: Steps, observer: Observer | None = None) -> None:
        self.spec, self.steps, self.observer = spec, steps, observer
        self.program = program(spec.definition, spec.kind == "EXPRESS", spec.pointer)
        self.status: Status = "RUNNING"
        self.now = self.started_at = 0.0
        self.stopped_at: float | None = None
        self.output: str | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.redrive_count = 0
        self.redriven_at: float | None = None
        self.history: list[Event] = []
        self.map_runs: dict[str, MapRun] = {}
        self.root: Strand | None = None
        self.chance = chance(spec.seed)
        self.ready: deque[tuple[Action, Strand]] = deque()
        self.pending: dict[str, Pending] = {}
        self.timers: dict[int, tuple[float, Action, Strand]] = {}
        self._timer_ids = 0
        self._stored: dict[str, int] = {}  # bytes of variables by name
        # What this turn asks for: effects to start or to cancel, child executions, timers.
        self.started: list[Effect] = []
        self.cancelled: list[tuple[Effect, str]] = []
        self.children: list[ExecutionSpec] = []
        self.redriven_children: list[ExecutionSpec] = []
        self.stopped_children: list[str] = []
        self.new_timers: list[tuple[float, int]] = []

    @property
    def open(self) -> bool:
        return self.status == "RUNNING"

    @property
    def input(self) -> str:
        return self.spec.input

    @cached_property
    def document(self) -> Value:
        """Return the input as a value: one for all states and items whose context object is asked for it."""
        return load(self.spec.input)

    @property
    def variables(self) -> Mapping[str, Value]:
        """Return the variables of the outermost scope."""
        return self.root.variables if self.root else {}

    @property
    def outstanding(self) -> Mapping[str, Effect]:
        """Return the effects whose end has not been told."""
        return {effect_id: each.effect for effect_id, each in self.pending.items()}

    def apply(self, stimulus: Stimulus) -> None:
        """Let something happen, and all that follows from it without waiting."""
        self.now = max(self.now, stimulus.at)  # also where the machine's clock was set back
        try:
            HAPPENINGS[stimulus.kind](self, stimulus.data)
            self._run()
        except _Full:
            self.close("FAILED", RUNTIME, _FULL, self.history[-1].id)
        except Exception:  # noqa: BLE001 - a fault of ours in one execution must not end all others
            _log.exception("internal error in %s", self.spec.arn)
            self.close("FAILED", RUNTIME, _INTERNAL, self.history[-1].id if self.history else 0)

    def _run(self) -> None:
        ready, left = self.ready, TURN
        while ready and left:
            left -= 1
            action, strand = ready.popleft()
            if strand.alive:
                try:
                    action(self, strand)
                except StatesError as error:
                    self.steps.evaluation(self, strand, error)

    # What states ask for

    def event(self, previous: int, kind: str, details: dict[str, Any] | None = None) -> int:
        """Write an event; return its id."""
        events = self.history
        number = len(events) + 1
        if number >= history.LIMIT and self.spec.kind == "STANDARD" and self.status == "RUNNING":
            raise _Full
        events.append(Event(number, previous, self.now, kind, details))
        return number

    def strand(
        self,
        scope: Scope,
        raw: Value,
        variables: Mapping[str, Value],
        last: int,
        around: Branching | None = None,
        index: int = 0,
    ) -> Strand:
        """Return a new strand, which has not entered its first state."""
        strand = Strand(scope, raw, variables, last, around, index)
        strand.env = Environment(partial(context_of, self, strand), variables, self.chance, self.now)
        return strand

    def begin(self, strand: Strand) -> None:
        """Begin an attempt at the strand's state."""
        env = strand.env
        env.now, env.variables = self.now, strand.variables
        env.forget()
        self.steps.begin[type(strand.state)](self, strand)

    def timer(self, due: float, action: Action, strand: Strand) -> int:
        """Let an action follow at a time; return the timer's id."""
        self._timer_ids += 1
        self.timers[self._timer_ids] = (due, action, strand)
        self.new_timers.append((due, self._timer_ids))
        return self._timer_ids

    def store(self, assigned: Mapping[str, str]) -> StatesError | None:
        """Count variables in, as JSON text by name; return the error if they are too much."""
        others = sum(size for name, size in self._stored.items() if name not in assigned)
        if error := storage_error(assigned, others):
            return error
        self._stored.update({name: size(text) for name, text in assigned.items()})
        return None

    def hand_out(self, effect: Effect, strand: Strand) -> Pending:
        """Ask for an effect."""
        pending = strand.waiting = self.pending[effect.id] = Pending(effect, strand)
        self.started.append(effect)
        return pending

    def forget(self, pending: Pending, reason: str | None = None) -> None:
        """Wait for an effect no longer; with a reason it is cancelled too."""
        self.pending.pop(pending.effect.id, None)
        for timer in (pending.timeout, pending.beat):
            if timer is not None:
                self.timers.pop(timer, None)
        if reason is not None:
            self.cancelled.append((pending.effect, reason))

    def release(self, strand: Strand, reason: str) -> None:
        """End a strand in the middle, and all that runs for it."""
        strand.alive = False
        waiting = strand.waiting
        if isinstance(waiting, Pending):
            self.forget(waiting, reason)
            strand.waiting = None
        elif isinstance(waiting, int):
            self.timers.pop(waiting, None)
            strand.waiting = None
        elif waiting is not None:
            waiting.abort(self, reason)

    def finish(self, strand: Strand) -> None:
        """End the execution well: its outermost strand is through."""
        self.close("SUCCEEDED", None, None, strand.last, strand.text)

    def fail(self, strand: Strand, error: str | None, cause: str | None) -> None:
        """End the execution badly."""
        self.close("FAILED", error, cause, strand.last)

    def reopen(self) -> int:
        """Run again, after a redrive; return the id of the event that says so."""
        self.status, self.stopped_at = "RUNNING", None
        self.error = self.cause = None
        self.redrive_count += 1
        self.redriven_at = self.now
        return self.event(self.history[-1].id, "ExecutionRedriven", {"redriveCount": self.redrive_count})

    def close(
        self, status: Status, error: str | None, cause: str | None, previous: int, output: str | None = None
    ) -> None:
        """End the execution with an event that names the one before it."""
        if status in ("ABORTED", "TIMED_OUT"):
            for map_run in self.map_runs.values():
                map_run.abort(self, "the execution has ended")
        self.status = status
        self.error, self.cause, self.output = error, cause, output
        self.stopped_at = self.now
        found = {"output": output, "error": error, "cause": cause}
        details = {key: value for key, value in found.items() if value is not None}
        self.event(previous, _ENDS.get(status, "ExecutionTimedOut"), details)
        self.ready.clear()
        if status != "SUCCEEDED" and self.root is not None:
            self.release(self.root, "the execution has ended")
        self.timers.clear()
