"""A process that runs an attempt, from its start to the end of its last line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from batchyard.local.batch.host import Host
from batchyard.local.batch.images import Command
from batchyard.local.batch.launch import Launch, Listener, Outcome
from batchyard.local.batch.logs import LineSplitter
from batchyard.local.batch.outbox import Outbox
from batchyard.local.batch.processes import exit_code, kill_leftovers, signal_group

_FLUSH_SECONDS = 0.1
_CHUNK = 64 * 1024
# A pipe holds 1 MiB at most (pipe(7)); whoever still writes into it now will never be read to the end.
_LAST_READS = 1024 * 1024 // _CHUNK
_FOREVER = 3_600.0


class Watched:
    """Belongs to the I/O thread once it is registered there."""

    def __init__(
        self, launch: Launch, folder: Path, deliveries: Outbox, host: Host, listener: Listener
    ) -> None:
        self.launch = launch
        self.process: subprocess.Popen[bytes] | None = None
        self._folder = folder
        self._deliveries = deliveries
        self._host = host
        self._listener = listener
        self._command: Command | None = None
        self._pidfd = -1
        self._lines = LineSplitter()
        self._flush_at: float | None = None
        self._kill_at: float | None = None
        self._exited = False
        self._begun = time.monotonic()

    def attach(self, process: subprocess.Popen[bytes], command: Command) -> None:
        self.process = process
        self._command = command
        self._pidfd = os.pidfd_open(process.pid)

    def give_up(self, outcome: Outcome) -> None:
        """Report an attempt that never started."""
        self._deliveries.put(partial(self._report, outcome))

    def sources(self) -> list[tuple[int, Callable[[], bool]]]:
        """Return what to watch: descriptors with an action that answers whether to go on."""
        return [(self._output, self._read), (self._pidfd, self._exit)]

    def stop(self, grace: float) -> None:
        """SIGTERM now, SIGKILL after `grace` seconds; at once for a grace of 0."""
        if self.process is None or self._exited:
            return
        if grace > 0:
            signal_group(self.process.pid, signal.SIGTERM)
        due = time.monotonic() + grace
        self._kill_at = due if self._kill_at is None else min(due, self._kill_at)

    def pause(self) -> float:
        """Return the seconds until `care` is needed."""
        dues = [due for due in (self._flush_at, self._kill_at) if due is not None]
        return max(0.0, min(dues) - time.monotonic()) if dues else _FOREVER

    def care(self) -> bool:
        """Flush and kill what is due; tell whether the attempt is over."""
        now = time.monotonic()
        if self._kill_at is not None and self._kill_at <= now:
            self._kill()
        if self._exited:
            self._finish()
            return True
        if self._lines.full or (self._flush_at is not None and self._flush_at <= now):
            self._flush()
        return False

    def abandon(self, seconds: float) -> None:
        """Wait for the end within `seconds`, force it, and report nothing."""
        assert self.process is not None  # noqa: S101 - only registered processes are abandoned
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._kill()
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._read_rest()
        self.close()

    def close(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
            os.close(self._pidfd)

    @property
    def _output(self) -> int:
        assert self.process is not None  # noqa: S101
        assert self.process.stdout is not None  # noqa: S101
        return self.process.stdout.fileno()

    def _read(self) -> bool:
        try:
            data = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return True
        self._lines.feed(data)
        if self._flush_at is None:
            self._flush_at = time.monotonic() + _FLUSH_SECONDS
        return bool(data)

    def _exit(self) -> bool:
        # The leader is still a zombie here, so its group id can not have been given to anyone else.
        assert self.process is not None  # noqa: S101
        signal_group(self.process.pid, signal.SIGKILL)
        self._exited = True
        return False

    def _kill(self) -> None:
        self._kill_at = None
        assert self.process is not None  # noqa: S101
        signal_group(self.process.pid, signal.SIGKILL)
        if self._command and self._command.clean_up:
            self._deliveries.put(partial(_run, self._command.clean_up))

    def _finish(self) -> None:
        assert self.process is not None  # noqa: S101
        self._read_rest()
        self._deliveries.put(partial(self._report, self._outcome(exit_code(self.process.wait()))))

    def _outcome(self, code: int) -> Outcome:
        interpret = self._command and self._command.interpret
        return interpret(code, self._lines.last) if interpret else Outcome(exit_code=code)

    def _read_rest(self) -> None:
        for _ in range(_LAST_READS):
            if not self._more():
                break
            if self._lines.full:
                self._flush()
        self._lines.finish()
        self._flush()

    def _more(self) -> bool:
        # A process that left the group may hold the pipe open: what is there now is all there is.
        try:
            data = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return False
        self._lines.feed(data)
        return bool(data)

    def _flush(self) -> None:
        self._flush_at = None
        events, launch = self._lines.take(), self.launch
        if events and launch.log_group is not None:
            put = self._host.put_log_events
            self._deliveries.put(partial(put, launch.scope, launch.log_group, launch.log_stream, events))

    def _report(self, outcome: Outcome) -> None:
        if self.process is not None:
            kill_leftovers(self._folder, self.process.pid, time.monotonic() - self._begun)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._listener.ended(self.launch.task, outcome)


def _run(argv: tuple[str, ...]) -> None:
    subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
