"""Steps whose jobs have several containers, children or nodes."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import EPOCH_MS, job

from batchyard.environments import Environment
from batchyard.runs.causes import sentence
from batchyard.runs.containers import Stream
from batchyard.runs.last_error import last_error
from batchyard.runs.logs import read
from batchyard.runs.steps import from_job


def containers(*named: tuple[str, int | None, str]) -> list[dict[str, Any]]:
    """Return containers as DescribeJobs lists them: name, exit code, log stream."""
    return [
        {"name": name, "logStreamName": stream} | ({} if code is None else {"exitCode": code})
        for name, code, stream in named
    ]


def multi_container(attempts: list[list[dict[str, Any]]], now: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a failed job with several containers."""
    found = job("job-1", "Maze", "FAILED", statusReason="Essential container in task exited")
    del found["container"]
    found["attempts"] = [{"taskProperties": [{"containers": each}]} for each in attempts]
    return found | {"ecsProperties": {"taskProperties": [{"containers": now}]}}


def array(job_id: str = "job-1", **statuses: int) -> dict[str, Any]:
    """Return the parent of an array."""
    properties = {"size": sum(statuses.values()), "statusSummary": statuses | {"PENDING": 0}}
    return job(job_id, "Runs", "FAILED", attempts=[], container={}, arrayProperties=properties)


def test_each_container_of_each_attempt_has_a_stream() -> None:
    now = containers(("server", 143, "m/server/b"), ("agent", 3, "m/agent/b"))
    now[0]["logConfiguration"] = {"options": {"awslogs-group": "/own"}}
    step = from_job(
        multi_container([containers(("server", 0, "m/server/a"), ("agent", 75, "m/agent/a")), now], now),
        "Maze",
    )
    assert step.streams == [
        Stream("m/server/a", 1, "server", "/own"),
        Stream("m/agent/a", 1, "agent"),
        Stream("m/server/b", 2, "server", "/own"),
        Stream("m/agent/b", 2, "agent"),
    ]


def test_the_exit_code_is_that_of_the_container_that_failed_by_itself() -> None:
    ended = containers(("server", 137, "s"), ("telemetry", 143, "t"), ("agent", 3, "a"))
    assert from_job(multi_container([ended], ended), "Maze").exit_code == 3


def test_the_cause_names_the_container_that_failed() -> None:
    detail = {
        "JobId": "1",
        "JobName": "Maze-run",
        "StatusReason": "Essential container in task exited",
        "EcsProperties": {
            "TaskProperties": [
                {
                    "Containers": [
                        {"Name": "server", "ExitCode": 143, "LogStreamName": "m/server/a"},
                        {"Name": "agent", "ExitCode": 3, "LogStreamName": "m/agent/a"},
                    ]
                }
            ]
        },
    }
    assert sentence("States.TaskFailed", json.dumps(detail)) == (
        "States.TaskFailed: job Maze-run (1) failed: Essential container in task exited; container agent; "
        "exit code 3; log stream m/agent/a"
    )


def test_the_cause_counts_the_children_that_failed() -> None:
    array_properties = {"Size": 5, "StatusSummary": {"FAILED": 2, "SUCCEEDED": 3, "RUNNING": 0}}
    detail = {"JobId": "1", "StatusReason": "Array Child Job failed", "ArrayProperties": array_properties}
    told = sentence("States.TaskFailed", json.dumps(detail))
    assert told.endswith("job 1 failed: Array Child Job failed; 2 of 5 children failed")


def test_an_array_tells_how_its_children_stand() -> None:
    step = from_job(array(SUCCEEDED=3, FAILED=2) | {"statusReason": "Array Child Job failed"}, "Runs")
    assert step.reason == "Array Child Job failed; 2 of 5 children failed"
    expected = {"kind": "child", "total": 5, "statuses": {"SUCCEEDED": 3, "FAILED": 2}}
    assert step.document()["members"] == expected


def test_logs_of_a_failed_array_are_those_of_its_failed_children(dev: Environment, stubs: StubbedAws) -> None:
    listed = {"jobSummaryList": [{"jobId": "job-1:4", "jobName": "Runs"}]}
    asked = {"arrayJobId": "job-1", "jobStatus": "FAILED"}
    stubs["batch"].add_response("list_jobs", listed, asked)
    child = job("job-1:4", "Runs", "FAILED", arrayProperties={"index": 4})
    stubs["batch"].add_response("describe_jobs", {"jobs": [child]}, {"jobs": ["job-1:4"]})
    events = [{"timestamp": EPOCH_MS, "message": "no such recording"}]
    stubs["logs"].add_response("get_log_events", {"events": events, "nextForwardToken": "t"})
    step = from_job(array(SUCCEEDED=3, FAILED=2), "Runs")
    [found] = read(dev, [step], tail=5, failed=True)
    assert (found.title, found.stream) == ("Runs child 4", Stream("Runs/default/job-1:4"))
    assert [line for _, line in found.lines] == ["no such recording"]


def test_one_node_can_be_asked_for(dev: Environment, stubs: StubbedAws) -> None:
    parent = job("job-1", "Sum", attempts=[], container={}, nodeProperties={"numNodes": 3, "mainNode": 0})
    node = job("job-1#2", "Sum", nodeDetails={"nodeIndex": 2, "isMainNode": False})
    stubs["batch"].add_response("describe_jobs", {"jobs": [node]}, {"jobs": ["job-1#2"]})
    stubs["logs"].add_response("get_log_events", {"events": [], "nextForwardToken": "t"})
    [found] = read(dev, [from_job(parent, "Sum")], tail=5, index=2)
    assert found.title == "Sum node 2"
    assert not list(read(dev, [from_job(parent, "Sum")], index=3))
    assert not list(read(dev, [from_job(job("job-2", "Plain"), "Plain")], index=0))


def test_the_last_error_is_that_of_the_container_that_failed(dev: Environment, stubs: StubbedAws) -> None:
    ended = containers(("server", 143, "m/server/a"), ("agent", 3, "m/agent/a"))
    events = [{"timestamp": EPOCH_MS, "message": '{"level": "ERROR", "message": "no way out"}'}]
    asked = {
        "logGroupName": "/aws/batch/job",
        "logStreamName": "m/agent/a",
        "startFromHead": False,
        "limit": 101,
    }
    stubs["logs"].add_response("get_log_events", {"events": events, "nextForwardToken": "t"}, asked)
    assert last_error(dev, from_job(multi_container([ended], ended), "Maze")) == "no way out"


def test_the_last_error_may_be_missing_without_hiding_behind_another_container(
    dev: Environment, stubs: StubbedAws
) -> None:
    ended = containers(("server", 1, "m/server/a"), ("agent", 143, "m/agent/a"))
    stubs["logs"].add_response("get_log_events", {"events": [], "nextForwardToken": "t"})
    assert last_error(dev, from_job(multi_container([ended], ended), "Maze")) is None
