from __future__ import annotations

from typing import Any

import pytest
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import ARN, EPOCH_MS, NAME, event, execution, job, on_aws

from batchyard.environments import Environment
from batchyard.runs.steps import from_job, of_execution


def history(stubs: StubbedAws, events: list[dict[str, Any]]) -> None:
    stubs["stepfunctions"].add_response("get_execution_history", {"events": events}, {"executionArn": ARN})


def test_a_step_tells_how_long_its_job_ran_and_waited() -> None:
    step = from_job(job("job-1", "Align"), "Align")
    assert step.document() == {
        "state": "Align",
        "jobId": "job-1",
        "jobName": f"Align-{NAME}",
        "status": "SUCCEEDED",
        "seconds": 30.0,
        "queuedSeconds": 5.0,
        "attempts": 1,
        "exitCode": 0,
        "reason": "",
        "logGroup": "/aws/batch/job",
        "logStreams": ["Align/default/job-1"],
        "lastError": None,
        "members": None,
        "containers": [],
    }


@pytest.mark.parametrize(
    ("fields", "attempts", "reason"),
    [
        ({"status": "RUNNABLE", "attempts": [], "startedAt": None}, 0, ""),
        ({"status": "RUNNING"}, 2, ""),
        ({"status": "FAILED", "statusReason": "Host EC2 (i-1) terminated."}, 1, "Host EC2 (i-1) terminated."),
        (
            {
                "status": "FAILED",
                "statusReason": "Essential container",
                "container": {"reason": "OutOfMemoryError"},
            },
            1,
            "Essential container; OutOfMemoryError",
        ),
    ],
)
def test_a_step_tells_its_attempts_and_why(fields: dict[str, Any], attempts: int, reason: str) -> None:
    step = from_job(job("job-1", "Align", **fields), "Align")
    assert (step.attempts, step.reason) == (attempts, reason)


def test_jobs_are_those_that_the_history_names(dev: Environment, stubs: StubbedAws) -> None:
    history(stubs, on_aws())
    answer = [
        job("job-call", "Call", createdAt=EPOCH_MS + 2),
        job("job-stats", "Stats", createdAt=EPOCH_MS + 1),
    ]
    stubs["batch"].add_response("describe_jobs", {"jobs": answer}, {"jobs": ["job-stats", "job-call"]})
    assert [step.state for step in of_execution(dev, execution())] == ["Stats", "Call"]


def test_a_task_that_failed_without_a_job_is_a_step_too(dev: Environment, stubs: StubbedAws) -> None:
    failed = {
        "resourceType": "batch",
        "resource": "r",
        "error": "Batch.ClientException",
        "cause": "no such queue",
    }
    history(stubs, [event(1, "TaskStateEntered", name="Align"), event(2, "TaskFailed", 1, **failed)])
    [step] = of_execution(dev, execution("FAILED"))
    assert (step.state, step.job_id, step.status) == ("Align", None, "FAILED")
    assert step.reason == "Batch.ClientException: no such queue"
