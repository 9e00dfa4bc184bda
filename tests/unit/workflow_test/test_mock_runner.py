"""Mocked tasks: what they answer, when, and to whom.

Event types and errors: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html and
https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.workflow_test.conftest import INNER, MOCKS, each, task

from batchyard.errors import BatchyardError
from batchyard.workflow_test.running import Outcome

Execute = Callable[..., Outcome]
SYNC = "arn:aws:states:::batch:submitJob.sync"


def types(outcome: Outcome) -> list[str]:
    return [event.type for event in outcome.events]


def test_several_answers_come_in_order_and_the_last_one_repeats(execute: Execute) -> None:
    retry = [{"ErrorEquals": ["E", "F"], "IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 5}]
    mocks = {"T": [{"error": "E", "times": 2}, {"error": "F", "cause": "tired"}]}
    outcome = execute(task(Retry=retry), mocks=mocks)
    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", "F", "tired")
    assert [sent.at for sent in outcome.sent] == [0, 10, 30, 70, 150, 310]
    assert [sent.attempt for sent in outcome.sent] == [0, 1, 2, 3, 4, 5]


def test_an_answer_takes_virtual_time(execute: Execute) -> None:
    outcome = execute(task(), mocks={"T": {"result": {"x": 1}, "after": "2h"}})
    assert (outcome.output, outcome.elapsed) == ({"x": 1}, 7200)
    assert outcome.seconds < 1


def test_a_task_that_never_answers_times_out_or_stays(execute: Execute) -> None:
    outcome = execute(task(TimeoutSeconds=30), mocks={"T": {"never": True}})
    assert (outcome.error, outcome.elapsed, outcome.cancelled) == ("States.Timeout", 30, ["T"])
    assert execute(task(), mocks={"T": {"never": True}}).status == "RUNNING"


@pytest.mark.parametrize(("every", "ended"), [(9, ("SUCCEEDED", 60)), (11, ("FAILED", 10))])
def test_heartbeats_keep_a_token_s_task_alive(execute: Execute, every: int, ended: tuple[str, int]) -> None:
    machine = task("arn:aws:states:::sqs:sendMessage.waitForTaskToken", HeartbeatSeconds=10)
    outcome = execute(machine, mocks={"T": {"result": 1, "after": 60, "heartbeat": every}})
    assert (outcome.status, outcome.elapsed) == ended


def test_a_job_that_succeeds_is_told_as_the_service_tells_it(execute: Execute) -> None:
    machine = task(SYNC, Parameters={"JobName": "n", "JobQueue": "q", "JobDefinition": "d"})
    outcome = execute(machine, mocks={"T": {"job": {"exit_code": 0, "id": "j-1"}, "after": 60}}, start=1000.0)
    job = outcome.output
    assert {key: job[key] for key in ("JobId", "JobName", "JobQueue", "JobDefinition", "Status")} == {
        "JobId": "j-1",
        "JobName": "n",
        "JobQueue": "q",
        "JobDefinition": "d",
        "Status": "SUCCEEDED",
    }
    assert (job["Container"]["ExitCode"], job["StartedAt"], job["StoppedAt"]) == (0, 1_000_000, 1_060_000)
    assert types(outcome)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]


def test_a_job_that_fails_has_its_detail_as_cause(execute: Execute) -> None:
    outcome = execute(task(SYNC), mocks={"T": {"job": {"exit_code": 65, "reason": "bad", "attempts": 3}}})
    detail = json.loads(outcome.cause or "")
    assert (outcome.error, detail["Status"], len(detail["Attempts"])) == ("States.TaskFailed", "FAILED", 3)
    assert detail["Container"]["ExitCode"] == 65
    assert detail["StatusReason"] == "Essential container in task exited"


# https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html
@pytest.mark.parametrize(
    ("job", "reason", "summary"),
    [
        ({"exit_code": 0}, None, {"SUCCEEDED": 3, "FAILED": 0}),
        ({"exit_code": 70}, "Array Child Job failed", {"SUCCEEDED": 2, "FAILED": 1}),
    ],
)
def test_an_array_tells_how_its_children_ended(
    execute: Execute, job: dict[str, Any], reason: str | None, summary: dict[str, int]
) -> None:
    machine = task(SYNC, Parameters={"JobName": "n", "ArrayProperties": {"Size": 3}})
    outcome = execute(machine, mocks={"T": {"job": job}})
    detail = outcome.output if reason is None else json.loads(outcome.cause or "")
    assert detail["ArrayProperties"]["Size"] == 3
    assert {key: detail["ArrayProperties"]["StatusSummary"][key] for key in summary} == summary
    assert (detail.get("StatusReason"), detail["Attempts"]) == (reason, [])
    assert "ExitCode" not in detail["Container"]


@pytest.mark.parametrize(
    "resource", ["arn:aws:states:::batch:submitJob", "arn:aws:states:::aws-sdk:batch:submitJob"]
)
def test_a_job_that_is_only_submitted_gives_its_id(execute: Execute, resource: str) -> None:
    outcome = execute(task(resource, Parameters={"JobName": "n"}), mocks={"T": {"job": {"id": "j-1"}}})
    assert (outcome.output["JobId"], outcome.output["JobName"]) == ("j-1", "n")
    assert "Status" not in outcome.output


@pytest.mark.parametrize(
    ("error", "phase", "event"),
    [
        ("Batch.ServerException", None, "TaskSubmitFailed"),
        ("States.TaskFailed", None, "TaskFailed"),
        ("Batch.ServerException", "run", "TaskFailed"),
        ("Batch.ServerException", "start", "TaskStartFailed"),
    ],
)
def test_an_error_of_the_service_is_the_submission_s(
    execute: Execute, error: str, phase: str | None, event: str
) -> None:
    mock = {"error": error} | ({"phase": phase} if phase else {})
    outcome = execute(task(SYNC), mocks={"T": mock})
    assert event in types(outcome)
    assert ("TaskSubmitted" in types(outcome)) == (event == "TaskFailed")


@pytest.mark.parametrize(
    ("resource", "given"),
    [
        ("arn:aws:states:::lambda:invoke", {"ExecutedVersion": "$LATEST", "Payload": 7, "StatusCode": 200}),
        ("arn:aws:lambda:us-east-1:000000000000:function:f", 7),
    ],
)
def test_a_payload_is_wrapped_as_the_integration_does(execute: Execute, resource: str, given: object) -> None:
    output = execute(task(resource), mocks={"T": {"payload": 7}}).output
    assert output == (
        given | {"SdkHttpMetadata": output["SdkHttpMetadata"]} if isinstance(given, dict) else given
    )


def test_iterations_are_answered_by_index_or_input_and_each_from_the_start(execute: Execute) -> None:
    inner = INNER | {"Retry": [{"ErrorEquals": ["E"]}]}
    outcome = execute(each(inner), [{"k": 0}, {"k": 1}, {"k": 2, "more": 1}], {"T": MOCKS})
    assert outcome.output == ["any", "second", "two"]
    assert [sent.place for sent in outcome.sent] == [(0,), (1,), (2,), (1,)]
    assert outcome.iterations == {"Each": {"0": ["T"], "1": ["T"], "2": ["T"]}}
    assert outcome.path == ["Each"]


def test_maps_in_maps_have_places_of_two_numbers(execute: Execute) -> None:
    machine = each(each(INNER)["States"]["Each"] | {"Type": "Map"})
    machine["States"]["Each"]["ItemProcessor"]["States"]["T"]["ItemProcessor"]["States"] = {"U": INNER}
    machine["States"]["Each"]["ItemProcessor"]["States"]["T"]["ItemProcessor"]["StartAt"] = "U"
    outcome = execute(machine, [[1, 2], [3]], {"U": [{"item": "0.1", "result": "x"}, {"result": "y"}]})
    assert outcome.output == [["y", "x"], ["y"]]
    assert outcome.iterations == {
        "Each": {"0": ["T"], "1": ["T"]},
        "T": {"0.0": ["U"], "0.1": ["U"], "1.0": ["U"]},
    }


def test_a_task_without_a_mock_is_named_with_what_it_calls(execute: Execute) -> None:
    outcome = execute(each(INNER), [{"k": 5}])
    assert outcome.refused == (
        "state T in iteration 0 calls arn:aws:states:::sqs:sendMessage, and it has no mock; its input is "
        '{"k": 5}'
    )
    outcome = execute(each(INNER), [1, 2], {"T": {"item": 0, "result": 1}})
    assert outcome.refused is not None
    assert (
        "iteration 1 calls arn:aws:states:::sqs:sendMessage, and none of its mocks is for" in outcome.refused
    )


@pytest.mark.parametrize(
    ("mock", "told"),
    [
        (
            {"job": {"exit_code": 0}},
            "state T has a mock of a job, and submits none: give it a mock with result, or with payload",
        ),
        ({"payload": 1}, "state T has a mock of a payload, and calls no function"),
        ({"items": [1]}, "state T has a mock with items, and reads none"),
    ],
)
def test_a_mock_that_does_not_suit_the_task_is_refused(
    execute: Execute, mock: dict[str, Any], told: str
) -> None:
    assert str(execute(task(), mocks={"T": mock}).refused).startswith(told)


@pytest.mark.parametrize(("state", "function"), [("T", "submit-job"), ("T.GetJobStatus", "job-status")])
def test_a_mock_of_a_job_that_is_polled_for_is_answered_with_the_three_that_it_needs(
    execute: Execute, state: str, function: str
) -> None:
    machine = task(
        "arn:aws:states:::lambda:invoke",
        Parameters={"FunctionName": f"arn:aws:lambda:us-east-1:1:function:x-{function}:live"},
    )
    machine |= {"StartAt": state, "States": {state: machine["States"]["T"]}}
    refused = execute(machine, mocks={state: {"job": {"exit_code": 0}}}).refused
    assert refused is not None
    assert refused.startswith(f"state {state} has a mock of a job, and submits none: the job is polled for")
    assert "so mock T with payload {jobId}, T.GetJobStatus with payload {status} and T.GetFinal" in refused


def test_a_mock_of_what_is_no_task_is_refused(execute: Execute) -> None:
    with pytest.raises(BatchyardError, match="a mock of U: there is no such state\n  tasks are: T"):
        execute(task(), mocks={"T": {"result": 1}, "U": {"result": 1}})
    with pytest.raises(BatchyardError, match="a mock of Each: a Map state calls nothing"):
        execute(each(INNER), mocks={"Each": {"items": [1]}})


def test_the_same_seed_gives_the_same_jitter(execute: Execute) -> None:
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 60, "MaxAttempts": 3, "JitterStrategy": "FULL"}]
    mocks = {"T": {"error": "E"}}
    once, again, other = (execute(task(Retry=retry), mocks=mocks, seed=seed).elapsed for seed in (1, 1, 2))
    assert once == again != other
    assert 0 < once < 60 * 7


def test_time_begins_where_the_case_says(execute: Execute) -> None:
    machine = {
        "StartAt": "W",
        "States": {"W": {"Type": "Wait", "Timestamp": "2026-01-01T08:00:00Z", "End": True}},
    }
    assert execute(machine).elapsed == 8 * 3600
    assert execute(machine, start=1767225600.0 + 7 * 3600).elapsed == 3600


def test_an_express_machine_that_goes_round_and_round_is_told(execute: Execute) -> None:
    states = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
    with pytest.raises(BatchyardError, match=r"goes on for more than 100000 events; it is in state [AB]"):
        execute({"StartAt": "A", "States": states}, kind="EXPRESS")
    ended = execute({"StartAt": "A", "States": states})
    assert (ended.error, len(ended.events)) == ("States.Runtime", 25_000)


def test_an_express_machine_ends_after_five_minutes(execute: Execute) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    outcome = execute(task(), mocks={"T": {"result": 1, "after": "6m"}}, kind="EXPRESS")
    assert (outcome.status, outcome.elapsed) == ("TIMED_OUT", 300)
