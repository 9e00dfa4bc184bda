"""What is running inside an execution, as a tree, so that ending one part ends all that hangs below it."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from weakref import WeakSet


class Stopped(SystemExit):
    """Ends the thread of a branch whose execution, or whose sister branch, has ended.

    It is a SystemExit because the interpreter turns every Exception into a failed state, which the state
    machine could catch and retry.
    """


class Branches:
    """The branches of one execution, or of one attempt at a Parallel or Map state.

    Args:
        execution_arn: the execution that they belong to.
        parent: the branches round these; ending those ends these.
    """

    def __init__(self, execution_arn: str, parent: Branches | None = None) -> None:
        self.execution_arn = execution_arn
        self._ended = threading.Event()
        self._waits: WeakSet[threading.Event] = WeakSet()
        self._inner: WeakSet[Branches] = WeakSet()
        self._lock = threading.Lock()
        if parent:
            parent._adopt(self)

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def end(self) -> None:
        """End these branches and all inside them: sleepers and waiters wake up."""
        with self._lock:
            self._ended.set()
            waits, inner = list(self._waits), list(self._inner)
        for wait in waits:
            wait.set()
        for branches in inner:
            branches.end()

    def check(self) -> None:
        """Go on, or raise Stopped when these branches have ended."""
        if self.ended:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Sleep, unless these branches end."""
        self._ended.wait(seconds)
        self.check()

    def new_wait(self) -> threading.Event:
        """Return an event that is also set when these branches end."""
        wait = threading.Event()
        with self._lock:
            self._waits.add(wait)
            if self.ended:
                wait.set()
        return wait

    def _adopt(self, inner: Branches) -> None:
        with self._lock:
            self._inner.add(inner)
            ended = self.ended
        if ended:
            inner.end()


def silence() -> None:
    """Let threads end by Stopped without a traceback, as they do by SystemExit itself."""
    told = threading.excepthook

    def hook(failure: threading.ExceptHookArgs, /) -> None:
        if not issubclass(failure.exc_type, Stopped):
            told(failure)

    threading.excepthook = hook


# Threads of branches start with a copy of their parent's context, so this follows them.
current: ContextVar[Branches | None] = ContextVar("branches", default=None)
