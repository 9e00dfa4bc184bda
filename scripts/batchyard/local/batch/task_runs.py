"""Tasks of several containers on hosts: what `tasks` decides is done here, container by container."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from batchyard.local.batch import bodies
from batchyard.local.batch.launch import Outcome
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import Attempt, ContainerRun, Job
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.tasks import Task
from batchyard.local.batch.timers import Timers


@dataclass(slots=True)
class _Run:
    job: Job
    attempt: Attempt
    task: Task
    grace: float | None = None


class TaskRuns:
    """Used under the engine's lock only.

    launch: begins a container of an attempt, by its number. drop: takes back what was begun and has not been
    given to an executor, and tells whether it was so. stop: asks an executor to end a container.
    """

    def __init__(
        self,
        ledger: Ledger,
        timers: Timers,
        settings: EngineSettings,
        launch: Callable[[Job, Attempt, int], None],
        drop: Callable[[str], bool],
        stop: Callable[[str, float], None],
    ) -> None:
        self._ledger, self._timers, self._settings = ledger, timers, settings
        self._launch, self._drop, self._stop_container = launch, drop, stop
        self._runs: dict[str, _Run] = {}
        self._numbers: dict[str, tuple[str, int]] = {}

    def begin(self, job: Job, attempt: Attempt) -> bool:
        """Begin an attempt if its task has several containers; tell whether it has."""
        properties = bodies.task_of(bodies.of(job))
        if properties is None:
            return False
        containers = properties["containers"]
        attempt.containers = tuple(ContainerRun() for _ in containers)
        run = _Run(job, attempt, Task(containers, attempt.containers))
        self._runs[attempt.task] = run
        self._numbers |= {
            bodies.key_of(attempt.task, number): (attempt.task, number) for number in range(len(containers))
        }
        self._go_on(run)
        return True

    def started(self, key: str, pid: int | None, pid_ticks: int | None) -> str | None:
        """Take in that a container runs; return the task's id once all of its containers have started."""
        run, number = self._find(key)
        if run is None or run.attempt.containers is None:
            return None
        record = run.attempt.containers[number]
        record.started, record.pid, record.pid_ticks = now_ms(), pid, pid_ticks
        self._ledger.changed(run.job)
        if timeout := run.task.containers[number].get("startTimeout"):
            self._timers.after(timeout * self._settings.time_scale, partial(self._give_up_on, key))
        self._go_on(run)
        return run.attempt.task if run.task.started and run.attempt.started is None else None

    def ended(self, key: str, outcome: Outcome) -> tuple[str, Outcome] | None:
        """Take in that a container is over; return the task's id and outcome once all of them are."""
        run, number = self._find(key)
        if run is None or run.attempt.containers is None:
            return None
        if run.attempt.status_reason == run.job.host_lost(run.attempt):
            outcome = Outcome()
        run.task.end(number, outcome, now_ms())
        self._ledger.changed(run.job)
        return self._settled(run)

    def stop(self, task: str, grace: float) -> tuple[str, Outcome] | None:
        """End a task: its containers in the reverse of their starting order, or all at once for a grace of 0.

        Returns as `ended` does, for a task of which nothing runs yet.
        """
        if (run := self._runs.get(task)) is None:
            return None
        run.task.stopping, run.grace = True, grace
        if grace == 0:
            run.task.tell_again()
        return self._settled(run)

    def __contains__(self, task: str) -> bool:
        return task in self._runs

    def _settled(self, run: _Run) -> tuple[str, Outcome] | None:
        self._go_on(run)
        if not run.task.over:
            return None
        task = run.attempt.task
        if self._runs.pop(task, None) is None:
            return None
        for number in range(len(run.task.runs)):
            del self._numbers[bodies.key_of(task, number)]
        return task, run.task.outcome()

    def _go_on(self, run: _Run) -> None:
        for number in run.task.launch_ready(now_ms()):
            self._launch(run.job, run.attempt, number)
        while numbers := run.task.stop_ready(all_at_once=run.grace == 0):
            for number in numbers:
                self._stop(run, number)

    def _stop(self, run: _Run, number: int) -> None:
        key = bodies.key_of(run.attempt.task, number)
        if self._drop(key):
            run.task.end(number, Outcome(), now_ms())
        else:
            self._stop_container(key, self._grace(run, number))

    def _grace(self, run: _Run, number: int) -> float:
        if run.grace == 0:
            return 0.0
        timeout = run.task.containers[number].get("stopTimeout")
        return timeout * self._settings.time_scale if timeout else self._settings.kill_after_seconds

    def _give_up_on(self, key: str) -> None:
        run, number = self._find(key)
        if run is not None:
            run.task.give_up_on(number, now_ms())
            self._go_on(run)

    def _find(self, key: str) -> tuple[_Run | None, int]:
        task, number = self._numbers.get(key, ("", 0))
        return self._runs.get(task), number
