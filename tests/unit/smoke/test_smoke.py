from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import ANY
from tests.unit.cli_fixtures import BUNDLE, StubbedAws
from tests.unit.runs.run_records import ARN, BEGAN, MACHINE, event, execution, job

from batchyard.__main__ import main
from batchyard.environments import Environment
from batchyard.runs.health import checks
from batchyard.smoke import smoke, steps

OUT = {"Bucket": "batchyard-dev-111122223333-results", "Key": "smoke/out.txt"}
GOOD = {"status": "VALID", "state": "ENABLED"}
TASKS = ("Align", "Call")


def deployed(stubs: StubbedAws, **broken: Any) -> None:
    """Script what the checks ask; `broken` are fields of the compute environment that differ."""
    batch, order = stubs["batch"], [{"order": 1, "computeEnvironment": "arn"}]
    spot = {
        "computeEnvironmentName": "batchyard-dev-spot-1",
        "computeEnvironmentArn": "arn",
        **GOOD,
        **broken,
    }
    batch.add_response("describe_compute_environments", {"computeEnvironments": [spot]}, {})
    names = ["batchyard-dev-high", "batchyard-dev-low"]
    queues = [
        {"jobQueueName": name, "jobQueueArn": "arn", "priority": 1, "computeEnvironmentOrder": order, **GOOD}
        for name in names
    ]
    batch.add_response("describe_job_queues", {"jobQueues": queues}, {"jobQueues": names})
    definition = {"jobDefinitionName": "n", "jobDefinitionArn": "arn", "revision": 3, "type": "container"}
    asked = {"jobDefinitionName": "batchyard-dev-exome-align", "status": "ACTIVE"}
    batch.add_response("describe_job_definitions", {"jobDefinitions": [definition]}, asked)
    machine = {
        "stateMachineArn": MACHINE,
        "name": "n",
        "definition": "{}",
        "roleArn": "arn",
        "type": "STANDARD",
    }
    answer = {**machine, "creationDate": BEGAN, "status": "ACTIVE"}
    stubs["stepfunctions"].add_response("describe_state_machine", answer, {"stateMachineArn": MACHINE})


def started(stubs: StubbedAws) -> None:
    """Script the upload and the start of the run."""
    key = "smoke/exome/reads.fastq"
    body = {"Bucket": "batchyard-dev-111122223333-data", "Key": key, "Body": ANY, "ChecksumAlgorithm": ANY}
    stubs["s3"].add_response("delete_object", {}, OUT)
    stubs["s3"].add_response("put_object", {}, body)
    wanted = {"stateMachineArn": f"{MACHINE}:live", "name": ANY, "input": '{"sampleId":"smoke"}'}
    stubs["stepfunctions"].add_response("start_execution", {"executionArn": ARN, "startDate": BEGAN}, wanted)


def ended(stubs: StubbedAws, found: dict[str, Any], *jobs: dict[str, Any]) -> None:
    """Script the end of the run, and what is asked about its jobs."""
    states, batch = stubs["stepfunctions"], stubs["batch"]
    states.add_response("describe_execution", found, {"executionArn": ARN})
    events = []
    for at, (each, state) in enumerate(zip(jobs, TASKS, strict=False)):
        submitted = {"resourceType": "batch", "resource": "r", "output": json.dumps({"JobId": each["jobId"]})}
        events += [event(2 * at + 1, "TaskStateEntered", name=state)]
        events += [event(2 * at + 2, "TaskSubmitted", 2 * at + 1, **submitted)]
    states.add_response("get_execution_history", {"events": events}, {"executionArn": ARN})
    if jobs:
        batch.add_response("describe_jobs", {"jobs": list(jobs)})


def test_a_good_deployment_passes(dev: Environment, stubs: StubbedAws) -> None:
    deployed(stubs)
    started(stubs)
    ended(stubs, execution())
    stubs["s3"].add_response("head_object", {"ContentLength": 5}, OUT)
    notes: list[str] = []
    result = smoke(dev, note=notes.append)
    assert (result.ok, result.failures()) == (True, [])
    assert [item["ok"] for item in result.document()["checks"]] == [True] * 5
    assert result.document()["workflows"] == [
        {
            "workflow": "exome",
            "executionArn": ARN,
            "status": "SUCCEEDED",
            "seconds": 90.5,
            "ok": True,
            "problems": [],
            "look": "",
        }
    ]
    assert notes[:2] == [
        "ok: compute environment batchyard-dev-spot-1",
        "ok: job queue batchyard-dev-high",
    ]
    assert notes[-1] == "exome: SUCCEEDED after 90.5 s"
    assert len(notes) == 5 + 2


