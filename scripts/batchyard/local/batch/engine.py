"""The engine: state, lock, threads and the parts between them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from batchyard.local.batch import container, native
from batchyard.local.batch.api import Api
from batchyard.local.batch.attempts import Attempts
from batchyard.local.batch.detail import describe
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Host, Scope
from batchyard.local.batch.launch import Executor, Outcome
from batchyard.local.batch.ledger import Ledger, Waiter
from batchyard.local.batch.model import Job
from batchyard.local.batch.outbox import Outbox
from batchyard.local.batch.process import ProcessExecutor
from batchyard.local.batch.recovery import recover
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.scheduler import Scheduler
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.simulated import SimulatedExecutor
from batchyard.local.batch.store import Store
from batchyard.local.batch.timers import Timers

_STATE_CHANGE = "Batch Job State Change"


class BatchEngine:
    """A Batch service for any number of accounts and regions, kept in one folder.

    state_dir: folder of the database, and of the attempts' working directories unless the
    settings name another. One engine at a time may use it.
    """

    def __init__(self, state_dir: Path, host: Host, settings: EngineSettings) -> None:
        self._state_dir = state_dir.absolute()
        self._host = host
        self._settings = settings
        self._work_dir = (settings.work_dir or self._state_dir / "work").absolute()
        self._changed = threading.Condition(threading.RLock())
        self._running = False

    def start(self) -> None:
        """Recover what the last engine left, then begin to schedule; running already is fine."""
        with self._changed:
            if self._running:
                return
            self._assemble()
            recover(
                *(self._store, self._registry, self._ledger, self._scheduler),
                *(self._settings, self._work_dir),
            )
            self._ledger.save(self._store, self._registry)
            self._poked = self._running = True
            self._thread = threading.Thread(target=self._schedule, name="batch-scheduler", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the threads and what they run; running jobs are recovered at the next start."""
        with self._changed:
            if not self._running:
                return
            self._running = False
            self._changed.notify_all()
        self._thread.join()
        self._executor.shutdown()
        self._deliveries.flush()
        with self._changed:
            # What ended by itself before the stop is not lost.
            self._drain_inbox()
            self._ledger.save(self._store, self._registry)
            self._store.close()
        self._deliveries.close()
        self._events.close()

    def reset(self) -> None:
        """Forget every resource and job; what runs is killed."""
        running = self._running
        self.stop()
        store = Store(self._state_dir)
        store.wipe()
        store.close()
        if running:
            self.start()

    def handle(
        self, scope: Scope, method: str, path: str, payload: Mapping[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Answer a request of the REST API.

        path: such as /v1/submitjob; tags are /v1/tags/<arn>, url-encoded or not.
        payload: the JSON body; `tagKeys` of a DELETE may be in it or in the path's query.
        Returns status and body; the body may share parts with the engine, so it must not be changed.
        """
        with self._changed:
            if not self._running or not self._thread.is_alive():
                return 500, {"__type": "ServerException", "message": "The Batch engine is not running."}
            try:
                answer = self._api.answer(scope, method, path, payload)
            except ApiError as error:
                return error.response()
            if self._ledger.save(self._store, self._registry):
                self._poke()
            return 200, answer

    def wait(self, scope: Scope, job_id: str, callback: Waiter) -> None:
        """Call `callback` once with the job's detail when it ends, or now if it has.

        It is called on a thread of the engine, where it must not take long. Waits do not
        outlive the engine. Raises ApiError for a job that does not exist.
        """
        with self._changed:
            self._ledger.wait(self._job(scope, job_id), callback)

    def reclaim(self, scope: Scope, job_id: str) -> None:
        """Take the host away from a running job, as a Spot interruption does (fault injection)."""
        with self._changed:
            self._scheduler.attempts.reclaim(self._job(scope, job_id))

    def started(self, task: str, pid: int | None, pid_ticks: int | None) -> None:
        """Take an executor's report (see `launch.Listener`)."""
        self._post(partial(self._scheduler.attempts.started, task, pid, pid_ticks))

    def ended(self, task: str, outcome: Outcome) -> None:
        """Take an executor's report (see `launch.Listener`)."""
        self._post(partial(self._scheduler.attempts.ended, task, outcome))

    def _assemble(self) -> None:
        self._inbox: deque[Callable[[], None]] = deque()
        self._deliveries, self._events = Outbox("batch-deliveries"), Outbox("batch-events")
        self._store, self._registry, self._timers = Store(self._state_dir), Registry(), Timers()
        self._ledger = Ledger(self._announce, self._notify)
        self._executor = self._make_executor()
        self._scheduler = Scheduler(
            *(self._registry, self._ledger, self._timers, self._settings.time_scale),
            *(self._publish, self._make_attempts),
        )
        self._api = Api(self._registry, self._ledger, self._scheduler)

    def _make_executor(self) -> Executor:
        if self._settings.executor == "simulated":
            return SimulatedExecutor(self._settings, self._timers, lambda: self)
        prepare = native.prepare if self._settings.executor == "process" else container.prepare
        return ProcessExecutor(
            *(self._settings, self._work_dir, self._host, self, self._deliveries),
            partial(prepare, self._settings),
        )

    def _make_attempts(
        self, vacate: Callable[[str, float], None], enqueue: Callable[[Job], None]
    ) -> Attempts:
        return Attempts(
            *(self._ledger, self._timers, self._executor, self._settings),
            *(lambda: self._host.endpoint_url, vacate, enqueue),
        )

    def _schedule(self) -> None:
        with self._changed:
            while self._running:
                self._turn()
                if not self._poked:
                    self._changed.wait(self._timers.pause())

    def _turn(self) -> None:
        self._poked = False
        self._drain_inbox()
        self._scheduler.turn()
        self._ledger.save(self._store, self._registry)
        self._scheduler.attempts.start_begun()

    def _drain_inbox(self) -> None:
        while self._inbox:
            self._inbox.popleft()()

    def _post(self, action: Callable[[], None]) -> None:
        with self._changed:
            self._inbox.append(action)
            self._poke()

    def _poke(self) -> None:
        self._poked = True
        self._changed.notify_all()

    def _job(self, scope: Scope, job_id: str) -> Job:
        job = self._ledger.find(scope, job_id)
        if job is None:
            raise ApiError(f"Job {job_id} not found.")
        return job

    def _announce(self, job: Job) -> None:
        self._publish(job, _STATE_CHANGE, [job.arn])

    def _publish(self, job: Job, detail_type: str, resources: Sequence[str]) -> None:
        put = self._host.put_event
        self._events.put(partial(put, job.spec.scope, detail_type, resources, describe(job)))

    def _notify(self, waiter: Waiter, job: Job) -> None:
        self._deliveries.put(partial(waiter, describe(job)))
