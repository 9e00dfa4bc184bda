"""The record that a running server keeps of itself, and the locks that keep servers and starters apart."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from batchyard.errors import BatchyardError

EXECUTORS = ("process", "container", "simulated")  # the first is the default
_ANSWER_SECONDS = 10.0  # a busy machine answers late, and is running all the same


@dataclass(frozen=True)
class Server:
    """A server: where it answers and what it was started with."""

    endpoint: str
    pid: int
    port: int
    started: float
    enforce_iam: bool = False
    executor: str = "process"

    def fits(self, *, port: int | None, enforce_iam: bool, executor: str) -> bool:
        """Say whether it runs with these settings; port None is any."""
        return port in (None, self.port) and (self.enforce_iam, self.executor) == (enforce_iam, executor)


def write(folder: Path, server: Server) -> None:
    """Write the record, whole or not at all."""
    partial = folder / "server.json.partial"
    partial.write_text(json.dumps(asdict(server), indent=2) + "\n")
    partial.replace(folder / "server.json")


def read(folder: Path) -> Server | None:
    """Return the record, or None where there is none that can be read."""
    try:
        return Server(**json.loads((folder / "server.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def forget(folder: Path) -> None:
    """Remove the record."""
    (folder / "server.json").unlink(missing_ok=True)


def remember(folder: Path, server: Server) -> None:
    """Keep a server's settings beyond its end: a later start that names none has the same."""
    partial = folder / "last.json.partial"
    partial.write_text(json.dumps({"enforce_iam": server.enforce_iam, "executor": server.executor}) + "\n")
    partial.replace(folder / "last.json")


def recall(folder: Path) -> tuple[bool, str]:
    """Return the last server's enforcement and executor, or the defaults where there was none."""
    try:
        found = json.loads((folder / "last.json").read_text())
        enforce_iam, executor = found["enforce_iam"], found["executor"]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return False, EXECUTORS[0]
    known = isinstance(enforce_iam, bool) and executor in EXECUTORS
    return (enforce_iam, executor) if known else (False, EXECUTORS[0])


def health(server: Server) -> bool:
    """Say whether this very server answers: a stale record's pid and port may be another program's by now."""
    return _answer(server) is not None


def failure(server: Server) -> str | None:
    """Return why a part of a server that answers works no more; None where all do."""
    answer = _answer(server) or {}
    return answer.get("failure")


def _answer(server: Server) -> dict[str, Any] | None:
    """Return what the server tells of itself; None where it does not answer."""
    try:
        os.kill(server.pid, 0)
    except (ProcessLookupError, PermissionError):
        return None
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/_batchyard/health")
        answer = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    if not isinstance(answer, dict):
        return None
    return answer if (answer.get("pid"), answer.get("started")) == (server.pid, server.started) else None


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file, waiting for whoever holds it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def claim(folder: Path) -> int:
    """Take a state folder for this process, for as long as it lives; return the lock's file descriptor.

    Raises:
        BatchyardError: another server has it.
    """
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise BatchyardError(
            "another server uses this state folder", where=str(folder), fix="stop it: batchyard local down"
        ) from error
    return descriptor