def test_each_check_is_printed_once_and_the_end_sums_up(
    dev: Environment, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed(stubs, status="INVALID", statusReason="no such role")
    assert main(["smoke", "--env", "dev"]) == 1
    printed = capsys.readouterr()
    fault = "compute environment batchyard-dev-spot-1 is INVALID, ENABLED, not VALID, ENABLED: no such role"
    assert printed.out == "4 of 5 checks passed\n"
    assert printed.err.splitlines() == [
        f"not ready: {fault}",
        "ok: job queue batchyard-dev-high",
        "ok: job queue batchyard-dev-low",
        "ok: job definition batchyard-dev-exome-align",
        "ok: state machine batchyard-dev-exome",
        "error: dev: smoke tests failed: not all is ready, so nothing was run",
    ]


def nothing_deployed(stubs: StubbedAws) -> None:
    stubs["batch"].add_response("describe_compute_environments", {"computeEnvironments": []})
    stubs["batch"].add_response("describe_job_queues", {"jobQueues": []})
    stubs["batch"].add_response("describe_job_definitions", {"jobDefinitions": []})
    stubs["stepfunctions"].add_client_error("describe_state_machine", "StateMachineDoesNotExist")


def test_before_the_first_apply_the_advice_is_to_apply(
    dev: Environment, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing_deployed(stubs)
    assert main(["smoke", "--env", "dev"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(set(lines)) == 5 + 2
    assert all(line.startswith("not ready: ") for line in lines[:5])
    assert lines[5:] == [
        "error: dev: smoke tests failed: not all is ready, so nothing was run",
        "  apply the environment first: batchyard plan --env dev, batchyard apply --env dev",
    ]


def test_what_an_earlier_run_left_does_not_pass(dev: Environment, stubs: StubbedAws) -> None:
    deployed(stubs)
    started(stubs)
    ended(stubs, execution())
    stubs["s3"].add_client_error("head_object", "404", http_status_code=404)
    assert smoke(dev).failures() == [
        "exome: s3://batchyard-dev-111122223333-results/smoke/out.txt is missing",
        "exome: look at it: batchyard run logs 20260301T120000-000-0badcafe --env dev",
    ]


def test_a_result_that_is_too_small_fails(dev: Environment, stubs: StubbedAws) -> None:
    deployed(stubs)
    started(stubs)
    ended(stubs, execution())
    stubs["s3"].add_response("head_object", {"ContentLength": 4}, OUT)
    assert smoke(dev).failures()[0].endswith("out.txt has 4 bytes, fewer than 5")


def test_a_failed_run_names_the_failed_step(dev: Environment, stubs: StubbedAws) -> None:
    deployed(stubs)
    started(stubs)
    failed = job("job-1", "Align", "FAILED", statusReason="Essential container in task exited")
    ended(stubs, execution("FAILED", error="JobFailed", cause="align: exit code 65"), failed)
    assert smoke(dev).failures()[:2] == [
        "exome: ended FAILED: JobFailed: align: exit code 65",
        "exome: Align: Essential container in task exited",
    ]


def test_a_failed_run_tells_the_last_error_of_the_log(dev: Environment, stubs: StubbedAws) -> None:
    deployed(stubs)
    started(stubs)
    failed = job("job-1", "Align", "FAILED", statusReason="Essential container in task exited")
    ended(stubs, execution("FAILED", error="JobFailed", cause="align: exit code 65"), failed)
    line = {"timestamp": 1, "message": '{"level": "ERROR", "message": "reads are truncated"}'}
    stubs["logs"].add_response("get_log_events", {"events": [line], "nextForwardToken": "t"})
    assert smoke(dev).failures()[2] == "exome: Align: log: reads are truncated"


def test_a_run_that_takes_too_long_is_stopped(
    dev: Environment, stubs: StubbedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    from batchyard.runs import bundles

    quick = {**BUNDLE, "smoke": {**BUNDLE["smoke"], "timeout_seconds": 0}}  # type: ignore[dict-item]
    monkeypatch.setattr(bundles, "load", lambda environment, workflow: quick)
    deployed(stubs)
    started(stubs)
    ended(stubs, execution("RUNNING"), job("job-1", "Align", "RUNNABLE"))
    stubs["stepfunctions"].add_response(
        "stop_execution", {"stopDate": BEGAN}, {"executionArn": ARN, "cause": "smoke test timed out"}
    )
    assert smoke(dev).failures()[0] == "exome: still RUNNING after 0 s (Align is RUNNABLE)"


def test_nothing_is_started_on_what_is_not_ready(dev: Environment, stubs: StubbedAws) -> None:
    deployed(stubs, status="INVALID", statusReason="no such role")
    result = smoke(dev)
    assert result.failures() == [
        "compute environment batchyard-dev-spot-1 is INVALID, ENABLED, not VALID, ENABLED: no such role"
    ]


def test_what_is_missing_is_told(dev: Environment, stubs: StubbedAws) -> None:
    stubs["batch"].add_response("describe_compute_environments", {"computeEnvironments": []})
    stubs["batch"].add_response("describe_job_queues", {"jobQueues": []})
    stubs["batch"].add_response("describe_job_definitions", {"jobDefinitions": []})
    stubs["lambda"].add_client_error("get_function_configuration", "ResourceNotFoundException")
    stubs["stepfunctions"].add_client_error("describe_state_machine", "StateMachineDoesNotExist")
    found = list(checks(dev, [{**BUNDLE, "functions": {"f": {"name": "batchyard-dev-exome-f"}}}]))
    assert [(each.kind, each.name) for each in found] == [
        ("compute environment", "batchyard-dev-spot-*"),
        ("job queue", "batchyard-dev-high"),
        ("job queue", "batchyard-dev-low"),
        ("job definition", "batchyard-dev-exome-align"),
        ("function", "batchyard-dev-exome-f:live"),
        ("state machine", "batchyard-dev-exome"),
    ]
    assert {each.found for each in found} == {"missing"}


def test_a_dry_run_tells_what_it_would_do(dev: Environment) -> None:
    assert steps(dev) == [
        "upload templates/workflows/exome/smoke to s3://batchyard-dev-111122223333-data/smoke/exome/",
        'start exome with {"sampleId": "smoke"}',
        "expect s3://batchyard-dev-111122223333-results/smoke/out.txt of 5 bytes",
    ]
