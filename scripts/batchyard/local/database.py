"""State of one service on disk: SQLite in write-ahead mode, in a folder that one process has."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from batchyard.errors import BatchyardError


class Database:
    """A database file and the lock on its folder.

    `synchronous=normal` keeps every committed transaction when the process is killed, which is what a service
    on one machine must survive; a power cut may cost the last ones, never the file.

    Args:
        path: the file; its folder is made where it is missing.
        schema: statements that make what is not there yet.
        what: what it keeps, for messages, such as `jobs`.

    Raises:
        BatchyardError: another process has the folder, or the file can not be read or written.
    """

    def __init__(self, path: Path, schema: str, what: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._what = path, what
        self._lock = _lock(path.parent / "engine.lock")
        self.connection = sqlite3.connect(path, check_same_thread=False)
        try:
            with self.explained():
                self.connection.execute("pragma synchronous=off")  # an empty file needs no care yet
                self.connection.execute("pragma journal_mode=wal")
                self.connection.executescript(schema)
                self.connection.execute("pragma synchronous=normal")
        except BatchyardError:
            self.close()
            raise

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raise what SQLite, or a row that can not be understood, raises as an error that says what to do."""
        try:
            yield
        except sqlite3.OperationalError as problem:
            fix = "make room on the disk, and let the folder be written to; what is not on disk yet is kept"
            raise BatchyardError(
                f"{self._what} can not be saved: {problem}", where=str(self._path), fix=fix
            ) from problem
        except (sqlite3.Error, LookupError, TypeError, ValueError) as problem:
            raise BatchyardError(
                f"the {self._what} can not be read: {problem}",
                where=str(self._path),
                fix="put back a good copy of the file, or forget all local state: batchyard local reset",
            ) from problem

    @contextmanager
    def written(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for one transaction."""
        with self.explained(), self.connection:
            yield self.connection

    def close(self) -> None:
        self.connection.close()
        self._lock.close()


def _lock(path: Path) -> IO[str]:
    """Keep a second process away: it would take what runs in the first for lost, and go on with it too."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        file.close()
        raise BatchyardError(
            "another engine uses this state folder",
            where=str(path.parent),
            fix="Stop the other local environment, or give this one a folder of its own.",
        ) from problem
    return file
