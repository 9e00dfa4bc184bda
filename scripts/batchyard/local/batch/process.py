"""The process executor: attempts as processes of this machine, all watched by one thread."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from batchyard.errors import BatchyardError
from batchyard.local.batch import secrets
from batchyard.local.batch.host import CredentialsError, Host
from batchyard.local.batch.images import CannotStart, Command
from batchyard.local.batch.launch import FAILED_TO_START, Launch, Listener, Outcome
from batchyard.local.batch.outbox import Outbox
from batchyard.local.batch.processes import kill_orphans, spawn, start_ticks
from batchyard.local.batch.settings import EngineSettings
from batchyard.local.batch.watched import Watched

Prepare = Callable[[Launch, Path, Mapping[str, str]], Command]
# Each holds 200 lines or half a MiB at most: a job that floods its log is held back, not stored up.
_MOST_DELIVERIES = 64


class ProcessExecutor:
    """Starts attempts on a launcher thread and watches them on one I/O thread.

    prepare: turns a launch, its working directory, and its secrets and credentials into a command.
    deliveries: takes log events and ends of attempts, in that order.
    """

    def __init__(
        self,
        settings: EngineSettings,
        work_dir: Path,
        host: Host,
        listener: Listener,
        deliveries: Outbox,
        prepare: Prepare,
    ) -> None:
        if not hasattr(os, "pidfd_open"):
            raise BatchyardError(
                "jobs can not be run as processes here: this needs Linux 5.3 or later",
                fix="Use the simulated executor, or run the local environment on Linux.",
            )
        self._settings = settings
        self._work_dir = work_dir
        self._host = host
        self._listener = listener
        self._deliveries = deliveries
        self._prepare = prepare
        self._requests: deque[Callable[[], None]] = deque()
        self._watched: dict[str, Watched] = {}
        self._doomed: dict[str, float] = {}
        self._starting: set[str] = set()
        self._closing = False
        self._selector = selectors.DefaultSelector()
        self._waker, wake_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wake_end = wake_end
        self._selector.register(self._waker, selectors.EVENT_READ)
        self._launcher = ThreadPoolExecutor(1, thread_name_prefix="batch-launch")
        self._thread = threading.Thread(target=self._watch, name="batch-io", daemon=True)
        self._thread.start()

    def start(self, launch: Launch) -> None:
        self._starting.add(launch.task)
        future = self._launcher.submit(self._launch, launch)
        future.add_done_callback(partial(self._launched, launch))

    def stop(self, task: str, grace: float) -> None:
        # What was told before the shutdown is still taken in after it, when everything is over anyway.
        if not self._closing:
            self._request(partial(self._stop, task, grace))

    def shutdown(self) -> None:
        self._launcher.shutdown(cancel_futures=True)
        self._closing = True
        self._wake()
        self._thread.join()
        self._selector.close()
        os.close(self._waker)
        os.close(self._wake_end)

    def _launch(self, launch: Launch) -> Watched:
        folder = self._work_dir / launch.task
        folder.mkdir(parents=True)
        watched = Watched(launch, folder, self._deliveries, self._host, self._listener)
        try:
            command = self._prepare(launch, folder, self._given(launch))
            process = spawn(command.argv, command.environment, folder)
        except secrets.Unavailable as problem:
            watched.give_up(Outcome(status_reason=str(problem), of_task=True))
        except (CannotStart, CredentialsError) as problem:
            watched.give_up(Outcome(reason=str(problem), status_reason=FAILED_TO_START))
        except (OSError, ValueError) as problem:  # ValueError: a variable with a null byte
            reason = f"CannotStartContainerError: {problem}"
            watched.give_up(Outcome(reason=reason, status_reason=FAILED_TO_START))
        else:
            watched.attach(process, command)
            self._listener.started(launch.task, process.pid, start_ticks(process.pid))
        return watched

    def _given(self, launch: Launch) -> Mapping[str, str]:
        """Return the variables that are no part of the job's description: its secrets and credentials."""
        name = f"batch-{launch.task}"[:64]
        values = secrets.resolve(launch.secrets, self._host, launch.scope, name)
        return {**values, **self._host.credentials(launch.scope, launch.role_arn, name)}

    def _launched(self, launch: Launch, future: Future[Watched]) -> None:
        if future.cancelled():
            return
        if error := future.exception():
            # Whatever a host raises, the attempt must end: a job may fail, but never hang.
            outcome = Outcome(reason=f"CannotStartContainerError: {error!r}", status_reason=FAILED_TO_START)
            shutil.rmtree(self._work_dir / launch.task, ignore_errors=True)
            self._listener.ended(launch.task, outcome)
            self._request(partial(self._starting.discard, launch.task))
        else:
            self._request(partial(self._register, future.result()))

    def _request(self, action: Callable[[], None]) -> None:
        self._requests.append(action)
        self._wake()

    def _wake(self) -> None:
        # A full pipe will wake the thread just as well.
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_end, b"!")

    def _register(self, watched: Watched) -> None:
        task = watched.launch.task
        self._starting.discard(task)
        grace = self._doomed.pop(task, None)
        if watched.process is None:
            return
        self._watched[task] = watched
        for descriptor, action in watched.sources():
            self._selector.register(descriptor, selectors.EVENT_READ, action)
        if grace is not None:
            watched.stop(grace)

    def _stop(self, task: str, grace: float) -> None:
        if watched := self._watched.get(task):
            watched.stop(grace)
        elif task in self._starting:
            self._doomed[task] = grace

    def _watch(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(self._pause()):
                if key.data is None:
                    self._drain_requests()
                elif key.data() is False:
                    self._selector.unregister(key.fd)
            self._care()
            self._deliveries.wait_below(_MOST_DELIVERIES, 1.0)
        self._end_all()

    def _drain_requests(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._waker, 4096)
        while self._requests:
            self._requests.popleft()()

    def _pause(self) -> float | None:
        return min((each.pause() for each in self._watched.values()), default=None)

    def _care(self) -> None:
        for watched in list(self._watched.values()):
            if watched.care():
                self._forget(watched)

    def _forget(self, watched: Watched) -> None:
        del self._watched[watched.launch.task]
        registered = self._selector.get_map()
        for descriptor, _ in watched.sources():
            if descriptor in registered:
                self._selector.unregister(descriptor)
        watched.close()

    def _end_all(self) -> None:
        self._drain_requests()
        grace = self._settings.stop_grace_seconds
        deadline = time.monotonic() + grace
        for watched in self._watched.values():
            watched.stop(grace)
        for watched in self._watched.values():
            watched.abandon(max(0.0, deadline - time.monotonic()))
        # What they detached would otherwise live until the next engine looks for it.
        kill_orphans({self._work_dir / task: None for task in self._watched})
