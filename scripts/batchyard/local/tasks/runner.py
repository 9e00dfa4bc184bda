"""The local environment's task runner: threads for calls, none for waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from batchyard.asl.engine.tasks import (
    Effect,
    Failed,
    Outcome,
    Phase,
    Report,
    Submitted,
    Succeeded,
    TaskCall,
)
from batchyard.asl.errors import RUNTIME
from batchyard.local.tasks.calls import Calls
from batchyard.local.tasks.clients import Clients, Connect, connector
from batchyard.local.tasks.events import Events
from batchyard.local.tasks.failures import TaskError
from batchyard.local.tasks.functions import Function
from batchyard.local.tasks.handler import Handler
from batchyard.local.tasks.jobs import Jobs
from batchyard.local.tasks.nested import Nested
from batchyard.local.tasks.services import Services

_log = logging.getLogger("batchyard.local.tasks")
# A function holds its thread for as long as it runs, and may itself wait for calls: so two pools. As many
# functions at once as a new account may have would be 1,000; this machine's cores are long busy by then.
_CALLS = 16
_FUNCTIONS = 64


@dataclass(slots=True)
class _Task:
    """A task under way; `submitted` is set once the service has taken it."""

    call: TaskCall
    report: Report
    submitted: Any = None
    closed: bool = False
    future: Future[None] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class LocalRunner:
    """Does what tasks say, against the environment's own services (a TaskRunner).

    Args:
        services: the environment.
        connect: makes clients; the default makes boto3's, of the environment's endpoint.
    """

    def __init__(self, services: Services, connect: Connect | None = None) -> None:
        self._services = services
        calls = Calls(services, Clients(connect or connector(services.endpoint)))
        self._plain = Handler(calls)
        self._handlers: dict[tuple[str, str], Handler] = {
            ("service", "batch"): Jobs(calls, services.batch),
            ("service", "states"): Nested(calls, services.executions),
            ("service", "events"): Events(calls),
            ("service", "lambda"): Function(calls),
            ("lambda", "lambda"): Function(calls),
        }
        self._calls = ThreadPoolExecutor(_CALLS, "task")
        self._functions = ThreadPoolExecutor(_FUNCTIONS, "task-function")
        self._open: dict[str, _Task] = {}
        self._closed = False

    def start(self, effect: Effect, report: Report) -> None:
        if not isinstance(effect, TaskCall):
            self._services.items.start(effect, report)
        elif effect.call.kind == "activity":
            self._services.activities.schedule(effect, report)
        else:
            self._begin(effect, report, again=False)

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:  # noqa: ANN401 - JSON
        if not isinstance(effect, TaskCall):
            self._services.items.resume(effect, submitted, report)
        elif effect.call.kind == "activity":
            self._services.activities.schedule(effect, report)
        elif submitted is None:
            self._begin(effect, report, again=True)
        elif effect.call.pattern == "sync":
            task = self._open[effect.id] = _Task(effect, report, submitted)
            self._put(task, partial(self._follow, task))

    def cancel(self, effect: Effect, reason: str) -> None:
        if not isinstance(effect, TaskCall):
            self._services.items.cancel(effect, reason)
            return
        if effect.call.kind == "activity":
            self._services.activities.cancel(effect)
            return
        task = self._open.pop(effect.id, None)
        if task is None:
            return
        with task.lock:
            task.closed = True
            if task.future and task.future.cancel():
                return
            given_up = effect.call.pattern == "sync" and task.submitted is not None
        if given_up:
            self._put(task, partial(self._give_up, task))

    def close(self) -> None:
        """Begin nothing more, and tell nothing more: what is under way goes on at the next start.

        To be called before the environment stops to serve: calls that it breaks off have not failed.
        """
        self._closed = True
        for pool in (self._calls, self._functions):
            pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, call: TaskCall, report: Report, *, again: bool) -> None:
        task = self._open[call.id] = _Task(call, report)
        task.future = self._put(task, partial(self._run, task, again))

    def _put(self, task: _Task, work: Callable[[], None]) -> Future[None] | None:
        pool = self._functions if task.call.call.service == "lambda" else self._calls
        try:
            future = pool.submit(work)
        except RuntimeError:  # closed: the server ends
            return None
        future.add_done_callback(partial(self._settle, task))
        return future

    def _settle(self, task: _Task, future: Future[None]) -> None:
        """Fail a task whose handler has a bug; else its execution would wait for ever."""
        error = None if future.cancelled() else future.exception()
        if error is not None:
            _log.error("task %s: %s", task.call.id, error, exc_info=error)
            self._end(task, Failed(RUNTIME, f"{type(error).__name__}: {error}"))

    def _run(self, task: _Task, again: bool) -> None:
        pattern = task.call.call.pattern
        phase: Phase = "run" if pattern == "request" else "submit"
        try:
            output = self._handler(task.call).begin(task.call, again)
        except TaskError as error:
            self._end(task, error.outcome(phase))
            return
        if pattern == "request":
            self._end(task, Succeeded(output))
            return
        with task.lock:
            task.submitted, cancelled = output, task.closed
        if cancelled:
            if pattern == "sync":
                self._give_up(task)
            return
        self._tell(task, Submitted(output))
        if pattern == "sync":
            self._follow(task)
        else:
            self._open.pop(task.call.id, None)

    def _follow(self, task: _Task) -> None:
        try:
            self._handler(task.call).follow(task.call, task.submitted, partial(self._end, task))
        except TaskError as error:
            self._end(task, error.outcome("run"))

    def _give_up(self, task: _Task) -> None:
        self._handler(task.call).give_up(task.call, task.submitted)

    def _end(self, task: _Task, outcome: Outcome) -> None:
        with task.lock:
            told, task.closed = task.closed, True
        self._open.pop(task.call.id, None)
        if not told:
            self._tell(task, outcome)

    def _tell(self, task: _Task, outcome: Outcome) -> None:
        if not self._closed:
            task.report(task.call.id, outcome)

    def _handler(self, call: TaskCall) -> Handler:
        return self._handlers.get((call.call.kind, call.call.service), self._plain)
