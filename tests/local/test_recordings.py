"""The workflow recordings: an array with a child per recording, and a report of them together."""

from __future__ import annotations

import csv
import os
import signal
from typing import Any

import pytest
from tests.local.example_runs import (
    Run,
    content,
    described,
    document,
    job_of,
    log,
    processes,
    reclaim,
    soon,
    variable,
)
from tests.stack import Stack

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]


def recordings(stack: Stack, name: str, count: int, **more: Any) -> dict[str, Any]:
    place = stack.place("recordings")
    data = place.replace(stack.outputs()["bucket_names"]["results"], stack.outputs()["bucket_names"]["data"])
    given = {"runId": name, "recordings": count, "seed": 5, "seconds": 10}
    return {**given, "recordingsS3Path": data, "resultsS3Path": place, **more}


def test_every_recording_has_a_child_and_the_report_has_them_all(stack: Stack) -> None:
    answer = stack.run("recordings", recordings(stack, "five", 5))
    assert answer["status"] == "SUCCEEDED", answer
    report = document(stack, answer["output"]["report"])
    rows = report["perRecording"]
    assert [row["index"] for row in rows] == list(range(5))
    assert (report["recordings"], report["wrong"]) == (5, [])
    seconds, recorded = (sum(row[name] for row in rows) for name in ("seconds", "recordedSeconds"))
    assert report["total"]["silFactor"] == pytest.approx(seconds / recorded, abs=2e-6)
    assert report["worst"]["silFactor"] == max(row["silFactor"] for row in rows)
    table = list(csv.DictReader(content(stack, answer["output"]["table"]).decode().splitlines()))
    assert [line["recording"] for line in table] == [row["recording"] for row in rows]
    job = job_of(stack, answer, "Process")
    assert (job["arrayProperties"]["size"], job["arrayProperties"]["statusSummary"]["SUCCEEDED"]) == (5, 5)
    child = described(stack, f"{job['jobId']}:3")
    assert '"recording": "00003.rec"' in log(stack, child["container"]["logStreamName"])


def test_a_single_recording_is_a_job_by_itself(stack: Stack) -> None:
    answer = stack.run("recordings", recordings(stack, "one", 1))
    assert answer["status"] == "SUCCEEDED", answer
    assert document(stack, answer["output"]["report"])["recordings"] == 1
    assert "arrayProperties" not in job_of(stack, answer, "ProcessOne")
    assert not [step for step in answer["steps"] if step["state"] == "Process"]


def test_children_that_spot_takes_every_time_go_on_demand(stack: Stack) -> None:
    if not stack.is_local:
        pytest.skip("takes an instance away, which can only be done on this machine")
    run = Run(stack, "recordings", recordings(stack, "reclaimed", 2))
    taken: set[int] = set()

    def first_child() -> int | None:
        found = processes(stack, AWS_BATCH_JOB_ARRAY_INDEX="0", AWS_BATCH_JQ_NAME="batchyard-local-low")
        return next((pid for pid in found if pid not in taken), None)

    for _ in range(3):
        pid = soon(first_child)
        os.kill(pid, signal.SIGSTOP)  # however fast the machine is, this is the middle
        taken.add(pid)
        reclaim(stack, variable(pid, "AWS_BATCH_JOB_ID"))
    answer = run.ended()
    assert answer["status"] == "SUCCEEDED", answer
    assert document(stack, answer["output"]["report"])["recordings"] == 2
    states = {step["state"]: step["status"] for step in answer["steps"] if step["jobId"]}
    assert (states["Process"], states["ProcessOnDemand"]) == ("FAILED", "SUCCEEDED")
    array = job_of(stack, answer, "ProcessOnDemand")
    assert array["jobQueue"].endswith("-on-demand")
    # The child that had been done before is not done again.
    assert '"done already"' in log(
        stack, described(stack, f"{array['jobId']}:1")["container"]["logStreamName"]
    )
