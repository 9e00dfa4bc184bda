"""job-status: a short report of one job."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

JOB = {
    "jobId": "j1",
    "jobName": "align-1",
    "jobQueue": "arn:aws:batch:us-east-1:111122223333:job-queue/high",
    "jobDefinition": "arn:aws:batch:us-east-1:111122223333:job-definition/align:1",
    "status": "FAILED",
    "statusReason": "Essential container in task exited",
    "startedAt": 1000,
    "stoppedAt": 2000,
    "attempts": [{}, {}],
    "container": {"exitCode": 65, "reason": "bad input", "logStreamName": "align/default/x", "vcpus": 4},
}


def test_a_job_is_reported_in_short(function: Callable[[str], ModuleType], batch: Any) -> None:
    batch.add_response("describe_jobs", {"jobs": [JOB]}, {"jobs": ["j1"]})
    assert function("job-status").handler({"jobId": "j1", "other": 1}, None) == {
        "jobId": "j1",
        "jobName": "align-1",
        "status": "FAILED",
        "statusReason": "Essential container in task exited",
        "startedAt": 1000,
        "stoppedAt": 2000,
        "exitCode": 65,
        "reason": "bad input",
        "logStreamName": "align/default/x",
        "attempts": 2,
    }


def test_a_job_that_waits_has_no_times_and_no_exit_code(
    function: Callable[[str], ModuleType], batch: Any
) -> None:
    waiting = {key: JOB[key] for key in ("jobId", "jobName", "jobQueue", "jobDefinition")} | {
        "status": "RUNNABLE"
    }
    batch.add_response("describe_jobs", {"jobs": [{**waiting, "startedAt": 0}]}, {"jobs": ["j1"]})
    report = function("job-status").handler({"jobId": "j1"}, None)
    assert (report["status"], report["attempts"]) == ("RUNNABLE", 0)
    assert "exitCode" not in report


def test_an_unknown_job_is_named(function: Callable[[str], ModuleType], batch: Any) -> None:
    batch.add_response("describe_jobs", {"jobs": []}, {"jobs": ["gone"]})
    with pytest.raises(Exception, match="AWS Batch knows no job gone") as caught:
        function("job-status").handler({"jobId": "gone"}, None)
    assert type(caught.value).__name__ == "JobNotFoundError"


@pytest.mark.parametrize("event", [{}, {"jobId": ""}, {"jobId": 7}, None, []])
def test_an_event_without_a_job_is_refused(
    function: Callable[[str], ModuleType], batch: Any, event: Any
) -> None:
    with pytest.raises(Exception, match="jobId is missing or no text"):
        function("job-status").handler(event, None)
