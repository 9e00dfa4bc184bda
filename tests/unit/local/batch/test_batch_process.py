"""The process executor, with real processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import Client, FakeHost

from batchyard.local.batch.processes import start_ticks


def _run(
    client: Client, script: str, properties: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    return client.ended(_submit(client, script, properties, **more))


def _submit(client: Client, script: str, properties: dict[str, Any] | None = None, **more: Any) -> str:
    client.definition("sh", "sh", "-c", script, properties=properties or {})
    return client.submit(definition="sh", **more)


@pytest.mark.parametrize(
    ("script", "status", "code"),
    [("exit 0", "SUCCEEDED", 0), ("exit 65", "FAILED", 65), ("kill -9 $$", "FAILED", 137)],
)
def test_exit_codes(processes: Client, script: str, status: str, code: int) -> None:
    job = _run(processes, script)
    assert (job["status"], job["container"]["exitCode"]) == (status, code)
    assert job["statusReason"] == "Essential container in task exited"


def test_environment_is_small_and_complete(processes: Client, host: FakeHost) -> None:
    variables = [{"name": "COLOUR", "value": "red"}]
    role = "arn:aws:iam::000000000000:role/job"
    job = _run(
        processes, "env", {"environment": variables, "jobRoleArn": role}, retryStrategy={"attempts": 2}
    )
    seen = dict(line.split("=", 1) for line in host.output(job))
    for name in ("PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"):
        seen.pop(name, None)
    assert seen.pop("HOME") == seen.pop("TMPDIR")
    assert seen.pop("PATH")
    assert seen == {
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "COLOUR": "red",
        "AWS_BATCH_JOB_ID": job["jobId"],
        "AWS_BATCH_JOB_ATTEMPT": "1",
        "AWS_BATCH_JQ_NAME": "high",
        "AWS_BATCH_CE_NAME": "spot",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ACCESS_KEY_ID": "ASIA",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    assert host.sessions[0][0] == role


def test_references_and_array_numbers(processes: Client, host: FakeHost) -> None:
    processes.definition(
        "refs", "sh", "-c", 'echo "$1 $2 $AWS_BATCH_JOB_ARRAY_INDEX/$AWS_BATCH_JOB_ARRAY_SIZE"', "sh",
        "Ref::sample", "--in=Ref::sample Ref::none", parameters={"sample": "a b"},
    )  # fmt: skip
    parent = processes.submit(definition="refs", arrayProperties={"size": 2}, parameters={"sample": "c;d"})
    processes.ended(parent)
    children = [processes.job(f"{parent}:{index}") for index in range(2)]
    assert [host.output(each) for each in children] == [
        ["c;d --in=c;d Ref::none 0/2"],
        ["c;d --in=c;d Ref::none 1/2"],
    ]


def test_output_is_logged_while_the_job_runs(processes: Client, host: FakeHost) -> None:
    job_id = _submit(processes, "echo out; echo err >&2; printf 'bad \\377 byte\\n\\nlast'; sleep 30")
    job = processes.reached(job_id, "RUNNING")
    processes.until(lambda: host.output(job), lambda lines: lines == ["out", "err", "bad \ufffd byte"])
    processes.call("TerminateJob", jobId=job_id, reason="seen")
    processes.ended(job_id)
    assert host.output(job)[-1] == "last"


def test_log_group_and_prefix_come_from_the_definition(processes: Client, host: FakeHost) -> None:
    options = {"awslogs-group": "/own", "awslogs-stream-prefix": "mine"}
    job = _run(processes, "echo hi", {"logConfiguration": {"logDriver": "awslogs", "options": options}})
    assert job["container"]["logStreamName"].startswith("mine/default/")
    assert host.logs == {("/own", job["container"]["logStreamName"]): ["hi"]}


def test_every_attempt_has_a_folder_of_its_own_that_goes(processes: Client, host: FakeHost) -> None:
    job = _run(processes, "ls; pwd; echo partial > out; exit 1", retryStrategy={"attempts": 2})
    folders = [host.logs[("/aws/batch/job", each["container"]["logStreamName"])] for each in job["attempts"]]
    assert [len(lines) for lines in folders] == [1, 1]
    assert folders[0] != folders[1]
    assert not any(Path(lines[0]).exists() for lines in folders)


def _alive(pid: int) -> bool:
    return start_ticks(pid) is not None and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]


def test_terminate_reaches_grandchildren_that_ignore_it(processes: Client, host: FakeHost) -> None:
    job_id = _submit(processes, "trap '' TERM; (trap '' TERM; sleep 60) & echo $!; echo $$; wait; sleep 60")
    job = processes.reached(job_id, "RUNNING")
    pids = [int(line) for line in processes.until(lambda: host.output(job), lambda lines: len(lines) == 2)]
    assert all(map(_alive, pids))
    processes.call("TerminateJob", jobId=job_id, reason="enough")
    job = processes.ended(job_id)
    assert (job["status"], job["statusReason"]) == ("FAILED", "enough")
    assert job["container"]["exitCode"] == 137
    processes.until(lambda: [pid for pid in pids if _alive(pid)], lambda left: not left)


def test_what_a_job_leaves_running_dies_with_it(processes: Client, host: FakeHost) -> None:
    job = _run(processes, "sleep 60 & echo $!; exit 0")
    assert job["status"] == "SUCCEEDED"
    (pid,) = map(int, host.output(job))
    processes.until(lambda: _alive(pid), lambda alive: not alive)


def test_what_a_job_detaches_dies_with_it_too(processes: Client, host: FakeHost) -> None:
    detached = (
        "setsid sh -c 'echo $$; exec sleep 60' & setsid sh -c 'echo $$; exec >&- 2>&-; exec sleep 60' &"
    )
    job = _run(processes, f"{detached} sleep 0.1")
    assert job["status"] == "SUCCEEDED"
    pids = [int(line) for line in host.output(job)]
    assert len(pids) == 2
    assert not any(map(_alive, pids))


def test_a_job_has_the_umask_of_a_container(processes: Client, host: FakeHost) -> None:
    before = os.umask(0o077)
    try:
        assert host.output(_run(processes, "umask")) == ["0022"]
    finally:
        os.umask(before)


def test_attempt_timeout_is_a_gentle_stop_without_retry(processes: Client, host: FakeHost) -> None:
    script = "trap 'echo stopping; exit 3' TERM; sleep 60 & wait"
    timeout = {"attemptDurationSeconds": 60}
    job = _run(processes, script, timeout=timeout, retryStrategy={"attempts": 3})
    assert (job["status"], job["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    assert job["container"]["exitCode"] == 3
    assert len(job["attempts"]) == 1
    assert host.output(job) == ["stopping"]


def test_reclaimed_process_is_killed_and_tried_again(processes: Client, host: FakeHost) -> None:
    job_id = _submit(processes, '[ "$AWS_BATCH_JOB_ATTEMPT" = 2 ] || sleep 60', retryStrategy={"attempts": 2})
    processes.reached(job_id, "RUNNING")
    processes.engine.reclaim(processes.scope, job_id)
    job = processes.ended(job_id)
    assert job["status"] == "SUCCEEDED"
    assert job["attempts"][0]["statusReason"].startswith("Host EC2 (instance i-0")
    assert "exitCode" not in job["attempts"][0]["container"]


@pytest.mark.parametrize(
    ("image", "command", "reason"),
    [
        ("nowhere/tool:1", ["x"], "CannotPullContainerError: nowhere/tool:1 is neither"),
        ("host", [], "CannotStartContainerError: no command specified"),
        ("host", ["no-such-tool"], 'CannotStartContainerError: exec: "no-such-tool"'),
    ],
)
def test_attempt_that_can_not_start(processes: Client, image: str, command: list[str], reason: str) -> None:
    processes.definition("odd", *command, image=image)
    job = processes.ended(processes.submit(definition="odd"))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert job["container"]["reason"].startswith(reason)
    assert "exitCode" not in job["container"]
    assert "logStreamName" not in job["attempts"][0]["container"]


def test_role_that_can_not_be_assumed_fails_the_start(processes: Client) -> None:
    job = _run(processes, "true", {"jobRoleArn": "arn:aws:iam::000000000000:role/missing"})
    assert job["statusReason"] == "Task failed to start"
    assert "unable to assume the role" in job["container"]["reason"]


def test_host_that_breaks_fails_the_attempt_not_the_engine(
    processes: Client, host: FakeHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no such service")

    monkeypatch.setattr(host, "credentials", broken)
    job = _run(processes, "true")
    assert "no such service" in job["container"]["reason"]
    assert list((tmp_path / "state" / "work").iterdir()) == []
    monkeypatch.undo()
    monkeypatch.setattr(host, "put_log_events", broken)
    assert _run(processes, "echo hi")["status"] == "SUCCEEDED"


def test_images_of_the_project_and_of_the_map(make: MakeClient, host: FakeHost, tmp_path: Path) -> None:
    (tmp_path / "jobs" / "align").mkdir(parents=True)
    (tmp_path / "jobs" / "align" / "main.py").write_text("import sys; print('job', *sys.argv[1:])")
    entry = [sys.executable, "-c", "import sys; print('mapped', *sys.argv[1:])"]
    client = make(project_root=tmp_path, image_map={"*/mapped": {"entry_point": entry}})
    client.environment()
    client.queue()
    registry = "000000000000.dkr.ecr.us-east-1.amazonaws.com/batchyard-local"
    outputs = {}
    for image in (f"{registry}/align:0123", f"{registry}/align@sha256:ab", "my/mapped:2"):
        client.definition("image", "--flag", "1", image=image)
        outputs[image] = host.output(client.ended(client.submit(definition="image")))
    assert list(outputs.values()) == [["job --flag 1"], ["job --flag 1"], ["mapped --flag 1"]]


def test_stopping_the_engine_leaves_nothing_running(processes: Client, host: FakeHost) -> None:
    job_id = _submit(processes, "echo $$; sleep 60")
    job = processes.reached(job_id, "RUNNING")
    (pid,) = processes.until(lambda: host.output(job), bool)
    processes.engine.stop()
    assert not _alive(int(pid))
    assert processes.raw("DescribeJobs", jobs=[job_id])[0] == 500
    processes.engine.start()
