"""Where the processes of one job meet: a port that all of them know without being told."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

from batchyard_job.attempt import Attempt

# Below the ports that Linux hands out by itself (32768 and up, net.ipv4.ip_local_port_range).
_FIRST_PORT, _PORTS = 20_000, 10_000


def job_of(attempt: Attempt) -> str:
    """Return the id of the job: of all nodes, where this is one of a multi-node job (`<id>#<node>`)."""
    return attempt.job_id.partition("#")[0]


def port(attempt: Attempt) -> int:
    """Return the port of this attempt of the job.

    Containers of a job on EC2 share their host's ports with those of all other jobs there
    (https://docs.aws.amazon.com/batch/latest/userguide/networking-modes-jobs.html), so that a fixed port
    would let one such job run per instance. Two jobs may still come upon the same one: whoever listens has to
    take that for a reason to be tried again, and whoever calls has to ask whose port it is.
    """
    seed = hashlib.sha256(f"{job_of(attempt)}:{attempt.number}".encode()).digest()
    return _FIRST_PORT + int.from_bytes(seed[:4], "big") % _PORTS


def patiently(seconds: float, *, first: float = 0.02, longest: float = 0.5) -> Iterator[float]:
    """Give the seconds that are left, again and again with growing pauses, until none is."""
    end, pause = time.monotonic() + seconds, first
    while (left := end - time.monotonic()) > 0:
        yield left
        time.sleep(min(pause, max(end - time.monotonic(), 0)))
        pause = min(2 * pause, longest)
