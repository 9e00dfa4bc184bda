"""Open executions go on where they were after a kill -9 of the environment, and after an orderly end."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.local.clients import ACCOUNT, REGION, Clients, single, task, until

from batchyard.local import control

pytestmark = pytest.mark.local
Start = Callable[..., Clients]
WAIT_SECONDS = 6


def end(how: str) -> None:
    server = control.status()
    assert server
    if how == "down":
        control.down()
    else:
        os.kill(server.pid, signal.SIGKILL)
        os.waitpid(server.pid, 0)


def a_wait(aws: Clients) -> str:
    states = {
        "Wait": {"Type": "Wait", "Seconds": WAIT_SECONDS, "Next": "After"},
        "After": {"Type": "Pass", "Result": "waited", "End": True},
    }
    return aws.start(aws.machine("waits", {"StartAt": "Wait", "States": states}))


def a_job(aws: Clients) -> str:
    """Start a job whose first host is lost with the environment, and whose second attempt is short."""
    script = '[ "$AWS_BATCH_JOB_ATTEMPT" = 2 ] || sleep 60; echo done'
    aws("batch").register_job_definition(
        jobDefinitionName="lost",
        type="container",
        containerProperties={
            "image": "host",
            "command": ["sh", "-c", script],
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}],
        },
        retryStrategy={"attempts": 2},
    )
    definition = f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/lost"
    arn = aws.start(aws.machine("job", single(task(definition, aws.queue()))))
    until(lambda: aws("batch").list_jobs(jobQueue="tests", jobStatus="RUNNING")["jobSummaryList"])
    return arn


def a_token(aws: Clients) -> tuple[str, str]:
    """Wait for a task token that an object holds; return the execution and the token."""
    s3 = aws("s3")
    s3.create_bucket(Bucket="tokens")
    s3.put_bucket_versioning(Bucket="tokens", VersioningConfiguration={"Status": "Enabled"})
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken",
        "Parameters": {"Bucket": "tokens", "Key": "the-token", "Body.$": "$$.Task.Token"},
        "End": True,
    }
    arn = aws.start(aws.machine("token", single(state)))
    until(lambda: "TaskSubmitted" in kinds(aws, arn))
    token = json.loads(s3.get_object(Bucket="tokens", Key="the-token")["Body"].read())
    saved = Path(os.environ["BATCHYARD_LOCAL_DIR"], "state", "services", "s3.json")
    until(lambda: saved.is_file() and "tokens" in saved.read_text())
    return arn, token


def a_map(aws: Clients) -> str:
    """Work on items that take 0, 0, 4 and 4 seconds, two at a time: the middle is after the first two."""
    states = {
        "Take": {"Type": "Wait", "SecondsPath": "$", "Next": "Taken"},
        "Taken": {"Type": "Pass", "End": True},
    }
    processor = {"StartAt": "Take", "States": states}
    state = {"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": processor, "End": True}
    arn = aws.start(aws.machine("map", single(state)), [0, 0, 4, 4])
    until(lambda: kinds(aws, arn).count("MapIterationStarted") == 4)
    return arn


def kinds(aws: Clients, arn: str) -> list[str]:
    return [event["type"] for event in aws.history(arn)]


def well_formed(events: list[dict[str, Any]]) -> bool:
    numbers = [event["id"] for event in events]
    return numbers == list(range(1, len(numbers) + 1)) and all(
        event["previousEventId"] < event["id"] for event in events
    )


@pytest.mark.parametrize("how", ["kill", "down"])
def test_open_executions_go_on_where_they_were(start: Start, how: str) -> None:
    aws = start()
    job, (waits, token) = a_job(aws), a_token(aws)
    mapped, waiting = a_map(aws), a_wait(aws)
    before = {arn: aws.history(arn) for arn in (job, waits, mapped, waiting)}
    end(how)
    time.sleep(0.2)
    aws = start()

    for arn, events in before.items():
        assert aws.history(arn)[: len(events)] == events

    aws("stepfunctions").send_task_success(taskToken=token, output='{"answer": 42}')
    assert json.loads(aws.ended(waits)["output"]) == {"answer": 42}
    sent = aws("s3").list_object_versions(Bucket="tokens")["Versions"]
    assert len(sent) == kinds(aws, waits).count("TaskSubmitted") == 1

    execution = aws.ended(waiting)
    assert (execution["status"], execution["output"]) == ("SUCCEEDED", '"waited"')
    waited = execution["stopDate"] - execution["startDate"]
    assert timedelta(seconds=WAIT_SECONDS) <= waited < timedelta(seconds=WAIT_SECONDS + 4)

    execution = aws.ended(mapped)
    assert (execution["status"], json.loads(execution["output"])) == ("SUCCEEDED", [0, 0, 4, 4])
    assert kinds(aws, mapped).count("MapIterationSucceeded") == 4
    assert well_formed(aws.history(mapped))

    execution = aws.ended(job)
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    output = json.loads(execution["output"])
    assert len(output["Attempts"]) == 2
    ended = aws("batch").list_jobs(jobQueue="tests", jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [each["jobId"] for each in ended] == [output["JobId"]], "the job was submitted twice"
    assert well_formed(aws.history(job))


def test_an_execution_is_kept_from_its_first_moment(start: Start) -> None:
    aws = start()
    machine = aws.machine("early", single({"Type": "Wait", "Seconds": 3600, "End": True}))
    arn = aws.start(machine, {"sample": "x"})
    end("kill")
    aws = start()
    execution = aws.execution(arn)
    assert (execution["status"], json.loads(execution["input"])) == ("RUNNING", {"sample": "x"})
    assert kinds(aws, arn) == ["ExecutionStarted", "WaitStateEntered"]
    listed = aws("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert [each["executionArn"] for each in listed] == [arn]
    aws("stepfunctions").stop_execution(executionArn=arn, error="Enough")
    assert aws.ended(arn)["error"] == "Enough"


def test_a_job_that_was_ended_meanwhile_fails_its_task(start: Start) -> None:
    aws = start()
    definition = aws.definition("gone", "sleep", "60")
    arn = aws.start(aws.machine("gone", single(task(definition, aws.queue()))))
    until(lambda: aws("batch").list_jobs(jobQueue="tests", jobStatus="RUNNING")["jobSummaryList"])
    end("kill")
    aws = start()
    execution = aws.ended(arn)
    assert (execution["status"], execution["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(execution["cause"])["StatusReason"].startswith("Host EC2")


def test_closed_executions_stay(start: Start) -> None:
    aws = start()
    machine = aws.machine("closed", single({"Type": "Fail", "Error": "Told", "Cause": "so"}))
    arn = aws.start(machine)
    execution, events = aws.ended(arn), aws.history(arn)
    end("kill")
    aws = start()
    kept = aws.execution(arn)
    assert {key: kept[key] for key in execution if key != "ResponseMetadata"} == {
        key: value for key, value in execution.items() if key != "ResponseMetadata"
    }
    assert aws.history(arn) == events
    redriven = aws("stepfunctions").redrive_execution(executionArn=arn)["redriveDate"]
    assert aws.ended(arn)["redriveDate"] == redriven
    assert "ExecutionRedriven" in kinds(aws, arn)
