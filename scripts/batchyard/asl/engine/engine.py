"""The engine: all open executions, what they wait for, and the order in which things happen to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from batchyard.asl.engine.clock import Clock
from batchyard.asl.engine.execution import Execution
from batchyard.asl.engine.journal import Journal, child_end
from batchyard.asl.engine.map_run import MapRun
from batchyard.asl.engine.observer import Observer
from batchyard.asl.engine.spec import ExecutionSpec
from batchyard.asl.engine.stimuli import Stimulus, told
from batchyard.asl.engine.table import STEPS
from batchyard.asl.engine.tasks import Effect, Outcome, Started, TaskCall, TaskRunner
from batchyard.asl.engine.timers import Timers
from batchyard.asl.engine.tokens import effect_of

# In one call of `work`, where a turn without events counts as one: about 0.1 s.
EVENTS = 20_000


class Engine:
    """Runs executions. It is used from one thread; only `report` may be called from others.

    Args:
        clock: tells the time.
        runner: does the tasks.
        journal: is told every turn.
        wake: called when something was reported, from the reporting thread.
        observer: looks on.
    """

    def __init__(
        self,
        clock: Clock,
        runner: TaskRunner,
        journal: Journal,
        wake: Callable[[], None] = lambda: None,
        observer: Observer | None = None,
    ) -> None:
        self.executions: dict[str, Execution] = {}
        self._clock, self._runner, self._journal, self._wake = clock, runner, journal, wake
        self._mail: deque[tuple[str, Outcome]] = deque()
        self._queue: deque[tuple[Execution, Stimulus]] = deque()
        self._observer, self._timers = observer, Timers()
        self._dirty: list[Execution] = []

    def start(self, spec: ExecutionSpec) -> Execution:
        """Begin an execution; it runs in the next `work`."""
        execution = Execution(spec, STEPS, self._observer)
        self.executions[spec.arn] = execution
        self._happen(execution, "start", {})
        return execution

    def stop(self, arn: str, error: str | None = None, cause: str | None = None) -> None:
        """Abort an open execution."""
        self._happen(self.executions[arn], "stop", {"error": error, "cause": cause})

    def redrive(self, execution: Execution) -> None:
        """Let a closed execution, which `restore` returned, go on; see `redrive.refusal`."""
        self.executions[execution.spec.arn] = execution
        self._happen(execution, "redrive", {})

    def update_map_run(self, arn: str, **changes: float | None) -> bool:
        """Change the concurrency or tolerance of an open map run; say whether there is one."""
        for execution in self.executions.values():
            found = execution.map_runs.get(arn)
            if found is not None and found.status == "RUNNING":
                self._happen(execution, "update", {"mapRunArn": arn, **changes})
                return True
        return False

    def tell(self, effect_id: str, outcome: Outcome) -> bool:
        """Tell the outcome of an effect; say whether anybody waits for it."""
        if self._execution_of(effect_id) is None:
            return False
        self._mail.append((effect_id, outcome))
        return True

    def report(self, id: str, outcome: Outcome) -> None:  # noqa: A002 - as the protocol names it
        """Tell the outcome of an effect, from any thread."""
        self._mail.append((id, outcome))
        self._wake()

    def token(self, token: str) -> TaskCall | None:
        """Return the open task that waits for a token."""
        effect_id = effect_of(token)
        execution = self._execution_of(effect_id) if effect_id else None
        effect = execution.pending[effect_id].effect if execution and effect_id else None
        return effect if isinstance(effect, TaskCall) and effect.token == token else None

    @property
    def busy(self) -> bool:
        """Say whether `work` has something to do before any timer is due."""
        return bool(self._queue or self._mail)

    def next_due(self) -> float | None:
        """Return when the next timer is due, in seconds since the epoch."""
        return self._timers.next_due()

    def work(self) -> None:
        """Let happen what can happen now, up to a number of events; commit; hand effects out."""
        now = self._clock.now()
        self._collect(now)
        left = EVENTS
        while left > 0 and (self._queue or self._mail):
            if not self._queue:
                self._collect(now)
                continue
            left -= 1
            execution, stimulus = self._queue.popleft()
            if execution.open != (stimulus.kind == "redrive"):  # which was asked for twice, else
                left -= self._turn(execution, stimulus)
        self._journal.commit()
        self._hand_out()

    def restore(self, spec: ExecutionSpec, stimuli: Iterable[Stimulus]) -> Execution:
        """Return an execution as its journal left it; nothing is handed out."""
        execution = Execution(spec, STEPS)
        for stimulus in stimuli:
            execution.apply(stimulus)
            self._clear(execution)
        execution.observer = self._observer
        for timer, (due, _, _) in execution.timers.items():
            self._timers.add(execution, due, timer)
        if execution.open:
            self.executions[spec.arn] = execution
            if execution.ready:
                self._happen(execution, "tick", {})
        return execution

    def resume(self) -> None:
        """Take up the effects that were outstanding when the journal ended."""
        for execution in list(self.executions.values()):
            for pending in list(execution.pending.values()):
                self._runner.resume(pending.effect, pending.submitted, self.report)
                if not pending.began:
                    self._tell_started(pending.effect)
            for map_run in execution.map_runs.values():
                self._attach(execution, map_run)

    def _attach(self, parent: Execution, map_run: MapRun) -> None:
        """Bring children together with their parent, whose journal may end before or after theirs."""
        for spec in list(map_run.open_children()):
            if spec.arn not in self.executions:
                ended = self._journal.ended(spec.arn)
                if ended is None:
                    self.start(spec)
                elif map_run.stale(ended):
                    self._redrive_child(spec)
                else:
                    self._happen(parent, "child", ended)
            if map_run.stopping and spec.arn in self.executions:
                self.stop(spec.arn)

    def _redrive_child(self, spec: ExecutionSpec) -> None:
        open_still = self.executions.get(spec.arn)
        if open_still is not None and spec.kind == "STANDARD":  # that it be stopped is queued before this
            self.redrive(open_still)
            return
        stimuli = self._journal.stimuli(spec.arn) if spec.kind == "STANDARD" else None
        if stimuli is None:
            self.start(spec)
        else:
            self.redrive(self.restore(spec, stimuli))

    def _happen(self, execution: Execution, kind: Any, data: dict[str, Any]) -> None:  # noqa: ANN401 - a Kind
        self._queue.append((execution, Stimulus(self._clock.now(), kind, data)))

    def _collect(self, now: float) -> None:
        """Queue what was told, and the timers that are due."""
        while self._mail:
            effect_id, outcome = self._mail.popleft()
            execution = self._execution_of(effect_id)
            if execution is not None:
                self._queue.append((execution, told(now, effect_id, outcome)))
        for execution, timers in self._timers.take_due(now):
            self._queue.append((execution, Stimulus(now, "timer", {"ids": timers})))

    def _turn(self, execution: Execution, stimulus: Stimulus) -> int:
        """Let something happen to an execution; return how many events that was about."""
        first = len(execution.history)
        if stimulus.kind == "redrive":
            self.executions[execution.spec.arn] = execution
        execution.apply(stimulus)
        self._journal.turn(execution, stimulus, first)
        for due, timer in execution.new_timers:
            if timer in execution.timers:
                self._timers.add(execution, due, timer)
        execution.new_timers.clear()
        if execution.started or execution.cancelled:
            self._dirty.append(execution)
        for spec in execution.children:
            self.start(spec)
        for spec in execution.redriven_children:
            self._redrive_child(spec)
        for arn in execution.stopped_children:
            if arn in self.executions:
                self.stop(arn)
        execution.stopped_children.clear()
        execution.children.clear()
        execution.redriven_children.clear()
        if not execution.open:
            self._closed(execution)
        elif execution.ready:
            self._happen(execution, "tick", {})
        # Keeping a whole history costs its journal as much as writing it did.
        return len(execution.history) - (first if execution.open else 0)

    def _closed(self, execution: Execution) -> None:
        if self.executions.get(execution.spec.arn) is execution:
            del self.executions[execution.spec.arn]
        child = execution.spec.child
        parent = self.executions.get(child.parent_arn) if child else None
        if child and parent is not None:
            self._happen(parent, "child", child_end(execution))

    def _hand_out(self) -> None:
        for execution in self._dirty:
            asked = {effect.id for effect in execution.started}
            for effect, reason in execution.cancelled:
                if effect.id not in asked:  # else nobody has begun it yet
                    self._runner.cancel(effect, reason)
            for effect in execution.started:
                if effect.id in execution.pending:
                    self._runner.start(effect, self.report)
                    self._tell_started(effect)
            self._clear(execution)
        self._dirty.clear()

    def _tell_started(self, effect: Effect) -> None:
        if isinstance(effect, TaskCall) and effect.call.kind != "activity":
            self._mail.append((effect.id, Started()))

    def _clear(self, execution: Execution) -> None:
        execution.started.clear()
        execution.cancelled.clear()
        execution.children.clear()
        execution.redriven_children.clear()
        execution.stopped_children.clear()
        execution.new_timers.clear()

    def _execution_of(self, effect_id: str) -> Execution | None:
        execution = self.executions.get(effect_id.rpartition("#")[0])
        return execution if execution is not None and effect_id in execution.pending else None
