"""Starts the server's process and waits until it answers; ends it, and whatever it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from batchyard.errors import BatchyardError
from batchyard.local.record import Server, forget, health, read
from batchyard.paths import project_root

START_SECONDS = 30.0
STOP_SECONDS = 20.0
PORT_TAKEN = 98  # exit code of a server whose port another program has
_KEPT = frozenset(
    ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
)
# With what the container tool needs to find its daemon, and settings of MiniStack.
_KEPT_PREFIXES = ("LC_", "BATCHYARD_", "DOCKER_", "CONTAINER_HOST", "XDG_", "MINISTACK_", "SFN_")
_LOG_LIMIT = 5_000_000  # bytes


class PortTaken(BatchyardError):
    """Another program took the port between the look at it and the server's start."""


def start(folder: Path, port: int, enforce_iam: bool, executor: str) -> Server:
    """Start a server and return it once it answers.

    Args:
        folder: folder of the local environment.
        port: where to serve.
        enforce_iam: hold functions and jobs to their roles.
        executor: where jobs run.

    Raises:
        PortTaken: another program has the port.
        BatchyardError: it ended, or did not answer within START_SECONDS; the message has the end of its log.
    """
    forget(folder)
    log = folder / "server.log"
    if log.is_file() and log.stat().st_size > _LOG_LIMIT:
        log.replace(folder / "server.log.1")
    with log.open("ab") as output:
        began = output.tell()
        process = subprocess.Popen(
            _command(folder, port, enforce_iam, executor),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = read(folder)
        if found and found.pid == process.pid and health(found):
            return found
        time.sleep(0.05)
    failure = (
        "ended at once" if process.poll() is not None else f"did not get ready within {START_SECONDS:.0f} s"
    )
    _kill_group(process.pid)
    if process.wait() == PORT_TAKEN:
        raise PortTaken(f"port {port} is taken", where=f"127.0.0.1:{port}", fix="name another port, or none")
    raise BatchyardError(f"the local environment {failure}", where=str(log), fix=_tail(log, began))


def _command(folder: Path, port: int, enforce_iam: bool, executor: str) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "batchyard.local.server",
        "--port",
        str(port),
        "--state-dir",
        str(folder),
    ]
    return [*command, "--executor", executor, *(["--enforce-iam"] if enforce_iam else [])]


def _environment() -> dict[str, str]:
    """Return the server's environment: functions inherit it, so nothing of a person's own belongs in it."""
    kept = {key: value for key, value in os.environ.items() if key in _KEPT or key.startswith(_KEPT_PREFIXES)}
    source = str(Path(__file__).resolve().parents[2])
    return kept | {"PYTHONPATH": source, "BATCHYARD_ROOT": str(project_root())}


def _tail(log: Path, began: int) -> str:
    with log.open("rb") as file:
        file.seek(began)
        lines = file.read().decode(errors="replace").splitlines()[-15:]
    return "its log ends with:\n    " + "\n    ".join(lines or ["(nothing)"])


def stop(folder: Path, server: Server) -> None:
    """Ask the server to end; kill it where it does not; then end what is left of its process group."""
    with suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and _alive(server.pid):
            time.sleep(0.02)
    _kill_group(server.pid)
    forget(folder)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _alive(pid: int) -> bool:
    with suppress(ChildProcessError):  # not ours: then it can not be a zombie of ours either
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
