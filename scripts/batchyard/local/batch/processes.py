"""Process groups: starting them, ending them, and finding those of an engine that was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_UMASK = 0o022  # a container's own, whatever the engine's process has
_ONE_ROUND_SECONDS = 60.0


def spawn(argv: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a process as the leader of its own group, output and errors in one pipe."""
    process = subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
        umask=_UMASK,
        bufsize=0,
    )
    assert process.stdout is not None  # noqa: S101 - for the type checker
    os.set_blocking(process.stdout.fileno(), False)
    return process


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal a whole process group; a group that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def start_ticks(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot, or None when there is none.

    Together with the pid it names one process for good: a recycled pid has another start.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in parentheses may hold spaces; the 22nd field of proc(5) is the 20th after it.
    return int(text.rpartition(")")[2].split()[19])


def exit_code(returncode: int) -> int:
    """Return an exit code as a container reports it: 128 + signal for a killed process."""
    return 128 - returncode if returncode < 0 else returncode


def kill_orphans(recorded: Mapping[Path, tuple[int, int] | None]) -> None:
    """Kill the processes that an engine which was killed left behind.

    recorded: working directory of each lost attempt, with pid and start ticks of its group's
    leader where they are known. A pid that is another process by now is left alone. Any process
    at home in one of the directories is killed too: its pid may not have been written in time.
    """
    for leader in recorded.values():
        if leader and start_ticks(leader[0]) == leader[1]:
            signal_group(leader[0], signal.SIGKILL)
    for pid in _at_home_in(recorded):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            _await_end(pid)


def kill_leftovers(folder: Path, leader: int, seconds: float) -> None:
    """Kill what a job left running outside of its process group, as the end of its container would.

    folder: the job's home, by which its processes are known.
    leader: pid of the job's own process, and `seconds` how long it ran. Pids count up, so that in a short
        time only higher ones can be the job's, and few need to be looked at.
    """
    oldest = leader if seconds < _ONE_ROUND_SECONDS and _last_pid() >= leader else 0
    while left := _at_home_in([folder], oldest):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            _await_end(pid)


def _last_pid() -> int:
    try:
        return int(Path("/proc/loadavg").read_text().split()[4])
    except OSError:
        return 0


def _await_end(pid: int, seconds: float = 2.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not _is_over(pid):
        time.sleep(0.005)


def _is_over(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _at_home_in(folders: Iterable[Path], above: int = 0) -> list[int]:
    homes = {f"{name}={folder}".encode() for folder in folders for name in ("HOME", "TMPDIR")}
    pids = [pid for pid in _pids() if pid > above] if homes else []
    return [pid for pid in pids if not homes.isdisjoint(_environment(pid))]


def _pids() -> Iterable[int]:
    root = Path("/proc")
    return [int(each.name) for each in root.iterdir() if each.name.isdigit()] if root.is_dir() else []


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
