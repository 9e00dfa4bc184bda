"""Samples of a server's counters, taken until the server ends or a signal comes."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

HOST = "127.0.0.1"
_REQUEST_SECONDS = 2.0
# A server that answered before and fails this often in a row is gone.
_MOST_FAILURES = 3


def samples(port: int, job_id: str, *, every_seconds: float, wait_seconds: float) -> Iterator[dict[str, Any]]:
    """Give the server's counters, again and again, until it has gone or has never come.

    Args:
        port: where it listens.
        job_id: whose server it has to be; another job's counters are passed over.
        every_seconds: the pause between two looks.
        wait_seconds: how long it may take to answer for the first time.
    """
    answered, failures, began = False, 0, time.monotonic()
    while failures < _MOST_FAILURES if answered else time.monotonic() - began < wait_seconds:
        counters = _counters(port, job_id)
        if counters is None:
            failures += 1
        else:
            answered, failures = True, 0
            yield counters
        time.sleep(every_seconds)


def summary(taken: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the samples say altogether: how many, the last counters, and the fastest stretch."""
    pairs = [(a, b) for a, b in pairwise(taken) if b["seconds"] > a["seconds"]]
    rates = [(b["requests"] - a["requests"]) / (b["seconds"] - a["seconds"]) for a, b in pairs]
    return {
        "samples": len(taken),
        "last": taken[-1] if taken else None,
        "mostRequestsPerSecond": round(max(rates), 1) if rates else None,
    }


def _counters(port: int, job_id: str) -> dict[str, Any] | None:
    connection = http.client.HTTPConnection(HOST, port, timeout=_REQUEST_SECONDS)
    try:
        connection.request("GET", "/counters", headers={"Batch-Job-Id": job_id})
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return answer if response.status == 200 else None
