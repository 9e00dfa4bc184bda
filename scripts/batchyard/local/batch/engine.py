"""The engine: its lock, its scheduling thread, and what callers from outside may ask of it."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from batchyard.errors import BatchyardError
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Host, Scope
from batchyard.local.batch.launch import Outcome
from batchyard.local.batch.ledger import Waiter
from batchyard.local.batch.model import Job
from batchyard.local.batch.parts import Parts
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.store import Store

_log = logging.getLogger(__name__)
_SERVER = "ServerException"
_LOOKS = ("/v1/describe", "/v1/list", "/v1/get")
_SAVE_AGAIN_SECONDS = 1.0
_POLITE_SECONDS = 0.005


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
        self._saved = True
        self._callers: deque[None] = deque()

    def start(self) -> None:
        """Recover what the last engine left, then begin to schedule; running already is fine.

        Raises BatchyardError for a state folder that can not be read, or that another engine has.
        """
        with self._changed:
            if self._running:
                return
            self._inbox: deque[Callable[[], None]] = deque()
            self._parts = Parts(self._state_dir, self._work_dir, self._host, self._settings, self)
            try:
                self._parts.recover()
            except BatchyardError:
                self._parts.executor.shutdown()
                self._parts.close_store()
                self._parts.close_outboxes()
                raise
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
        self._parts.executor.shutdown()
        self._parts.deliveries.flush()
        with self._changed:
            # What ended by itself before the stop is not lost.
            self._drain_inbox()
            self._save()
            self._parts.close_store()
        self._parts.close_outboxes()

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
        # What can not be saved now is no reason to refuse a look, but nothing more is taken in.
        looks = method == "GET" or path.startswith(_LOOKS)
        return self._answered(looks, lambda: self._parts.api.answer(scope, method, path, payload))

    def submit(self, scope: Scope, payload: Mapping[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        """Answer a SubmitJob, once per token: the same token again gets the job that it has made.

        token: any text; it decides the job's id, so that the job is known by it for as long as it is kept.
        """
        return self._answered(False, lambda: self._parts.api.submit(scope, payload, token))

    def _answered(self, looks: bool, ask: Callable[[], dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        with self._entered():
            if not self._running or not self._thread.is_alive():
                return ApiError("The Batch engine is not running.", code=_SERVER, status=500).response()
            try:
                if not looks and not self._saved:
                    self._parts.save()
                answer = ask()
                if not looks and self._parts.save():
                    self._poke()
            except ApiError as error:
                return error.response()
            except BatchyardError as error:
                self._saved = False
                return ApiError(str(error), code=_SERVER, status=500).response()
            return 200, answer

    def wait(self, scope: Scope, job_id: str, callback: Waiter) -> None:
        """Call `callback` once with the job's detail when it ends, or now if it has.

        It is called on a thread of the engine, where it must not take long. Waits do not
        outlive the engine. Raises ApiError for a job that does not exist.
        """
        with self._entered():
            self._parts.ledger.wait(self._job(scope, job_id), callback)

    def reclaim(self, scope: Scope, job_id: str) -> None:
        """Take the host away from a running job, as a Spot interruption does (fault injection)."""
        with self._entered():
            self._parts.scheduler.attempts.reclaim(self._job(scope, job_id))

    def started(self, task: str, pid: int | None, pid_ticks: int | None) -> None:
        """Take an executor's report (see `launch.Listener`)."""
        self._post(partial(self._parts.scheduler.attempts.started, task, pid, pid_ticks))

    def ended(self, task: str, outcome: Outcome) -> None:
        """Take an executor's report (see `launch.Listener`)."""
        self._post(partial(self._parts.scheduler.attempts.ended, task, outcome))

    def _schedule(self) -> None:
        with self._changed:
            while self._running:
                self._turn()
                if self._callers:
                    # A lock is not fair: whoever calls would wait for as long as turn follows turn.
                    self._changed.wait(_POLITE_SECONDS)
                elif not self._poked:
                    self._changed.wait(self._parts.timers.pause() if self._saved else _SAVE_AGAIN_SECONDS)

    def _turn(self) -> None:
        self._poked = False
        self._drain_inbox()
        self._parts.scheduler.turn()
        if self._save():
            self._parts.scheduler.attempts.start_begun()

    def _save(self) -> bool:
        """Write what has changed; what can not be written now stays, for the next time."""
        try:
            self._parts.save()
        except BatchyardError as problem:
            if self._saved:
                _log.error("no job starts until this is mended: %s", problem)
            self._saved = False
        else:
            self._saved = True
        return self._saved

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """Hold the lock for a caller from outside, before whom the scheduler steps back."""
        self._callers.append(None)
        with self._changed:
            self._callers.pop()
            self._changed.notify_all()
            yield

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
        job = self._parts.ledger.find(scope, job_id)
        if job is None:
            raise ApiError(f"Job {job_id} not found.")
        return job
