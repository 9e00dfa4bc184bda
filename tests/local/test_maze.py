"""The workflow maze: several containers of one job, through Terraform, Step Functions, Lambda and Batch."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from tests.local.example_runs import Run, containers, document, job_of, log, processes, soon
from tests.stack import Stack

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]
CONTAINERS = {"server", "agent", "telemetry"}


def maze(stack: Stack, name: str, *, size: int = 16, **more: Any) -> dict[str, Any]:
    place = stack.place(name)
    return {"runId": name, "seed": 3, "width": size, "height": size, "resultsS3Path": place, **more}


@pytest.fixture
def local(stack: Stack) -> Stack:
    if not stack.is_local:
        pytest.skip("kills processes, which can only be done on this machine")
    return stack


def test_a_maze_is_solved_and_all_logs_are_kept(stack: Stack) -> None:
    answer = stack.run("maze", maze(stack, "solved"))
    assert answer["status"] == "SUCCEEDED", answer
    output = answer["output"]
    path, verdict = document(stack, output["path"]), document(stack, output["verdict"])
    assert path["escaped"] is True
    assert (verdict["solved"], verdict["steps"]) == (True, path["steps"])
    assert document(stack, output["maze"])["seed"] == 3
    assert document(stack, output["telemetry"])["samples"] >= 1
    job = job_of(stack, answer, "Explore")
    found = containers(job)
    assert found.keys() == CONTAINERS
    assert {name: each["exitCode"] for name, each in found.items()} == dict.fromkeys(CONTAINERS, 0)
    words = {"server": '"serving"', "agent": '"escaped"', "telemetry": '"summary"'}
    for name, word in words.items():
        stream = found[name]["logStreamName"]
        assert stream.split("/")[1] == name
        assert word in log(stack, stream)
    shown = stack.cli("run", "logs", answer["name"], "--step", "Explore").checked().out
    assert all(f"/{name}/" in shown for name in CONTAINERS)


def test_a_maze_without_a_way_out_is_told_as_a_failure(stack: Stack) -> None:
    asked = maze(stack, "walled", collapsed=255)
    answer = stack.run("maze", asked)
    assert (answer["status"], answer["error"]) == ("FAILED", "JobFailed")
    assert "exit code 65" in answer["cause"]
    job = job_of(stack, answer, "Explore")
    assert (job["status"], len(job["attempts"])) == ("FAILED", 1)
    agent = containers(job)["agent"]
    assert agent["exitCode"] == 65
    assert "the maze has no way out: 1 of 256 cells can be reached" in log(stack, agent["logStreamName"])
    folder = f"{asked['resultsS3Path']}/walled/maze"
    assert document(stack, f"{folder}/path.json")["escaped"] is False
    assert not [key for key in stack.keys(folder) if key.endswith("/verdict.json")]


def test_jobs_on_one_host_do_not_meet_in_each_others_mazes(stack: Stack) -> None:
    runs = {seed: Run(stack, "maze", maze(stack, f"seed-{seed}", seed=seed)) for seed in (1, 2, 3)}
    for seed, run in runs.items():
        answer = run.ended()
        assert answer["status"] == "SUCCEEDED", answer
        assert document(stack, answer["output"]["verdict"])["seed"] == seed


def test_the_job_ends_with_its_server(local: Stack) -> None:
    run = Run(local, "maze", maze(local, "no-server", size=150))
    [server] = soon(lambda: processes(local, MAZE_WIDTH="150") or None)
    soon(lambda: walking(local, "no-server"))
    os.kill(server, signal.SIGKILL)
    answer = run.ended()
    assert answer["status"] == "FAILED"
    found = containers(job_of(local, answer, "Explore"))
    assert found["server"]["exitCode"] == 137
    assert found["agent"]["exitCode"] != 0


def test_the_walk_goes_on_without_its_sidecar(local: Stack) -> None:
    asked = maze(local, "no-sidecar", size=40)
    run = Run(local, "maze", asked)
    place = f"{asked['resultsS3Path']}/no-sidecar/maze"
    [sidecar] = soon(lambda: processes(local, TELEMETRY_RESULTS_S3_PATH=place) or None)
    os.kill(sidecar, signal.SIGKILL)
    answer = run.ended()
    assert answer["status"] == "SUCCEEDED", answer
    found = containers(job_of(local, answer, "Explore"))
    assert (found["telemetry"]["exitCode"], found["agent"]["exitCode"]) == (137, 0)


def walking(stack: Stack, name: str) -> bool | None:
    place = f"{stack.place(name)}/{name}/maze"
    return True if len(processes(stack, MAZE_RESULTS_S3_PATH=place)) == 2 else None  # server and agent
