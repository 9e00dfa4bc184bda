from __future__ import annotations

from tests.unit.runs.run_records import NAME, event, on_aws, submitted

from batchyard.runs.history import FailedTask, JobSeen, entered, failed_without_job, jobs


def test_jobs_belong_to_their_states_where_branches_interleave() -> None:
    assert jobs(on_aws()) == [
        JobSeen("job-stats", f"Stats-{NAME}", "Stats"),
        JobSeen("job-call", f"Call-{NAME}", "Call"),
    ]
    assert entered(on_aws()) == ["Call", "Stats"]
    assert failed_without_job(on_aws()) == []


def test_a_history_without_links_still_names_the_jobs() -> None:
    events = [
        event(1, "ExecutionStarted"),
        event(2, "ParallelStateEntered", name="Both"),
        event(3, "TaskSucceeded", resourceType="batch", resource="r", output=submitted("job-call", "Call")),
    ]
    for each in events:
        del each["previousEventId"]
    assert jobs(events) == [JobSeen("job-call", f"Call-{NAME}", None)]


def test_a_task_that_was_never_submitted_is_told_with_its_last_error() -> None:
    events = [
        event(1, "TaskStateEntered", name="Align"),
        event(2, "TaskScheduled", 1),
        event(
            3,
            "TaskFailed",
            2,
            resourceType="batch",
            resource="r",
            error="Batch.ServerException",
            cause="busy",
        ),
        event(
            4,
            "TaskFailed",
            2,
            resourceType="batch",
            resource="r",
            error="Batch.ClientException",
            cause="no queue",
        ),
    ]
    assert failed_without_job(events) == [FailedTask("Align", "Batch.ClientException", "no queue", 3.0)]


def test_outputs_that_are_no_job_are_passed_over() -> None:
    for output in ('"text"', "[1]", "not JSON", '{"JobId": 5}', '{"Payload": {"jobId": "x"}}'):
        events = [event(1, "TaskSucceeded", resourceType="lambda", resource="invoke", output=output)]
        assert jobs(events) == [], output
