from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import ARN, BEGAN, NAME, event, execution, job, submitted

from batchyard.__main__ import main
from batchyard.cli.run_printing import print_logs, took
from batchyard.output import Output
from batchyard.runs import executions
from batchyard.runs.containers import Stream
from batchyard.runs.logs import StepLog
from batchyard.runs.steps import Step

JOB = job("job-1", "Align")
DETAIL = {
    "JobId": "job-1",
    "JobName": f"Align-{NAME}",
    "StatusReason": "exited",
    "Container": {"ExitCode": 65},
}
HISTORY = [
    event(1, "TaskStateEntered", name="Align"),
    event(2, "TaskSucceeded", 1, resourceType="batch", resource="r", output=submitted("job-1", "Align")),
    event(3, "TaskSucceeded", 1, resourceType="batch", resource="r", output=submitted("job-2", "Call")),
]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the reader's clock: an hour east of Greenwich."""
    monkeypatch.setenv("TZ", "EST-1")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "in.json"
    path.write_text('{"sampleId": "s"}')
    return str(path)


def scripted(stubs: StubbedAws, *descriptions: dict[str, object]) -> None:
    states = stubs["stepfunctions"]
    for found in descriptions:
        states.add_response("describe_execution", found, {"executionArn": ARN})
    states.add_response("get_execution_history", {"events": HISTORY}, {"executionArn": ARN})
    stubs["batch"].add_response("describe_jobs", {"jobs": [JOB]}, {"jobs": ["job-1", "job-2"]})


def starting(stubs: StubbedAws) -> None:
    answer = {"executionArn": ARN, "startDate": BEGAN}
    stubs["stepfunctions"].add_response(
        "start_execution", answer, {"stateMachineArn": ANY, "name": NAME, "input": '{"sampleId":"s"}'}
    )


START = ["run", "start", "exome", "--env", "dev", "--name", NAME, "--input"]


