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


def report(function: Callable[[str], ModuleType], batch: Any, **members: Any) -> dict[str, Any]:
    """Return what is told of a failed job without a container of its own."""
    own = {key: value for key, value in JOB.items() if key not in ("container", "attempts")}
    batch.add_response("describe_jobs", {"jobs": [{**own, **members}]}, {"jobs": ["j1"]})
    told: dict[str, Any] = function("job-status").handler({"jobId": "j1"}, None)
    return told


CONTAINERS = [
    {"name": "server", "essential": True, "exitCode": 0, "logStreamName": "s"},
    {"name": "sidecar", "essential": False, "exitCode": 3},
    {"name": "agent", "essential": True, "exitCode": 70, "reason": "no way out", "logStreamName": "a"},
]


# https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html
def test_of_several_containers_the_one_that_ended_the_job_is_told(
    function: Callable[[str], ModuleType], batch: Any
) -> None:
    told = report(function, batch, ecsProperties={"taskProperties": [{"containers": CONTAINERS}]})
    expected = {"container": "agent", "exitCode": 70, "reason": "no way out", "logStreamName": "a"}
    assert {key: told[key] for key in expected} == expected


def test_of_a_pod_too(function: Callable[[str], ModuleType], batch: Any) -> None:
    pod = {
        "containers": [{"name": "main", "exitCode": 2}],
        "initContainers": [{"name": "load", "exitCode": 0}],
    }
    told = report(function, batch, eksProperties={"podProperties": pod})
    assert (told["container"], told["exitCode"]) == ("main", 2)


def test_of_nodes_the_last_attempt_tells(function: Callable[[str], ModuleType], batch: Any) -> None:
    attempts = [
        {"container": {"exitCode": 1}, "statusReason": "Essential container in task exited"},
        {"container": {"logStreamName": "n"}, "statusReason": "Host EC2 (instance i-1) terminated."},
    ]
    nodes = {"numNodes": 4, "mainNode": 0, "nodeRangeProperties": []}
    told = report(function, batch, attempts=attempts, nodeProperties=nodes)
    assert (told["attemptReason"], told["attempts"]) == ("Host EC2 (instance i-1) terminated.", 2)
    assert (told["nodes"], told["logStreamName"]) == (4, "n")
    assert "exitCode" not in told


def test_an_attempt_of_several_containers_tells_too(
    function: Callable[[str], ModuleType], batch: Any
) -> None:
    attempt = {
        "taskProperties": [{"containers": [{"name": "agent", "exitCode": 137}]}],
        "statusReason": "Host EC2",
    }
    told = report(function, batch, attempts=[attempt])
    assert (told["container"], told["exitCode"], told["attemptReason"]) == ("agent", 137, "Host EC2")


def test_an_array_tells_how_its_children_ended(function: Callable[[str], ModuleType], batch: Any) -> None:
    array = {"size": 3, "statusSummary": {"SUCCEEDED": 2, "FAILED": 1, "RUNNING": 0}}
    told = report(function, batch, arrayProperties=array)
    assert told["children"] == {"SUCCEEDED": 2, "FAILED": 1}


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
