"""Jobs of several containers and of several nodes whose engine was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.engine_process import SPOT
from tests.unit.local.batch.fakes import FakeHost
from tests.unit.local.batch.shapes import after, by_name, several, shell, spread

from batchyard.local.batch.model import Attempt, ContainerRun

ROOT = Path(__file__).resolve().parents[4]
HOST_MAP = {"host": {"host": True}}
LOST = "Host EC2 (instance i-0"


@pytest.fixture
def killed(tmp_path: Path) -> list[str]:
    """Run an engine until its jobs run, then kill it as nothing else could; return ids and pids."""
    flag = tmp_path / "flag"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.local.batch.engine_shapes", str(tmp_path / "state"), str(flag)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'scripts'}{os.pathsep}{ROOT}"},
    )
    assert process.stdout is not None
    words = process.stdout.readline().split()
    process.kill()
    process.wait()
    process.stdout.close()
    flag.touch()
    return words


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_killed_engine_loses_hosts_but_no_jobs(
    make: MakeClient, host: FakeHost, tmp_path: Path, killed: list[str]
) -> None:
    init, both, nodes, closing, *pids = killed
    assert len(pids) == 6
    client = make(image_map=HOST_MAP, kill_after_seconds=0.3)
    for pid in map(int, pids):
        client.until(lambda pid=pid: _gone(pid), bool)
    jobs = [client.ended(job_id) for job_id in (init, both, nodes, closing)]
    assert [job["status"] for job in jobs] == ["SUCCEEDED"] * 4
    assert [len(job["attempts"]) for job in jobs] == [2, 2, 2, 1]
    for job in jobs[:2]:
        first, second = job["attempts"]
        assert first["statusReason"].startswith(LOST)
        assert all("exitCode" not in each for each in by_name(first).values())
        assert by_name(second)["main"]["exitCode"] == 0
    parent, child = jobs[2], client.job(f"{nodes}#1")
    assert parent["attempts"] == client.job(f"{nodes}#0")["attempts"]
    assert parent["attempts"][0]["statusReason"].startswith(LOST)
    assert child["attempts"][0]["statusReason"].startswith(LOST)
    # Its main node had ended before the kill: that stands; the node that was being stopped is lost.
    assert client.job(f"{closing}#1")["status"] == "FAILED"
    assert [path.name for path in (tmp_path / "state" / "work").glob("*")] == []


def test_stopped_engine_goes_on_where_it_was(make: MakeClient) -> None:
    client = make(executor="simulated", seconds=60.0)
    client.environment(maxvCpus=2)
    client.queue()
    spread(client, 2, _0_="")
    several(client, main=shell(""))
    running = client.submit(definition="spread", retryStrategy={"attempts": 2})
    client.reached(f"{running}#1", "RUNNING")
    waiting = client.submit(definition="spread")
    alone = client.submit(definition="several")
    client.reached(f"{waiting}#1", "RUNNABLE")
    client = make(executor="simulated")
    assert [client.ended(each)["status"] for each in (running, waiting, alone)] == ["SUCCEEDED"] * 3
    assert len(client.job(running)["attempts"]) == 2
    assert client.job(f"{waiting}#1")["status"] == "SUCCEEDED"


@pytest.mark.parametrize(("code", "status"), [(0, "SUCCEEDED"), (3, "FAILED")])
def test_a_task_that_only_waits_for_its_sidecar_is_not_run_again(
    make: MakeClient, tmp_path: Path, code: int, status: str
) -> None:
    ran = tmp_path / "ran"
    client = make(image_map=HOST_MAP, stop_grace_seconds=0)
    client.environment()
    client.queue()
    several(
        client,
        main=shell(f"echo >> {ran}; exit {code}", dependsOn=after("side:START")),
        side=shell("trap '' TERM; while :; do sleep 0.05; done", essential=False),
    )
    job_id = client.submit(definition="several", retryStrategy=SPOT)
    client.until(lambda: by_name(client.job(job_id))["main"], lambda main: main.get("exitCode") == code)
    assert client.job(job_id)["status"] == "RUNNING"
    job = make(image_map=HOST_MAP).ended(job_id)
    (attempt,) = job["attempts"]
    assert (job["status"], job["statusReason"]) == (status, "Essential container in task exited")
    assert by_name(attempt)["main"]["exitCode"] == code
    assert "exitCode" not in by_name(attempt)["side"]
    assert ran.read_text() == "\n"


def test_ended_jobs_are_shown_as_before(make: MakeClient) -> None:
    client = make(executor="simulated")
    client.environment()
    client.queue()
    spread(client, 2, _0_="")
    several(client, main=shell(""), side=shell("", essential=False))
    ids = [client.ended(client.submit(definition=name))["jobId"] for name in ("spread", "several")]
    asked = [*ids, f"{ids[0]}#0", f"{ids[0]}#1"]
    before = client.call("DescribeJobs", jobs=asked)
    client = make(executor="simulated")
    assert client.call("DescribeJobs", jobs=asked) == before


def test_attempts_of_one_container_are_kept_as_they_always_were() -> None:
    """State that an earlier version wrote can be read, and one container needs no more room than before."""
    attempt = Attempt("task", "compute", 1, 2, 0, None, "why", 3, 4)
    assert attempt.row() == ["task", "compute", 1, 2, 0, None, "why", 3, 4]
    assert Attempt.load(attempt.row()) == attempt
    attempt.containers = (ContainerRun(1, 2, 0), ContainerRun(reason="never"))
    assert Attempt.load(attempt.row()) == attempt


def test_every_container_of_a_lost_task_is_removed(make: MakeClient, tmp_path: Path) -> None:
    tool, calls, flag = tmp_path / "docker", tmp_path / "calls", tmp_path / "flag"
    tool.write_text(f'#!/bin/sh\necho "$*" >> {calls}\n[ "$1" = rm ] || [ -e {flag} ] || exec sleep 60\n')
    tool.chmod(0o755)
    client = make(executor="container", container_tool=str(tool), stop_grace_seconds=0.1)
    client.environment()
    client.queue()
    several(client, main=shell(""), side=shell("", essential=False))
    job = client.reached(client.submit(definition="several", retryStrategy={"attempts": 2}), "RUNNING")
    task = job["ecsProperties"]["taskProperties"][0]["taskArn"].rpartition("/")[2]
    calls.unlink()
    flag.touch()
    client = make(executor="container", container_tool=str(tool))
    assert client.ended(job["jobId"])["status"] == "SUCCEEDED"
    removed = [line.split()[-1] for line in calls.read_text().splitlines() if line.startswith("rm ")]
    assert {f"batch-{task}.0", f"batch-{task}.1"} <= set(removed)
