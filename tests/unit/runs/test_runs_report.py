from __future__ import annotations

import json

from tests.unit.runs.run_records import ARN, NAME, execution, job

from batchyard.runs.report import RunReport
from batchyard.runs.steps import from_job


def test_the_document_of_a_run_that_succeeded() -> None:
    step = from_job(job("job-1", "Align"), None, NAME)
    report = RunReport("exome", execution(output='{"bam": "s3://b/k"}'), [step])
    assert report.document() == {
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
    assert report.why() == ""


def test_a_failed_run_says_why_without_the_whole_job() -> None:
    detail = {
        "JobId": "job-1",
        "JobName": "Align-x",
        "StatusReason": "Essential container in task exited",
        "Container": {"Reason": "OutOfMemoryError", "Command": ["a"] * 100},
    }
    failed = execution("FAILED", error="States.TaskFailed", cause=json.dumps(detail), output="{}")
    report = RunReport("exome", failed, [])
    document = report.document()
    assert (document["error"], document["output"]) == ("States.TaskFailed", None)
    assert json.loads(document["cause"]) == detail
    assert report.why() == (
        "States.TaskFailed: job Align-x (job-1) failed: Essential container in task exited; OutOfMemoryError"
    )


def test_a_running_run_has_no_end() -> None:
    document = RunReport("exome", execution("RUNNING"), []).document()
    assert (document["stopDate"], document["output"]) == (None, None)
    assert document["seconds"] > 0
