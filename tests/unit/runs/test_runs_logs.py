from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import EPOCH_MS, job

from batchyard.environments import Environment
from batchyard.errors import UsageError
from batchyard.runs.containers import Stream
from batchyard.runs.last_error import last_error
from batchyard.runs.logs import choose, read
from batchyard.runs.steps import Step, from_job

ALIGN = from_job(job("job-1", "Align"), "Align")
CALL = from_job(job("job-2", "Call", "FAILED"), "Call")


def test_steps_are_chosen_by_state_and_by_failure() -> None:
    assert choose([ALIGN, CALL]) == [ALIGN, CALL]
    assert choose([ALIGN, CALL], state="align") == [ALIGN]
    assert choose([ALIGN, CALL], failed=True) == [CALL]
    with pytest.raises(UsageError, match="no step sort\n  it has: Align, Call"):
        choose([ALIGN, CALL], state="sort")


def test_a_stream_is_read_to_its_end(dev: Environment, stubs: StubbedAws) -> None:
    asked = {"logGroupName": "/aws/batch/job", "logStreamName": "Align/default/job-1", "startFromHead": True}
    one, two = ({"timestamp": EPOCH_MS + at, "message": f"line {at}"} for at in (1, 2))
    logs = stubs["logs"]
    logs.add_response("get_log_events", {"events": [one], "nextForwardToken": "t1"}, asked)
    logs.add_response(
        "get_log_events", {"events": [two], "nextForwardToken": "t2"}, {**asked, "nextToken": "t1"}
    )
    logs.add_response(
        "get_log_events", {"events": [], "nextForwardToken": "t2"}, {**asked, "nextToken": "t2"}
    )
    [found] = read(dev, [ALIGN])
    assert found.lines == [
        ("2026-03-01T12:00:00.001+00:00", "line 1"),
        ("2026-03-01T12:00:00.002+00:00", "line 2"),
    ]


def test_without_a_stream_the_reason_is_told(dev: Environment, stubs: StubbedAws) -> None:
    assert stubs["logs"]
    never = Step("Align", "job-1", "n", "FAILED", None, reason="CannotPullContainerError: no such image")
    [found] = read(dev, [never])
    assert found.missing == (
        "no log stream, the job never started (FAILED: CannotPullContainerError: no such image)"
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [("RUNNING", "the stream holds nothing (yet)"), ("FAILED", "the stream holds nothing")],
)
def test_a_stream_that_does_not_exist_is_awaited_only_while_the_job_runs(
    dev: Environment, stubs: StubbedAws, status: str, told: str
) -> None:
    stubs["logs"].add_client_error("get_log_events", "ResourceNotFoundException")
    [found] = read(dev, [replace(CALL, status=status)], tail=3)
    assert (found.lines, found.missing) == ([], told)


def test_each_attempt_tells_why_it_ended(dev: Environment, stubs: StubbedAws) -> None:
    gone, plain = "Host EC2 (instance i-1) terminated.", "Essential container in task exited"
    ends: list[tuple[str, dict[str, Any]]] = [
        (gone, {}),
        (plain, {"reason": "OutOfMemoryError: killed"}),
        (plain, {"exitCode": 65}),
    ]
    attempts = [
        {"statusReason": why, "container": {"logStreamName": f"s/{number}"} | container}
        for number, (why, container) in enumerate(ends)
    ]
    for _ in attempts:
        stubs["logs"].add_response("get_log_events", {"events": [], "nextForwardToken": "t"})
    step = from_job(job("job-2", "Call", "FAILED", attempts=attempts, container={}), "Call")
    documents = [log.document() for log in read(dev, [step], tail=3)]
    assert [(each["reason"], each["exitCode"]) for each in documents] == [
        (gone, None),
        ("OutOfMemoryError: killed", None),
        ("", 65),
    ]


def test_an_attempt_that_runs_has_not_the_reason_of_the_one_before() -> None:
    again = job(
        "job-2",
        "Call",
        "RUNNING",
        statusReason="Host EC2 (instance i-1) terminated.",
        attempts=[
            {"statusReason": "Host EC2 (instance i-1) terminated.", "container": {"logStreamName": "a"}}
        ],
        container={"logStreamName": "b"},
    )
    assert [(each.name, each.reason) for each in from_job(again, "Call").streams] == [
        ("a", "Host EC2 (instance i-1) terminated."),
        ("b", ""),
    ]


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ([], None),
        (["\n", " \n"], None),
        (
            ["Traceback (most recent call last):", "  File …", "ValueError: no reads\n", "\n"],
            "ValueError: no reads",
        ),
        (['{"level": "ERROR"}', '{"level": "INFO", "message": "fetched"}'], "fetched"),
        (['{"level": "ERROR", "message": "truncated"}', "Killed"], "truncated"),
        (
            [
                '{"level": "ERROR", "message": "first"}',
                '{"level": "ERROR", "message": "truncated"}',
                '{"level": "INFO", "message": "cleaned up"}',
                "{not JSON",
            ],
            "truncated",
        ),
    ],
)
def test_the_last_error_is_the_last_line_of_that_level_or_else_the_last_line(
    dev: Environment, stubs: StubbedAws, messages: list[str], told: str | None
) -> None:
    events = [{"timestamp": EPOCH_MS, "message": message} for message in messages]
    asked = {
        "logGroupName": "/aws/batch/job",
        "logStreamName": "last",
        "startFromHead": False,
        "limit": 101,
    }
    stubs["logs"].add_response("get_log_events", {"events": events, "nextForwardToken": "t"}, asked)
    assert last_error(dev, replace(CALL, streams=[Stream("first"), Stream("last", 2)])) == told


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_a_log_that_can_not_be_read_has_no_last_error(dev: Environment, stubs: StubbedAws, code: str) -> None:
    stubs["logs"].add_client_error("get_log_events", code)
    assert last_error(dev, CALL) is None


def test_without_a_stream_no_log_is_asked_for(dev: Environment, stubs: StubbedAws) -> None:
    assert stubs["logs"]
    assert last_error(dev, replace(CALL, streams=[])) is None
