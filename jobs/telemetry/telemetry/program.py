"""The telemetry container: samples while the others run, and writes its summary when they end."""

from __future__ import annotations

import os
from typing import Any

from batchyard_job import meeting, objects, program
from batchyard_job.attempt import Attempt
from batchyard_job.errors import TemporaryError, Terminated
from batchyard_job.location import Location
from batchyard_job.log import Log
from batchyard_job.store import open_store
from batchyard_job.variables import text, whole
from telemetry.sampling import samples, summary


def main() -> int:
    """Sample the server's counters; SIGTERM, which the end of the others brings, is a regular end."""
    return program.run(_watch, container="telemetry")


def _watch(attempt: Attempt, log: Log) -> int:
    folder = Location.parse(text(os.environ, "TELEMETRY_RESULTS_S3_PATH"))
    pause = whole(os.environ, "TELEMETRY_MILLISECONDS", least=10, most=60_000, default="1000") / 1000
    wait = whole(os.environ, "TELEMETRY_WAIT_SECONDS", least=1, most=3600, default="60")
    taken: list[dict[str, Any]] = []
    try:
        source = samples(
            meeting.port(attempt), meeting.job_of(attempt), every_seconds=pause, wait_seconds=wait
        )
        for sample in source:
            taken.append(sample)
            log.info("sample", **sample)
    except Terminated:
        log.info("the others have ended")
    else:
        if not taken:
            raise TemporaryError(f"no server has answered within {wait} s")
    found = summary(taken)
    objects.write_json(open_store(folder), folder.child("telemetry.json"), {**found, "all": taken})
    log.info("summary", **found)
    return 0
