from __future__ import annotations

import json

from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import ARN, EPOCH_MS, NAME, event, execution, job, submitted

from batchyard.environments import Environment
from batchyard.runs.report import RunReport, report
from batchyard.runs.steps import from_job


def test_the_document_of_a_run_that_succeeded() -> None:
    step = from_job(job("job-1", "Align"), None, NAME)
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
    events = [
        event(at, "TaskSucceeded", resourceType="batch", resource="r", output=output)
        for at, output in enumerate(outputs, start=1)
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
