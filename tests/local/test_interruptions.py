"""What happens when something stops in the middle: host, process, job, execution, environment, disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.local.test_exome import RESULTS, contents, published, step, upload
from tests.stack import Stack

from batchyard.demo.sample import generate

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def document(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return an input whose aligner works for seconds, so that there is a middle."""
    folder = tmp_path_factory.mktemp("medium")
    sample = generate(
        folder, seed=3, sample_id="medium", reference_bases=200_000, coverage=40, snvs=20, indels=2
    )
    return upload(stack, sample, "medium")


@pytest.fixture
def results(stack: Stack, request: pytest.FixtureRequest) -> str:
    return stack.place(request.node.name)


class Run:
    """An execution under way."""

    def __init__(self, stack: Stack, document: dict[str, Any], results: str) -> None:
        self.stack, self.results = stack, results
        file = stack.root / "build" / f"input-{time.time_ns()}.json"
        file.write_text(json.dumps(document | {"resultsS3Path": results}))
        started = stack.cli("run", "start", "exome", "--input", str(file), "--output", "json").checked()
        self.arn: str = started.json()["executionArn"]

    def answer(self) -> dict[str, Any]:
        return dict(self.stack.cli("run", "show", self.arn, "--output", "json").json())

    def ended(self) -> dict[str, Any]:
        until(lambda: self.answer()["status"] != "RUNNING", 180)
        return self.answer()

    def aligner(self) -> str:
        """Return the id of the align job once its process works."""
        until(lambda: self._aligning() is not None, 60)
        job = self._aligning()
        assert job
        until(lambda: bool(processes(job)), 30)
        time.sleep(0.5)  # into the middle of its work
        return job

    def _aligning(self) -> str | None:
        execution = self.arn.rpartition(":")[2]
        jobs = [
            job["jobId"]
            for queue in self.stack.outputs()["queue_arns"].values()
            for job in self.stack.client("batch").list_jobs(jobQueue=queue, jobStatus="RUNNING")[
                "jobSummaryList"
            ]
            if "align" in job["jobName"].lower() and execution in job["jobName"]
        ]
        return jobs[0] if jobs else None


def until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds, for a bounded time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.1)


def processes(job_id: str) -> list[int]:
    """Return the processes of a job on this machine."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and f"AWS_BATCH_JOB_ID={job_id}".encode() in (entry / "environ").read_bytes()
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.fixture
def local(stack: Stack) -> Stack:
    if not stack.is_local:
        pytest.skip("breaks things that can only be broken on this machine")
    return stack


def test_a_reclaimed_host_costs_an_attempt_and_nothing_else(
    local: Stack, document: dict[str, Any], results: str
) -> None:
    undisturbed = local.run("exome", document | {"resultsS3Path": f"{results}/undisturbed"})
    run = Run(local, document, f"{results}/disturbed")
    body = json.dumps({"kind": "spot", "job": run.aligner()}).encode()
    with urllib.request.urlopen(
        urllib.request.Request(f"{local.endpoint}/_batchyard/fault", body), timeout=10
    ):
        pass
    answer = run.ended()
    assert (undisturbed["status"], answer["status"]) == ("SUCCEEDED", "SUCCEEDED")
    assert step(answer, "align")["attempts"] == 2
    [job] = local.client("batch").describe_jobs(jobs=[step(answer, "align")["jobId"]])["jobs"]
    assert job["attempts"][0]["statusReason"].startswith("Host EC2 (instance i-")
    assert contents(local, f"{results}/undisturbed") == contents(local, f"{results}/disturbed")


def test_a_killed_job_fails_the_execution_and_publishes_nothing(
    local: Stack, document: dict[str, Any], results: str
) -> None:
    run = Run(local, document, results)
    for process in processes(run.aligner()):
        os.kill(process, signal.SIGKILL)
    answer = run.ended()
    assert answer["status"] == "FAILED"
    [job] = local.client("batch").describe_jobs(jobs=[step(answer, "align")["jobId"]])["jobs"]
    assert (job["status"], job["container"]["exitCode"], len(job["attempts"])) == ("FAILED", 137, 1)
    assert job["statusReason"] == "Essential container in task exited"
    assert not published(local, results, "medium")


def test_a_terminated_job_says_who_and_cleans_up(
    local: Stack, document: dict[str, Any], results: str
) -> None:
    run = Run(local, document, results)
    job_id = run.aligner()
    local.client("batch").terminate_job(jobId=job_id, reason="no longer wanted")
    answer = run.ended()
    assert answer["status"] == "FAILED"
    assert "no longer wanted" in json.dumps(answer)
    assert not processes(job_id)
    assert not local.keys(results)


def test_a_stopped_execution_terminates_its_job(local: Stack, document: dict[str, Any], results: str) -> None:
    run = Run(local, document, results)
    job_id = run.aligner()
    local.client("stepfunctions").stop_execution(executionArn=run.arn, cause="stopped by a test")
    assert run.ended()["status"] == "ABORTED"
    until(lambda: not processes(job_id), 40)
    batch = local.client("batch")
    until(lambda: batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"] == "FAILED", 40)
    assert not local.keys(results)


def test_a_run_goes_on_after_the_environment_was_killed(
    local: Stack, document: dict[str, Any], results: str
) -> None:
    run = Run(local, document, results)
    job_id = run.aligner()
    server = json.loads((local.root / ".batchyard/local/server.json").read_text())
    for process in processes(job_id):
        os.kill(process, signal.SIGSTOP)  # however fast the machine is, this is the middle
    os.kill(server["pid"], signal.SIGKILL)
    local.cli("local", "up").checked()
    answer = run.ended()
    assert answer["status"] == "SUCCEEDED", answer
    assert published(local, results, "medium") == RESULTS
    align = step(answer, "align")
    assert (align["jobId"], align["attempts"]) == (job_id, 2), "the same job, on another host"
    [job] = local.client("batch").describe_jobs(jobs=[job_id])["jobs"]
    assert job["attempts"][0]["statusReason"].startswith("Host EC2")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip(
            "a small file system can only be mounted by root; the jobs' own tests fill a disk otherwise"
        )
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_scratch_disk_is_named(
    local: Stack, document: dict[str, Any], results: str, small_disk: Path
) -> None:
    answer = local.run("exome", document | {"resultsS3Path": results, "workingDir": str(small_disk)})
    assert answer["status"] == "FAILED"
    align = step(answer, "align")
    assert align["attempts"] == 3, "a full disk is worth another host"
    assert "No space left on device" in local.job_log(align["jobId"])
    assert not local.keys(results)
    assert not list(small_disk.iterdir())
