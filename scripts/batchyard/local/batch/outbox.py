"""Calls to the outside, made in order by a thread of their own."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_log = logging.getLogger(__name__)

Action = Callable[[], None]


class Outbox:
    """A queue of actions; one that raises is logged, and the ones behind it still run."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._items: deque[Action] = deque()
        self._changed = threading.Condition()
        self._draining = False

    def put(self, action: Action) -> None:
        with self._changed:
            self._items.append(action)
            if self._draining:
                return
            self._draining = True
        self._submit()

    def wait_below(self, limit: int, timeout: float) -> None:
        """Hold a producer back while `limit` actions or more are waiting, at most `timeout` s."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < limit, timeout)

    def flush(self) -> None:
        """Wait until everything put so far has run."""
        with self._changed:
            self._changed.wait_for(lambda: not self._draining)

    def close(self) -> None:
        """Run what is left, then end the thread."""
        self.flush()
        self._pool.shutdown()

    def _submit(self) -> None:
        self._pool.submit(self._drain).add_done_callback(self._drained)

    def _drain(self) -> None:
        while action := self._next():
            action()

    def _next(self) -> Action | None:
        with self._changed:
            action = self._items.popleft() if self._items else None
            self._draining = action is not None
            self._changed.notify_all()
            return action

    def _drained(self, future: Future[None]) -> None:
        if error := future.exception():
            _log.error("a call in %s failed", self._name, exc_info=error)
            self._submit()
