"""State machines and Batch jobs together."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from tests.local.clients import ACCOUNT, REGION, Clients, single, task, until

pytestmark = pytest.mark.local


def jobs_of(aws: Clients, arn: str) -> list[str]:
    """Return the ids of the jobs that an execution submitted."""
    details = [event.get("taskSubmittedEventDetails") for event in aws.history(arn)]
    return [json.loads(found["output"])["JobId"] for found in details if found]


def running_job(aws: Clients, arn: str) -> str:
    job_id = until(lambda: jobs_of(aws, arn))[0]
    until(lambda: aws.job(job_id)["status"] == "RUNNING")
    return job_id


def test_sync_gives_the_job_as_the_service_spells_it(aws: Clients) -> None:
    definition = aws.definition("sync-ok", "sh", "-c", "echo $0", "Ref::greeting")
    state = task(definition, aws.queue())
    state["Parameters"] |= {"Parameters": {"greeting": "hello"}, "Tags": {"owner": "tests"}}
    arn = aws.start(aws.machine("sync-ok", single(state)))
    execution = aws.ended(arn)
    assert execution["status"] == "SUCCEEDED"
    output = json.loads(execution["output"])
    assert (output["Status"], output["Container"]["ExitCode"]) == ("SUCCEEDED", 0)
    assert output["Parameters"] == {"greeting": "hello"}
    assert output["Tags"]["owner"] == "tests"
    assert aws.log(output["JobId"]) == ["hello"]
    kinds = [event["type"] for event in aws.history(arn)]
    assert kinds == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    submitted = aws.history(arn)[4]["taskSubmittedEventDetails"]
    assert (submitted["resourceType"], submitted["resource"]) == ("batch", "submitJob.sync")


def test_a_failed_job_fails_its_task_with_the_job_as_cause(aws: Clients) -> None:
    definition = aws.definition("sync-bad", "sh", "-c", "exit 65")
    caught = {"ErrorEquals": ["States.TaskFailed"], "Next": "Caught", "ResultPath": "$.error"}
    states = {"Only": task(definition, aws.queue(), Catch=[caught]), "Caught": {"Type": "Pass", "End": True}}
    arn = aws.start(aws.machine("sync-caught", {"StartAt": "Only", "States": states}))
    error = json.loads(aws.ended(arn)["output"])["error"]
    assert error["Error"] == "States.TaskFailed"
    cause = json.loads(error["Cause"])
    assert (cause["Status"], cause["Container"]["ExitCode"]) == ("FAILED", 65)
    uncaught = aws.ended(aws.start(aws.machine("sync-uncaught", single(task(definition, aws.queue())))))
    assert (uncaught["status"], uncaught["error"]) == ("FAILED", "States.TaskFailed")


def test_stopping_an_execution_terminates_its_job(aws: Clients) -> None:
    definition = aws.definition("sync-stop", "sleep", "60")
    arn = aws.start(aws.machine("sync-stop", single(task(definition, aws.queue()))))
    job_id = running_job(aws, arn)
    aws("stepfunctions").stop_execution(executionArn=arn, error="Told", cause="so")
    assert aws.job_ended(job_id)["status"] == "FAILED"
    time.sleep(0.2)
    execution = aws.execution(arn)
    assert (execution["status"], execution["error"]) == ("ABORTED", "Told")


def test_a_tasks_timeout_terminates_its_job(aws: Clients) -> None:
    definition = aws.definition("sync-late", "sleep", "60")
    arn = aws.start(aws.machine("sync-late", single(task(definition, aws.queue(), TimeoutSeconds=1))))
    execution = aws.ended(arn)
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Timeout")
    assert aws.job_ended(jobs_of(aws, arn)[0])["status"] == "FAILED"


def test_a_machines_timeout_ends_the_execution_and_its_job(aws: Clients) -> None:
    definition = aws.definition("machine-late", "sleep", "60")
    machine = {**single(task(definition, aws.queue())), "TimeoutSeconds": 1}
    arn = aws.start(aws.machine("machine-late", machine))
    assert aws.ended(arn)["status"] == "TIMED_OUT"
    assert aws.history(arn)[-1]["type"] == "ExecutionTimedOut"
    assert aws.job_ended(jobs_of(aws, arn)[0])["status"] == "FAILED"


def branch(*states: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"StartAt": states[0][0], "States": dict(states)}


def test_a_failed_branch_ends_its_sister_and_her_job(aws: Clients) -> None:
    long, bad = aws.definition("sister", "sleep", "60"), aws.definition("brother", "false")
    queue = aws.queue()
    waiting = branch(
        ("Long", {**task(long, queue), "Next": "Never"} | {"End": False}),
        ("Never", {"Type": "Pass", "End": True}),
    )
    waiting["States"]["Long"].pop("End")
    parallel = {"Type": "Parallel", "Branches": [waiting, branch(("Bad", task(bad, queue)))], "End": True}
    arn = aws.start(aws.machine("sisters", single(parallel)))
    execution = aws.ended(arn)
    assert (execution["status"], execution["error"]) == ("FAILED", "States.TaskFailed")
    names = [event.get("stateEnteredEventDetails", {}).get("name") for event in aws.history(arn)]
    assert {"Long", "Bad"} <= set(names)
    assert "Never" not in names
    assert {aws.job_ended(job_id)["status"] for job_id in jobs_of(aws, arn)} == {"FAILED"}


def test_a_retried_parallel_runs_again(aws: Clients) -> None:
    bad = task(aws.definition("again", "false"), aws.queue())
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}]
    parallel = {"Type": "Parallel", "Branches": [branch(("Bad", bad))], "Retry": retry, "End": True}
    arn = aws.start(aws.machine("again", single(parallel)))
    assert aws.ended(arn)["status"] == "FAILED"
    assert len(jobs_of(aws, arn)) == 2


def test_nothing_starts_in_a_branch_after_a_stop(aws: Clients) -> None:
    loop = branch(
        ("Wait", {"Type": "Wait", "Seconds": 1, "Next": "Round"}), ("Round", {"Type": "Pass", "Next": "Wait"})
    )
    arn = aws.start(aws.machine("loop", single({"Type": "Parallel", "Branches": [loop], "End": True})))
    until(lambda: any(event["type"] == "WaitStateEntered" for event in aws.history(arn)))
    aws("stepfunctions").stop_execution(executionArn=arn)
    time.sleep(0.1)
    length = len(aws.history(arn))
    time.sleep(1.5)
    assert len(aws.history(arn)) == length


def test_request_response_goes_on_at_once(aws: Clients) -> None:
    definition = aws.definition("async", "sleep", "60")
    execution = aws.ended(aws.start(aws.machine("async", single(task(definition, aws.queue(), wait=False)))))
    output = json.loads(execution["output"])
    assert output["JobArn"].endswith(output["JobId"])
    assert aws.job(output["JobId"])["status"] not in ("SUCCEEDED", "FAILED")
    aws("batch").terminate_job(jobId=output["JobId"], reason="enough")


def test_a_refused_submit_fails_with_the_services_error(aws: Clients) -> None:
    state = task(f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/missing", aws.queue())
    execution = aws.ended(aws.start(aws.machine("refused", single(state))))
    assert execution["error"] == "Batch.ClientException"
    assert "Error Code: ClientException" in execution["cause"]


def test_parameters_must_be_strings(aws: Clients) -> None:
    state = task(aws.definition("strings", "true"), aws.queue())
    state["Parameters"]["Parameters"] = {"count": 3}
    execution = aws.ended(aws.start(aws.machine("strings", single(state))))
    assert execution["error"] == "States.Runtime"
    assert "'count' must be a STRING" in execution["cause"]


def test_the_sdk_integration_reaches_the_engine(aws: Clients) -> None:
    aws.queue()
    resource = "arn:aws:states:::aws-sdk:batch:describeJobQueues"
    state = {"Type": "Task", "Resource": resource, "Parameters": {"JobQueues": ["tests"]}, "End": True}
    execution = aws.ended(aws.start(aws.machine("sdk", single(state))))
    assert json.loads(execution["output"])["JobQueues"][0]["JobQueueName"] == "tests"


def test_a_map_of_jobs(aws: Clients) -> None:
    definition = aws.definition("mapped", "echo", "Ref::item")
    state = task(definition, aws.queue())
    state["Parameters"]["Parameters"] = {"item.$": "$.item"}
    state["ResultSelector"] = {"job.$": "$.JobId"}
    items = {"StartAt": "Each", "States": {"Each": state}}
    machine = single({"Type": "Map", "ItemsPath": "$.items", "Iterator": items, "End": True})
    arn = aws.start(aws.machine("mapped", machine), {"items": [{"item": str(number)} for number in range(5)]})
    output = json.loads(aws.ended(arn)["output"])
    assert [aws.log(found["job"]) for found in output] == [[str(number)] for number in range(5)]
    ids = [event["id"] for event in aws.history(arn)]
    assert ids == list(range(1, len(ids) + 1))
