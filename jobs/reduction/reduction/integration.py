"""The work: integrals of 1, x, x², … from 0 to 1 by midpoints, each node its part of the intervals.

The processes of a node write their sums into shared memory, for which `shared_memory` of the job makes room.
"""

from __future__ import annotations

import multiprocessing
from array import array
from multiprocessing.shared_memory import SharedMemory

from batchyard_job.errors import ToolError

_NUMBER_BYTES = 8


def share(intervals: int, index: int, count: int) -> range:
    """Return the intervals of one of `count` workers: neighbours, and of all workers each interval once."""
    return range(intervals * index // count, intervals * (index + 1) // count)


def sums(terms: int, intervals: int, mine: range) -> list[float]:
    """Return, for each power k below `terms`, the midpoint sum of x to the k over some intervals.

    Args:
        terms: how many powers.
        intervals: into how many the way from 0 to 1 is cut.
        mine: which of them to add up.
    """
    totals = [0.0] * terms
    for interval in mine:
        x = (interval + 0.5) / intervals
        power = 1.0
        for k in range(terms):
            totals[k] += power
            power *= x
    return [total / intervals for total in totals]


def by_processes(terms: int, intervals: int, mine: range, processes: int) -> array[float]:
    """Return the sums of this node's intervals, added up by several processes.

    Args:
        terms: how many powers.
        intervals: how many of them there are on all nodes.
        mine: those of this node.
        processes: how many to start.

    Raises:
        ToolError: one of them failed.
    """
    context = multiprocessing.get_context("fork")
    size = terms * _NUMBER_BYTES
    memory = SharedMemory(create=True, size=processes * size)
    try:
        workers = [
            context.Process(target=_work, args=(memory.name, worker, terms, intervals, part))
            for worker in range(processes)
            if (part := mine[worker * len(mine) // processes : (worker + 1) * len(mine) // processes])
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failed := [worker.exitcode for worker in workers if worker.exitcode]:
            raise ToolError(f"{len(failed)} of {len(workers)} processes failed, exit code {failed[0]}")
        rows = array("d", bytes(memory.buf or b"")[: processes * size])
        return array("d", (sum(rows[k::terms]) for k in range(terms)))
    finally:
        memory.close()
        memory.unlink()


def worst_error(vector: array[float], intervals: int) -> tuple[float, float]:
    """Return how far off the worst integral is from 1 / (k + 1), and how far it may be.

    The midpoint rule is off by at most max |f''| / 24 n², and here |f''| is k (k - 1) at most.

    Args:
        vector: the integrals.
        intervals: n.
    """
    off = max(abs(value - 1 / (k + 1)) for k, value in enumerate(vector))
    most = len(vector) - 1
    return off, most * (most - 1) / (24 * intervals**2) + 1e-9


def _work(name: str, worker: int, terms: int, intervals: int, part: range) -> None:
    memory = SharedMemory(name)
    try:
        size = terms * _NUMBER_BYTES
        assert memory.buf is not None  # noqa: S101 - for the type checker
        memory.buf[worker * size : (worker + 1) * size] = array("d", sums(terms, intervals, part)).tobytes()
    finally:
        memory.close()
