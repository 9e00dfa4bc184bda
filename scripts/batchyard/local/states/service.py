"""The parts of Step Functions in the local environment, and how they hang together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from batchyard.asl.engine import Clock, Engine
from batchyard.asl.engine.tasks import Effect, Failed, Report, TaskRunner
from batchyard.asl.errors import RUNTIME
from batchyard.local.states.activities import Activities
from batchyard.local.states.clock import RoundClock
from batchyard.local.states.events import Announcer
from batchyard.local.states.host import Host
from batchyard.local.states.journal import ExecutionJournal
from batchyard.local.states.logs import Logger
from batchyard.local.states.machines import Machines
from batchyard.local.states.map_runs import map_runs
from batchyard.local.states.outlets import Outlets
from batchyard.local.states.records import KEPT_SECONDS
from batchyard.local.states.recovery import recover
from batchyard.local.states.roles import Roles
from batchyard.local.states.running import EngineSurroundings, Executions
from batchyard.local.states.store import Store

_EXPIRE_EVERY = 3600.0
_log = logging.getLogger("batchyard.local.states")


class StatesService:
    """State machines and their executions; all but `host.submit` and `start` to `stop` on the host's thread.

    Args:
        folder: where their state is.
        make_runner: gives what does the tasks, which may use the service's activities and executions.
        outlets: takes log lines and events.
        clock: the source of times; the default is the machine's.
        roles: says which roles state machines may have; by default any.

    Raises:
        BatchyardError: another process has the folder, or its file can not be read.
    """

    def __init__(
        self,
        folder: Path,
        make_runner: Callable[[StatesService], TaskRunner],
        outlets: Outlets,
        clock: Clock | None = None,
        roles: Roles | None = None,
    ) -> None:
        self.clock = RoundClock(clock)
        self.store = Store(folder)
        self.journal = ExecutionJournal(self.store, map_runs)
        self.host = Host(self)
        self.runner = _Runner()
        self.engine = Engine(self.clock, self.runner, self.journal, self.host.wake)
        self.executions = Executions(self.engine, self.store, self.journal, self.clock, self.host)
        around = EngineSurroundings(self.executions, outlets.log_group_exists)
        self.machines = Machines(self.store.resources, self.clock, around=around, roles=roles)
        self.activities = Activities(self.store.resources, self.clock, around)
        self._listeners = (Announcer(outlets, self.journal), Logger(outlets, self.journal))
        self._expire_at = 0.0
        self.runner.tasks = make_runner(self)

    def restore(self) -> None:
        """Take up the executions that the last server left open; nothing of them goes on yet.

        Raises:
            BatchyardError: they can not be read.
        """
        recover(self.engine, self.store, self.executions)

    def start(self) -> None:
        """Let executions go on, and the tasks that they had begun."""
        self.host.submit(self.engine.resume)
        self.host.start()

    def stop(self) -> None:
        """End the host and close the store; open executions are taken up by the next start."""
        try:
            self.host.stop()
        finally:
            self.store.close()

    def begin(self) -> None:
        self.clock.tick()

    def work(self) -> None:
        self.activities.expire()
        self.engine.work()
        if self.clock.now() >= self._expire_at:
            self.store.expire(self.clock.now() - KEPT_SECONDS)
            self._expire_at = self.clock.now() + _EXPIRE_EVERY

    def pause(self) -> float | None:
        if self.engine.busy:
            return 0.0
        dues = (self.engine.next_due(), self.activities.next_due())
        return min((self.clock.until(due) for due in dues if due is not None), default=None)


class _Runner:
    """Hands on to the runner, which is made last because it uses the other parts."""

    tasks: TaskRunner

    def start(self, effect: Effect, report: Report) -> None:
        try:
            self.tasks.start(effect, report)
        except Exception as problem:  # noqa: BLE001 - one task that can not begin must not end the host
            _failed(effect, problem, report)

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:  # noqa: ANN401 - JSON
        try:
            self.tasks.resume(effect, submitted, report)
        except Exception as problem:  # noqa: BLE001 - as for `start`
            _failed(effect, problem, report)

    def cancel(self, effect: Effect, reason: str) -> None:
        try:
            self.tasks.cancel(effect, reason)
        except Exception:  # noqa: BLE001 - as for `start`
            _log.exception("task %s can not be cancelled", effect.id)


def _failed(effect: Effect, problem: Exception, report: Report) -> None:
    _log.error("task %s can not begin", effect.id, exc_info=problem)
    report(effect.id, Failed(RUNTIME, f"{type(problem).__name__}: {problem}"))
