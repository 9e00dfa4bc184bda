"""What every program of a job does around its work: signals, log lines, and failures as exit codes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from batchyard_job.attempt import Attempt
from batchyard_job.errors import JobError, Terminated, of_os_error
from batchyard_job.log import Log

Work = Callable[[Attempt, Log], int]


def run(work: Work, **context: object) -> int:
    """Do the work of this process and return its exit code.

    Args:
        work: gets the attempt and the log; a JobError or an OSError that it raises becomes an exit code, and
            a signal to stop reaches it as Terminated.
        context: further fields of every log line.
    """
    attempt = Attempt.of(os.environ)
    log = Log({"jobId": attempt.job_id, "attempt": attempt.number, **context})
    try:
        with _signals():
            return work(attempt, log)
    except Terminated as stopped:
        log.error(str(stopped), exitCode=stopped.exit_code)
        return stopped.exit_code
    except OSError as error:
        return _failed(of_os_error(error), log)
    except JobError as error:
        return _failed(error, log)


def _failed(error: JobError, log: Log) -> int:
    log.error(str(error), exitCode=error.exit_code)
    return error.exit_code


@contextmanager
def _signals() -> Iterator[None]:
    """Turn the first signal to stop into Terminated; ignore further ones, as clean-up is then under way."""
    watched = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def stop(signum: int, _frame: FrameType | None) -> None:
        for each in watched:
            signal.signal(each, signal.SIG_IGN)
        raise Terminated(signum)

    before = {each: signal.signal(each, stop) for each in watched}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