def test_start_wait_prints_one_document(
    project: Path, stubs: StubbedAws, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    starting(stubs)
    scripted(stubs, execution(output='{"bam": "s3://b/k"}'))
    assert main([*START, file, "--wait", "--output", "json"]) == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    [step] = document.pop("steps")
    assert document == {
        "executionArn": ARN,
        "name": NAME,
        "workflow": "exome",
        "status": "SUCCEEDED",
        "startDate": "2026-03-01T12:00:00.000+00:00",
        "stopDate": "2026-03-01T12:01:30.500+00:00",
        "seconds": 90.5,
        "output": {"bam": "s3://b/k"},
        "mapRuns": [],
    }
    assert {key: step[key] for key in ("state", "jobId", "status", "seconds")} == {
        "state": "Align",
        "jobId": "job-1",
        "status": "SUCCEEDED",
        "seconds": 30.0,
    }
    assert printed.err == f"started {NAME}\n"


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_start_wait_exits_0_on_success_only(
    project: Path, stubs: StubbedAws, file: str, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    starting(stubs)
    scripted(stubs, execution(status, error="JobFailed", cause="align: exit code 65"))
    assert main([*START, file, "--wait", "--output", "json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["status"] == status
    assert printed.err.splitlines()[1:] == [
        f"error: {NAME}: ended {status}: JobFailed: align: exit code 65",
        f"  what its steps wrote: batchyard run logs {NAME} --env dev",
    ]


def test_ctrl_c_detaches_and_says_how_to_come_back(
    project: Path,
    stubs: StubbedAws,
    file: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    starting(stubs)
    monkeypatch.setattr(executions, "wait", interrupted)
    assert main([*START, file, "--wait"]) == 130
    assert capsys.readouterr().err == (
        f"started {NAME}\n"
        f"it goes on without you; come back with: batchyard run show {NAME} --env dev --wait\n"
    )


def test_a_dry_run_starts_nothing(
    project: Path, stubs: StubbedAws, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*START, file, "--dry-run"]) == 0
    machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:batchyard-dev-exome:live"
    assert capsys.readouterr().out == f'would start {machine} as {NAME} with {{"sampleId":"s"}}\n'


def test_input_comes_from_standard_input_too(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("[]"))
    assert main([*START, "-", "--dry-run"]) == 1
    assert (
        capsys.readouterr().err
        == "error: standard input: the input is not a JSON object\n  write {...} with the fields of a run\n"
    )


def test_show_prints_the_run_and_its_steps(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted(stubs, execution(output='{"bam": "s3://b/k"}'))
    assert main(["run", "show", NAME, "--env", "dev"]) == 0
    assert capsys.readouterr().out == (
        f"exome {NAME}: SUCCEEDED after 1 min 30 s, started 2026-03-01 13:00:00\n"
        "step\tstatus\ttries\tqueued\tran\tjob\n"
        "Align\tSUCCEEDED\t1\t5.0 s\t30.0 s\tjob-1\n"
        '{\n  "bam": "s3://b/k"\n}\n'
    )


def test_show_tells_how_the_children_of_an_array_stand(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    children = {"size": 5, "statusSummary": {"SUCCEEDED": 3, "RUNNING": 2}}
    failing(stubs, job("job-1", "Align", "PENDING", arrayProperties=children))
    assert main(["run", "show", NAME, "--env", "dev"]) == 0
    assert "Align: 3 of 5 children succeeded" in capsys.readouterr().out.splitlines()


def test_list_prints_a_line_per_run(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    stubs["stepfunctions"].add_response("list_executions", {"executions": [execution()]})
    assert main(["run", "list", "--env", "dev"]) == 0
    assert capsys.readouterr().out == (
        f"name\tworkflow\tstatus\tstarted\ttook\n{NAME}\texome\tSUCCEEDED\t2026-03-01 13:00:00\t1 min 30 s\n"
    )


def test_logs_print_what_the_steps_wrote(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted(stubs, execution())
    line = {"timestamp": int(BEGAN.timestamp() * 1000), "message": "aligned 12 pairs"}
    stubs["logs"].add_response("get_log_events", {"events": [line], "nextForwardToken": "t"})
    assert main(["run", "logs", NAME, "--env", "dev", "--step", "align", "--tail", "1"]) == 0
    assert capsys.readouterr().out == (
        "==> Align SUCCEEDED: Align/default/job-1\n13:00:00.000  aligned 12 pairs\n"
    )


def failing(stubs: StubbedAws, *jobs: dict[str, Any]) -> None:
    failed = execution("FAILED", error="States.TaskFailed", cause=json.dumps(DETAIL))
    states = stubs["stepfunctions"]
    states.add_response("describe_execution", failed, {"executionArn": ARN})
    states.add_response("get_execution_history", {"events": HISTORY}, {"executionArn": ARN})
    stubs["batch"].add_response("describe_jobs", {"jobs": list(jobs)})


def logged(stubs: StubbedAws, *messages: str) -> None:
    at = int(BEGAN.timestamp() * 1000)
    events = [{"timestamp": at, "message": message} for message in messages]
    stubs["logs"].add_response("get_log_events", {"events": events, "nextForwardToken": "t"})


def test_a_failed_run_is_told_in_a_sentence_not_in_a_page_of_json(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(stubs, job("job-1", "Align", "FAILED", statusReason="exited"))
    assert main(["run", "show", NAME, "--env", "dev"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3:] == [f"States.TaskFailed: job Align-{NAME} (job-1) failed: exited; exit code 65"]


TRUNCATED = '{"level": "ERROR", "message": "reads_1.fastq.gz is truncated", "exitCode": 65}'
LOOK = f"what its steps wrote: batchyard run logs {NAME} --env dev"


def test_show_of_a_failed_run_tells_what_the_log_says_last(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(stubs, job("job-1", "Align", "FAILED", statusReason="exited"))
    logged(stubs, "noise", TRUNCATED, '{"level": "INFO", "message": "cleaned up"}')
    assert main(["run", "show", NAME, "--env", "dev"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[3:] == [
        f"States.TaskFailed: job Align-{NAME} (job-1) failed: exited; exit code 65",
        "  log: reads_1.fastq.gz is truncated",
    ]
    assert printed.err == f"{LOOK}\n"


def test_a_step_that_the_cause_does_not_name_has_its_log_below_its_reason(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(
        stubs,
        job("job-1", "Align", "FAILED", statusReason="exited"),
        job("job-2", "Align", "FAILED", statusReason="stopped"),
    )
    logged(stubs, TRUNCATED)
    logged(stubs, '{"level": "ERROR", "message": "no reference"}')
    assert main(["run", "show", NAME, "--env", "dev"]) == 0
    assert capsys.readouterr().out.splitlines()[4:] == [
        "Align: stopped; exit code 65",
        "  log: no reference",
        f"States.TaskFailed: job Align-{NAME} (job-1) failed: exited; exit code 65",
        "  log: reads_1.fastq.gz is truncated",
    ]


def test_start_wait_tells_what_the_log_says_last(
    project: Path, stubs: StubbedAws, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    starting(stubs)
    failing(stubs, job("job-1", "Align", "FAILED", statusReason="exited"))
    logged(stubs, TRUNCATED)
    assert main([*START, file, "--wait", "--output", "json"]) == 1
    printed = capsys.readouterr()
    assert [step["lastError"] for step in json.loads(printed.out)["steps"]] == [
        "reads_1.fastq.gz is truncated"
    ]
    why = f"States.TaskFailed: job Align-{NAME} (job-1) failed: exited; exit code 65"
    assert printed.err.splitlines()[1:] == [
        f"error: {NAME}: ended FAILED: {why}",
        "  log: reads_1.fastq.gz is truncated",
        f"  {LOOK}",
    ]


def test_logs_of_a_failed_run_are_those_of_its_failed_steps(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    good = job("job-2", "Call")
    attempts = [{"container": {"logStreamName": name}} for name in ("align/1", "align/2")]
    bad = job("job-1", "Align", "FAILED", attempts=attempts, container={"logStreamName": "align/2"})
    failing(stubs, good, bad)
    logged(stubs, "noise", '{"level": "INFO", "step": "align", "message": "fetched", "bytes": 3}')
    logged(stubs, '{"level": "ERROR", "message": "missing", "objects": ["a", "b"]}')
    assert main(["run", "logs", NAME, "--env", "dev", "--tail", "1"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "==> Align FAILED, attempt 1 of 2: align/1",
        "(earlier lines are left out: --all shows them)",
        "13:00:00.000  fetched bytes=3",
        "==> Align FAILED, attempt 2 of 2: align/2",
        "13:00:00.000  ERROR missing objects=a,b",
    ]
    assert printed.err == "1 of 2 steps did not fail: --all shows them, too\n"


def test_an_attempt_that_was_followed_by_another_is_told_as_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    step = Step("Greet", "job-1", "greet", "SUCCEEDED", 1.0, attempts=2)
    print_logs(Output(), [StepLog(step, Stream(f"greet/{n}", n), [], attempts=2) for n in (1, 2)])
    assert capsys.readouterr().out.splitlines() == [
        "==> Greet FAILED, attempt 1 of 2: greet/1",
        "==> Greet SUCCEEDED, attempt 2 of 2: greet/2",
    ]


def test_an_attempt_tells_why_it_ended_below_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    step = Step("Greet", "job-1", "greet", "FAILED", 1.0)
    print_logs(Output(), [StepLog(step, Stream("s", reason="Host EC2 (instance i-1) terminated."), [])])
    assert capsys.readouterr().out.splitlines() == [
        "==> Greet FAILED: s",
        "(Host EC2 (instance i-1) terminated.)",
    ]


def test_show_tells_of_a_container_that_failed_beside_the_job(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    containers = [
        {"name": "telemetry", "essential": False, "exitCode": 3},
        {"name": "agent", "essential": True, "exitCode": 0},
    ]
    beside: dict[str, Any] = {
        "attempts": [],
        "ecsProperties": {"taskProperties": [{"containers": containers}]},
    }
    failing(stubs, job("job-1", "Align", container={}, **beside))
    assert main(["run", "show", NAME, "--env", "dev"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "Align: container telemetry ended with exit code 3 (not essential)" in told


def test_an_array_is_not_tried_itself(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    children = {"size": 2, "statusSummary": {"SUCCEEDED": 2}}
    array = job("job-1", "Align", attempts=[], container={}, startedAt=0, arrayProperties=children)
    failing(stubs, array)
    assert main(["run", "show", NAME, "--env", "dev"]) == 0
    assert "Align\tSUCCEEDED\t-\t-\t-\tjob-1" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("arguments", [["--index", "40"], ["--index", "40", "--step", "align"]])
def test_an_index_that_there_is_not_is_wrong_usage(
    project: Path, stubs: StubbedAws, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    children = {"size": 30, "statusSummary": {"SUCCEEDED": 30}}
    failing(stubs, job("job-1", "Align", "FAILED", arrayProperties=children))
    assert main(["run", "logs", NAME, "--env", "dev", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err == "error: there is no child or node 40\n  Align: children are 0 to 29\n"
    assert printed.out == ""


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "-"),
        (0, "0.0 s"),
        (59.94, "59.9 s"),
        (119.7, "2 min 00 s"),
        (3599.4, "59 min 59 s"),
        (3600, "1 h 00 min"),
        (90_061, "25 h 01 min"),
    ],
)
def test_times_are_told_as_people_say_them(seconds: float | None, told: str) -> None:
    assert took(seconds) == told
