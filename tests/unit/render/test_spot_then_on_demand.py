"""spot-then-on-demand: one more submission, to another queue, and only if Spot took the job's capacity."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonata
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.render.conftest import in_api_names

from batchyard import render
from batchyard.environments import Environment
from batchyard.render.blocks import Blocks
from batchyard.render.deployment import deployment
from batchyard.render.expand import expand
from batchyard.render.transitions import spot_reclaimed

ARN = "arn:aws:batch:us-east-1:000000000000"
# https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html and .../fargate.html
EC2, FARGATE = "Host EC2 (instance i-0abc) terminated.", "Your Spot Task was interrupted."
EXITED = "Essential container in task exited"
Ended = tuple[str, int | None, list[str]]  # status reason, exit code, status reasons of attempts
Execute = Callable[..., Any]


class Batch:
    """Ends each submission as the test says; None is a success."""

    def __init__(self, failed: type[Exception], *ends: Ended | None) -> None:
        self.sent: list[dict[str, Any]] = []
        self._failed, self._ends = failed, ends

    def __call__(self, resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if resource.endswith("submitJob.sync"):
            self.sent.append(in_api_names(arguments))
            return self._sync()
        payload = arguments["Payload"]
        if arguments["FunctionName"].endswith("-submit-job:live"):
            self.sent.append(payload)
            return {"Payload": {**payload, "jobId": f"id-{len(self.sent)}"}}
        return {"Payload": self._look(payload["jobId"])}

    @property
    def _end(self) -> Ended | None:
        return self._ends[len(self.sent) - 1]

    def _sync(self) -> dict[str, Any]:
        # The cause is DescribeJobs' detail, members in upper case:
        # https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html
        job: dict[str, Any] = {"JobId": f"id-{len(self.sent)}", "Status": "SUCCEEDED"}
        if self._end is None:
            return job
        reason, code, attempts = self._end
        container = {} if code is None else {"ExitCode": code}
        told = [{"Container": container, "StatusReason": each} for each in attempts]
        failure = {"Status": "FAILED", "StatusReason": reason, "Container": container, "Attempts": told}
        raise self._failed("States.TaskFailed", json.dumps(job | failure))  # type: ignore[call-arg]

    def _look(self, job_id: str) -> dict[str, Any]:
        if self._end is None:
            return {"jobId": job_id, "status": "SUCCEEDED", "attempts": 1}
        reason, code, attempts = self._end
        report = {"jobId": job_id, "status": "FAILED", "statusReason": reason, "attempts": len(attempts)}
        last = {"attemptReason": attempts[-1]} if attempts else {}
        return report | last | ({} if code is None else {"exitCode": code})


@pytest.fixture(params=["shapes", "shapes-poll"])
def blocks(request: pytest.FixtureRequest, shapes: Environment) -> Blocks:
    return Blocks(deployment(shapes, request.param))


def machine(blocks: Blocks, **arguments: Any) -> dict[str, Any]:
    states = {"Prepare": blocks.batch_task("prepare", **arguments)}
    if arguments:
        states["Tidy"] = {"Type": "Pass", "End": True}
    return expand({"QueryLanguage": "JSONata", "StartAt": "Prepare", "States": states}, "test")


RECLAIMED = [
    (EC2, None, [EC2, EC2, EC2]),
    (FARGATE, None, [EXITED, FARGATE]),
    (EC2, None, []),
    ("Job attempt failed", None, [EC2]),
]


@pytest.mark.parametrize("end", RECLAIMED)
def test_a_job_that_spot_took_runs_once_more_on_demand(
    blocks: Blocks, execute: Execute, failed: type[Exception], end: Ended
) -> None:
    batch = Batch(failed, end, None)
    output = execute(machine(blocks), {"source": "s"}, batch)
    assert [request["jobQueue"].rpartition("-local-")[2] for request in batch.sent] == ["low", "on-demand"]
    first, second = batch.sent
    assert "retryStrategy" not in first
    assert second["retryStrategy"] == {"attempts": 1}
    same = ("jobName", "jobDefinition", "parameters")
    assert [first[key] for key in same] == [second[key] for key in same]
    assert output["steps"] == {"prepare": {"jobId": "id-2", "status": "SUCCEEDED", "onDemand": True}}
    assert "error" not in output


APPLICATION = [
    (EXITED, 70, [EXITED]),
    # Spot took it twice, and then it failed by itself.
    (EXITED, 70, [EC2, EC2, EXITED]),
    ("Job attempt duration exceeded timeout", 137, []),
]


@pytest.mark.parametrize("end", APPLICATION)
def test_a_job_that_fails_by_itself_is_not_submitted_again(
    blocks: Blocks, execute: Execute, failed: type[Exception], end: Ended
) -> None:
    batch = Batch(failed, end)
    with pytest.raises(failed) as caught:
        execute(machine(blocks), {"source": "s"}, batch)
    assert len(batch.sent) == 1
    reason = f"prepare: job id-1 failed: {end[0]}; exit code {end[1]}"
    assert str(caught.value) == f"JobFailed: {reason}"


def test_a_job_that_fails_on_demand_fails_the_step(
    blocks: Blocks, execute: Execute, failed: type[Exception]
) -> None:
    batch = Batch(failed, (EC2, None, [EC2]), (EC2, None, [EC2]))
    with pytest.raises(failed) as caught:
        execute(machine(blocks), {"source": "s"}, batch)
    assert len(batch.sent) == 2, "there is one attempt on demand, whatever ends it"
    assert "id-2" in str(caught.value)


def test_a_job_that_succeeds_on_spot_stays_there(
    blocks: Blocks, execute: Execute, failed: type[Exception]
) -> None:
    batch = Batch(failed, None)
    output = execute(machine(blocks), {"source": "s"}, batch)
    assert output["steps"] == {"prepare": {"jobId": "id-1", "status": "SUCCEEDED"}}


@pytest.mark.parametrize(
    ("ends", "submissions", "reason"),
    [
        ([(EXITED, 65, [EXITED])], 1, f"{EXITED}; exit code 65"),
        ([(EC2, None, [EC2]), (EXITED, 65, [EXITED])], 2, f"{EXITED}; exit code 65"),
    ],
)
def test_a_failure_path_gets_the_failure_of_either_job(
    blocks: Blocks,
    execute: Execute,
    failed: type[Exception],
    ends: list[Ended],
    submissions: int,
    reason: str,
) -> None:
    batch = Batch(failed, *ends)
    output = execute(machine(blocks, on_failure="Tidy"), {"source": "s"}, batch)
    assert len(batch.sent) == submissions
    told = output["error"]
    assert (told["job"], told["jobId"], told["reason"]) == ("prepare", f"id-{submissions}", reason)


def test_what_the_service_refuses_is_told_in_its_words(
    blocks: Blocks, execute: Execute, failed: type[Exception]
) -> None:
    def refuse(*_: object) -> None:
        raise failed("Batch.ClientException", "JobQueue low not found.")  # type: ignore[call-arg]

    with pytest.raises(failed, match=r"Batch.ClientException: JobQueue low not found"):
        execute(machine(blocks), {"source": "s"}, refuse)


@pytest.mark.parametrize(("last", "submissions"), [(EC2, 2), (EXITED, 1)])
def test_a_cause_that_was_cut_off_is_read_as_far_as_it_goes(
    shapes: Environment, execute: Execute, failed: type[Exception], last: str, submissions: int
) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html: a
    # cause has at most 32,768 characters.
    sent: list[str] = []

    def answer(_: str, arguments: dict[str, Any]) -> dict[str, Any]:
        sent.append(arguments["JobQueue"])
        if len(sent) == 2:
            return {"JobId": "j", "Status": "SUCCEEDED"}
        attempts = [{"StatusReason": EC2}, {"StatusReason": last}]
        cause = json.dumps({"Attempts": attempts, "Container": "x" * 40_000}, separators=(",", ":"))[:32_768]
        raise failed("States.TaskFailed", cause)  # type: ignore[call-arg]

    found = machine(Blocks(deployment(shapes, "shapes")))
    if submissions == 2:
        assert execute(found, {"source": "s"}, answer)["steps"]["prepare"]["onDemand"]
    else:
        with pytest.raises(failed, match=r"prepare: States\.TaskFailed"):
            execute(found, {"source": "s"}, answer)
    assert len(sent) == submissions


def test_both_submissions_have_time_for_their_attempts_and_their_queue(shapes: Environment) -> None:
    states = render.definition(shapes, "shapes")["States"]
    assert states["Prepare"]["TimeoutSeconds"] == 3 * 3600 + 86_400
    assert states["Prepare.OnDemand"]["TimeoutSeconds"] == 3600 + 86_400


def test_without_a_second_queue_the_task_itself_fails_so_that_a_redrive_runs_it(shapes: Environment) -> None:
    # docs/decisions/0005-retry-and-failure.md
    states = render.definition(shapes, "shapes")["States"]
    assert "Catch" not in states["Index"]
    assert [rule["Next"] for rule in states["Prepare"]["Catch"]] == ["Prepare.IsSpotReclaimed"]
    assert "Catch" not in states["Prepare.OnDemand"]


WORDS = st.sampled_from([EC2, FARGATE, EXITED, "host ec2", "", "Your Spot Task", "x Host EC2"]) | st.text(
    max_size=30
)


@given(st.lists(WORDS, max_size=3), st.none() | WORDS)
def test_the_last_attempt_decides_and_without_attempts_the_job(attempts: list[str], job: str | None) -> None:
    detail = {"Attempts": [{"StatusReason": each} for each in attempts]}
    detail |= {} if job is None else {"StatusReason": job}  # type: ignore[dict-item]
    code = spot_reclaimed("$detail.Attempts[-1].StatusReason", "$detail.StatusReason")
    last = attempts[-1] if attempts else job or ""
    expected = last.startswith(("Host EC2", "Your Spot Task was interrupted"))
    assert jsonata.Jsonata.jsonata(code).evaluate(None, {"detail": detail}) is expected
