"""One node of the job: its part of the integrals, the ring, and on the main node the check and the result."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from array import array

from batchyard_job import arguments, meeting, objects, program
from batchyard_job.attempt import Attempt, vcpus
from batchyard_job.errors import ToolError
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import open_store
from batchyard_job.variables import number
from reduction.assembly import Ring, assembled
from reduction.integration import by_processes, share, worst_error
from reduction.node import Node
from reduction.ring import MOST_NUMBERS, all_reduce

_REQUIRED = ("result_s3_path", "terms", "intervals")
_OPTIONAL = ("wait_seconds",)


def main() -> int:
    """Run this node."""
    return program.run(_run)


def _run(attempt: Attempt, log: Log) -> int:
    options = arguments.parse(sys.argv[1:], required=_REQUIRED, optional=_OPTIONAL)
    place = Location.parse(options["result_s3_path"], flag="result_s3_path")
    terms = number(options["terms"], "--terms", least=1, most=MOST_NUMBERS)
    intervals = number(options["intervals"], "--intervals", least=1, most=10**9)
    wait = number(options.get("wait_seconds", "300"), "--wait_seconds", least=1, most=86_400)
    node = Node.of(os.environ)
    log.context["node"] = node.index
    began = time.monotonic()
    vector = by_processes(terms, intervals, share(intervals, node.index, node.count), vcpus(None, os.environ))
    log.info("integrated", nodes=node.count, seconds=round(time.monotonic() - began, 3))
    with assembled(node, meeting.job_of(attempt), meeting.port(attempt), wait) as ring:
        all_reduce(vector, node.index, node.count, ring.right, ring.left)
        if ring.main:
            ring.main.send({"digest": _digest(vector)})
            ring.main.receive()  # the job ends with its main node: whoever left before would seem lost
            log.info("done")
            return 0
        _compare(vector, ring)
        result = _checked(vector, intervals)
        result |= {"nodes": node.count, "seconds": round(time.monotonic() - began, 6)}
        objects.write_json(open_store(place), place, result)
        for line in ring.children.values():
            line.send({"done": True})
    log.info("reduced", result=str(place), nodes=node.count, worstError=result["worstError"])
    return 0


def _compare(vector: array[float], ring: Ring) -> None:
    mine = _digest(vector)
    other = [index for index, line in sorted(ring.children.items()) if line.receive().get("digest") != mine]
    if other:
        raise ToolError(f"after the reduction, nodes {other} have another sum than the main node")


def _checked(vector: array[float], intervals: int) -> dict[str, object]:
    off, most = worst_error(vector, intervals)
    if not off <= most:
        raise ToolError(f"an integral is off by {off:g}, and {most:g} is the most that the method allows")
    return {
        "integrals": list(vector),
        "terms": len(vector),
        "intervals": intervals,
        "worstError": off,
        "errorBound": most,
    }


def _digest(vector: array[float]) -> str:
    return hashlib.sha256(vector.tobytes()).hexdigest()
