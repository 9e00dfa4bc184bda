"""Finds a port to serve on, or says who has the one that was asked for."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from batchyard.errors import BatchyardError

HOST = "127.0.0.1"
USUAL = 4566  # what tools for local AWS expect
# Below the ports that systems lend to outgoing connections (32768 and up on Linux, 49152 and up by RFC 6335):
# while the environment restarts, one of its waiting clients could be lent its port, which then is taken.
_OWN = range(10_000, 32_000)


def choose(wanted: int | None, memory: Path) -> int:
    """Return a port that is free now, and remember it: queue URLs hold it, so it should stay the same.

    Args:
        wanted: a port to insist on, or None.
        memory: file with the port of the last time.

    Raises:
        BatchyardError: the wanted port is taken.
    """
    if wanted is not None:
        insist(wanted)
    port = wanted or next((port for port in _candidates(memory) if is_free(port)), None) or _any()
    memory.write_text(f"{port}\n")
    return port


def insist(port: int) -> None:
    """Say who has a port that is wanted and not free.

    Raises:
        BatchyardError: it is taken; the way out is another port, as the program may be somebody else's.
    """
    if not is_free(port):
        raise BatchyardError(
            f"port {port} is taken by {holder(port) or 'another program'}",
            where=f"{HOST}:{port}",
            fix="name another port, --port <other>, or none to get a free one (or end it, if it is yours)",
        )


def is_free(port: int) -> bool:
    """Say whether this process could serve on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def holder(port: int) -> str | None:
    """Return name and pid of the process that listens on a port, where the system tells."""
    inodes = set(_listening(port))
    for folder in Path("/proc").glob("[0-9]*") if inodes else ():
        with suppress(OSError):  # it ended meanwhile, or is another user's
            if any(str(link.readlink()) in inodes for link in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text().strip()} (pid {folder.name})"
    return None


def _listening(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path("/proc/net", table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    yield f"socket:[{fields[9]}]"


def _candidates(memory: Path) -> Iterator[int]:
    with suppress(OSError, ValueError):
        yield int(memory.read_text())
    yield USUAL


def _any() -> int:
    return next(port for port in random.sample(_OWN, k=1000) if is_free(port))
