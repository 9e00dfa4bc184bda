"""Steps whose jobs have several containers, children or nodes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import EPOCH_MS, execution, job

from batchyard.environments import Environment
from batchyard.errors import UsageError
from batchyard.runs.causes import sentence
from batchyard.runs.containers import Stream
from batchyard.runs.last_error import explained, last_error
from batchyard.runs.logs import check_index, members_wanted, read
from batchyard.runs.report import RunReport
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


def test_a_failed_array_tells_why_its_first_failed_child_did(dev: Environment, stubs: StubbedAws) -> None:
    gone = "Host EC2 (instance i-0123) terminated."
    never: dict[str, Any] = {"attempts": [], "container": {}}
    children = [
        job(f"job-1:{n}", "Runs", "FAILED", arrayProperties={"index": n}, statusReason=why, **fields)
        for n, why, fields in ((4, "stopped", dict[str, Any]()), (3, gone, never))
    ]
    listed = {"jobSummaryList": [{"jobId": each["jobId"], "jobName": "Runs"} for each in children]}
    stubs["batch"].add_response("list_jobs", listed, {"arrayJobId": "job-1", "jobStatus": "FAILED"})
    stubs["batch"].add_response("describe_jobs", {"jobs": children}, {"jobs": ["job-1:4", "job-1:3"]})
    step = explained(dev, from_job(array(SUCCEEDED=4, FAILED=2), "Runs"))
    assert step.reason == f"2 of 6 children failed; child 3: {gone}"
    detail = {"JobId": "job-1", "ArrayProperties": {"Size": 6, "StatusSummary": {"FAILED": 2}}}
    run = RunReport("exome", execution("FAILED", error="E", cause=json.dumps(detail)), [step])
    assert run.why() == f"E: job job-1 failed: 2 of 6 children failed; child 3: {gone}"
    assert run.document()["reason"] == run.why()


def test_a_child_that_ended_by_itself_tells_its_exit_code(dev: Environment, stubs: StubbedAws) -> None:
    child = job("job-1:1", "Runs", "FAILED", arrayProperties={"index": 1}, statusReason="exited")
    stubs["batch"].add_response("list_jobs", {"jobSummaryList": [{"jobId": "job-1:1", "jobName": "R"}]})
    stubs["batch"].add_response("describe_jobs", {"jobs": [child]})
    step = explained(dev, from_job(array(SUCCEEDED=1, FAILED=1), "Runs"))
    assert step.member_reason == "child 1: exited; exit code 65"


def test_children_that_can_not_be_read_leave_the_step_as_it_is(dev: Environment, stubs: StubbedAws) -> None:
    stubs["batch"].add_client_error("list_jobs", "AccessDeniedException")
    step = from_job(array(SUCCEEDED=1, FAILED=1), "Runs")
    assert explained(dev, step) == step


@pytest.mark.parametrize(
    ("index", "error"),
    [
        (6, "there is no child or node 6\n  Runs: children are 0 to 4; Sum: nodes are 0 to 2"),
        (5, "there is no child or node 5\n"),
    ],
)
def test_an_index_out_of_range_is_refused_with_the_range(index: int, error: str) -> None:
    nodes = job("job-2", "Sum", attempts=[], container={}, nodeProperties={"numNodes": 3, "mainNode": 0})
    steps = [from_job(array(SUCCEEDED=5), "Runs"), from_job(nodes, "Sum"), from_job(job("j", "P"), "P")]
    check_index(steps, 4)
    with pytest.raises(UsageError) as caught:
        check_index(steps, index)
    assert error in str(caught.value)


def test_an_index_on_a_plain_job_is_refused() -> None:
    with pytest.raises(
        UsageError, match=r"Plain has no children and no nodes: --index 0 .*\n  leave --index out"
    ):
        check_index([from_job(job("job-2", "Plain"), "Plain")], 0)


def test_nodes_are_counted_without_their_statuses() -> None:
    parent = job("job-1", "Sum", attempts=[], container={}, nodeProperties={"numNodes": 4, "mainNode": 0})
    members = from_job(parent, "Sum").members
    assert members is not None
    assert (members.sentence(), dict(members.statuses)) == ("4 nodes", {})
    failed = from_job(parent | {"status": "FAILED", "statusReason": "Host EC2 terminated."}, "Sum")
    assert failed.reason == "Host EC2 terminated."


def test_only_the_members_that_are_asked_for_are_counted() -> None:
    failed = from_job(array(SUCCEEDED=19, FAILED=1), "Runs")
    assert (members_wanted(failed, failed=True), members_wanted(failed, failed=False)) == (1, 20)
    assert members_wanted(from_job(job("j", "P"), "P"), failed=True) == 0


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
