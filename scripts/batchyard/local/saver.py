"""Saves the services' state while the server runs, so that a kill costs a second or two and not everything.

MiniStack itself saves at an orderly end only (objects in S3 apart, which it writes at once). The files are
its own, so it loads them by itself at the next start.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from batchyard.errors import BatchyardError
from batchyard.local import ministack

_log = logging.getLogger("batchyard.local.saver")
_PAUSE = 1.0  # seconds between a change and the save that holds it
# Its state machines and executions are in a database of our own.
_LEFT_OUT = ("stepfunctions",)
_SHARE = 0.05  # the most of the time that saving may take: a service that takes 1 s is saved every 20 s


class Saver:
    """Writes each service whose state has changed, in a thread of its own.

    Args:
        folder: where MiniStack keeps one JSON file per service.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed = threading.Event()
        self._ending = threading.Event()
        self._digests: dict[str, str] = {}
        self._not_before: dict[str, float] = {}
        self._failing = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="saver", daemon=True)

    def touch(self) -> None:
        """Say that something may have changed."""
        self._changed.set()

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def stop(self) -> None:
        """Save everything a last time; where nothing was started, what is on disk is all there is."""
        if self._thread.ident is None:
            return
        self._ending.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join(30)
        self.save(everything=True)

    def save(self, *, everything: bool = False) -> bool:
        """Write what has changed; return whether all of it could be written now."""
        states: dict[str, Callable[[], Any]] = ministack.get("app", "_build_persistence_save_dict")()
        with self._lock:
            written = [
                self._save_one(name, get_state, everything)
                for name, get_state in states.items()
                if name not in _LEFT_OUT
            ]
        return all(written)

    def _save_one(self, name: str, get_state: Callable[[], Any], always: bool) -> bool:
        began = time.monotonic()
        if began < self._not_before.get(name, 0) and not always:
            return False
        try:
            text = _encode(name, get_state())
        except RuntimeError:  # a table grew while it was copied
            return False
        except (TypeError, ValueError) as error:
            _log.warning("the state of %s can not be saved: %s", name, error)
            return True
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest != self._digests.get(name):
            try:
                _write(self._folder / f"{name}.json", text)
            except OSError as error:
                return self._not_written(name, error)
            self._failing = False
            self._digests[name] = digest
        now = time.monotonic()
        self._not_before[name] = now + (now - began) / _SHARE
        return True

    def _not_written(self, name: str, error: OSError) -> bool:
        if not self._failing:
            _log.error("the state of %s can not be written: %s; it is tried again", name, error)
        self._failing = True
        return False

    def _run(self) -> None:
        while not self._ending.is_set():
            self._changed.wait()
            self._ending.wait(_PAUSE)
            self._changed.clear()
            if not self._ending.is_set() and not self.save():
                self._changed.set()


def check(folder: Path) -> None:
    """Refuse files that can not be loaded: MiniStack would go on without them, and they would be overwritten.

    Raises:
        BatchyardError: a file is not JSON.
    """
    for path in sorted(folder.glob("*.json")):
        try:
            json.loads(path.read_bytes())
        except ValueError as error:
            raise BatchyardError(
                f"the saved state can not be read: {error}",
                where=str(path),
                fix="put back a good copy of the file, or forget all local state: batchyard local reset",
            ) from error


def _encode(name: str, state: Any) -> str:  # noqa: ANN401 - any state
    version = ministack.get("core.persistence", "_state_format_version")(name)
    plain = ministack.get("core.persistence", "_json_default")
    return json.dumps({"__ministack_format__": version, "payload": state}, default=plain)


def _write(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    partial.replace(path)
