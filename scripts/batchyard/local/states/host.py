"""The one thread on which everything of the state machines happens, and the mail that others send it."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple, Protocol, TypeVar

from batchyard.errors import BatchyardError

_log = logging.getLogger("batchyard.local.states")
_T = TypeVar("_T")
SAVE_AGAIN_SECONDS = 1.0


class Duties(Protocol):
    """What the host does in each round."""

    def begin(self) -> None:
        """Begin a round."""
        ...

    def work(self) -> None:
        """Do what there is to do, and save it.

        Raises:
            BatchyardError: it can not be saved; the next call tries again.
        """
        ...

    def pause(self) -> float | None:
        """Return the seconds until there is something to do again; None while nothing is planned."""
        ...


class _Mail(NamedTuple):
    function: Callable[[], Any]
    future: Future[Any]
    reads: bool


class Host:
    """A thread that takes mail and does its duties, in rounds; what a round answers is on disk before.

    Args:
        duties: of every round.
    """

    def __init__(self, duties: Duties) -> None:
        self._duties = duties
        self._mail: deque[_Mail] = deque()
        self._changed = threading.Condition()
        self._awake = False
        self._saved = True
        self._ended: str | None = None
        self._thread: threading.Thread | None = None
        self.failure: BaseException | None = None

    def submit(self, function: Callable[[], _T | Future[_T]], *, reads: bool = False) -> Future[_T]:
        """Let a function run on the host's thread; its result, once that is on disk, is the future's.

        Args:
            function: may return a future, whose result counts then.
            reads: whether it changes nothing, so that it is answered where nothing can be saved, too.

        Returns:
            A future, with BatchyardError where the host has ended or nothing can be saved.
        """
        future: Future[_T] = Future()
        with self._changed:
            if self._ended is None:
                self._mail.append(_Mail(function, future, reads))
                self._wake()
                return future
        future.set_exception(BatchyardError(self._ended))
        return future

    def wake(self) -> None:
        """Let a round begin; from any thread."""
        with self._changed:
            self._wake()

    def start(self) -> None:
        thread = threading.Thread(target=self._run, name="states-host", daemon=True)
        thread.start()
        self._thread = thread  # only now: a stop meanwhile could not wait for one that has not begun

    def stop(self) -> None:
        """Do a last round, and end; what was not answered is refused."""
        self._end("the state machines' host has been stopped")
        if self._thread is not None:
            self._thread.join()
        if self.failure is None:
            self._last_round()

    def step(self) -> float | None:
        """Do one round; return the seconds until the next."""
        self._duties.begin()
        if not self._saved and not self._work():
            self._refuse_writers()
            return SAVE_AGAIN_SECONDS
        with self._changed:
            self._awake = False
            mail, self._mail = self._mail, deque()
        answers = [(each, _answer(each)) for each in mail]
        try:
            saved = self._work()
        except Exception as problem:
            self.failure = problem
            for each, _ in answers:
                _deliver(each.future, BatchyardError(f"the state machines' host has failed: {problem!r}"))
            raise
        for each, answer in answers:
            _deliver(each.future, answer if saved or each.reads else _unsaved())
        return self._duties.pause() if saved else SAVE_AGAIN_SECONDS

    def _run(self) -> None:
        try:
            while self._ended is None:
                pause = self.step()
                with self._changed:
                    if not self._awake and self._ended is None:
                        self._changed.wait(pause)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it must be told, not end in silence
            self.failure = problem
            _log.critical("the state machines' host has failed: no execution goes on", exc_info=problem)
            self._end(f"the state machines' host has failed, see the log: {problem!r}")
            self._refuse(BatchyardError(self._ended or ""))

    def _last_round(self) -> None:
        self._refuse(BatchyardError(self._ended or ""))
        self._duties.begin()
        self._work()

    def _work(self) -> bool:
        try:
            self._duties.work()
        except BatchyardError as problem:
            if self._saved:
                _log.error("no execution goes on until this is mended: %s", problem)
            self._saved = False
        else:
            self._saved = True
        return self._saved

    def _end(self, why: str) -> None:
        with self._changed:
            self._ended = self._ended or why
            self._wake()

    def _wake(self) -> None:
        self._awake = True
        self._changed.notify_all()

    def _refuse_writers(self) -> None:
        with self._changed:
            self._awake = False
            mail, self._mail = self._mail, deque()
        for each in mail:
            _deliver(each.future, _answer(each) if each.reads else _unsaved())

    def _refuse(self, problem: BatchyardError) -> None:
        with self._changed:
            mail, self._mail = self._mail, deque()
        for each in mail:
            _deliver(each.future, problem)


def _unsaved() -> BatchyardError:
    return BatchyardError("state machines and executions can not be saved", fix="make room on the disk")


def _answer(mail: _Mail) -> Any:  # noqa: ANN401
    """Return what a function returns, or the exception that it raises: that one is its caller's."""
    try:
        return mail.function()
    except Exception as problem:  # noqa: BLE001 - it is raised again where the answer is awaited
        return problem


def _deliver(future: Future[Any], answer: Any) -> None:  # noqa: ANN401
    if isinstance(answer, Future):
        answer.add_done_callback(lambda done: _deliver(future, done.exception() or done.result()))
        future.add_done_callback(lambda done: answer.cancel() if done.cancelled() else None)
    elif future.set_running_or_notify_cancel():
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
