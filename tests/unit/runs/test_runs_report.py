from __future__ import annotations

import json

from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import ARN, EPOCH_MS, NAME, event, execution, job, submitted

from batchyard.environments import Environment
from batchyard.runs.report import RunReport, report
from batchyard.runs.steps import from_job


def test_the_document_of_a_run_that_succeeded() -> None:
    step = from_job(job("job-1", "Align"), "Align")
    found = RunReport("exome", execution(output='{"bam": "s3://b/k"}'), [step])
    assert found.document() == {
        "executionArn": ARN,
        "name": NAME,
        "workflow": "exome",
        "status": "SUCCEEDED",
        "startDate": "2026-03-01T12:00:00.000+00:00",
        "stopDate": "2026-03-01T12:01:30.500+00:00",
        "seconds": 90.5,
        "output": {"bam": "s3://b/k"},
        "steps": [step.document()],
        "mapRuns": [],
    }
    assert found.why() == ""


def test_a_failed_run_says_why_without_the_whole_job() -> None:
    detail = {
        "JobId": "job-1",
        "JobName": "Align-x",
        "StatusReason": "Essential container in task exited",
        "Container": {"Reason": "OutOfMemoryError", "Command": ["a"] * 100},
    }
    failed = execution("FAILED", error="States.TaskFailed", cause=json.dumps(detail), output="{}")
    found = RunReport("exome", failed, [])
    document = found.document()
    assert (document["error"], document["output"]) == ("States.TaskFailed", None)
    assert json.loads(document["cause"]) == detail
    assert found.why() == (
        "States.TaskFailed: job Align-x (job-1) failed: Essential container in task exited; OutOfMemoryError"
    )


def test_a_running_run_has_no_end() -> None:
    document = RunReport("exome", execution("RUNNING"), []).document()
    assert (document["stopDate"], document["output"]) == (None, None)
    assert document["seconds"] > 0


def test_only_failed_steps_of_a_failed_run_have_their_last_error(dev: Environment, stubs: StubbedAws) -> None:
    outputs = [submitted("job-1", "Align"), submitted("job-2", "Call")]
    events = [event(1, "TaskStateEntered", name="Align")]
    events += [
        event(at, "TaskSucceeded", at - 1, resourceType="batch", resource="r", output=output)
        for at, output in enumerate(outputs, start=2)
    ]
    jobs = [job("job-1", "Align"), job("job-2", "Call", "FAILED", createdAt=EPOCH_MS + 1)]
    error = {"timestamp": EPOCH_MS, "message": '{"level": "ERROR", "message": "no reads"}'}
    for status in ("FAILED", "SUCCEEDED"):  # it may have caught the failure: no log is asked for
        stubs["stepfunctions"].add_response("get_execution_history", {"events": events})
        stubs["batch"].add_response("describe_jobs", {"jobs": jobs})
        if status == "FAILED":
            stubs["logs"].add_response("get_log_events", {"events": [error], "nextForwardToken": "t"})
        found = report(dev, execution(status))
        assert [step.last_error for step in found.steps] == [None, "no reads" if status == "FAILED" else None]


def test_a_running_run_says_where_it_is_and_how_its_map_runs_stand(
    dev: Environment, stubs: StubbedAws
) -> None:
    run = "arn:aws:states:eu-west-1:111122223333:mapRun:batchyard-dev-exome/Each:1"
    events = [
        event(1, "MapStateEntered", name="Each"),
        event(2, "MapStateStarted", 1, length=3),
        event(3, "MapRunStarted", 2, mapRunArn=run),
    ]
    names = ("pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten")
    counts = dict.fromkeys(names, 0) | {"running": 1, "succeeded": 2, "total": 3}
    stubs["stepfunctions"].add_response("get_execution_history", {"events": events})
    described = {
        "mapRunArn": run,
        "executionArn": ARN,
        "status": "RUNNING",
        "startDate": 0,
        "maxConcurrency": 0,
        "toleratedFailurePercentage": 0,
        "toleratedFailureCount": 0,
        "itemCounts": counts,
        "executionCounts": counts,
    }
    stubs["stepfunctions"].add_response("describe_map_run", described, {"mapRunArn": run})
    found = report(dev, execution("RUNNING"))
    assert found.document()["states"] == ["Each"]
    assert [each.sentence() for each in found.map_runs] == [
        "Each: map run RUNNING, 1 running, 2 succeeded of 3 items"
    ]
    assert found.document()["mapRuns"][0] == {
        "state": "Each",
        "mapRunArn": run,
        "status": "RUNNING",
        "itemCounts": counts,
    }
