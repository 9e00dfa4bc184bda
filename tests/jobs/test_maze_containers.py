"""The containers of a maze job as processes that share a loopback, as those of one task do."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from maze_agent.client import Maze
from telemetry.sampling import samples, summary

from batchyard_job import meeting
from batchyard_job.attempt import Attempt
from batchyard_job.errors import TemporaryError

from .conftest import ROOT, job_environment


class Task:
    """One job's containers."""

    def __init__(self, job_id: str, results: Path, **variables: str) -> None:
        self.results = results
        self.port = meeting.port(Attempt(job_id, 1))
        self.variables = job_environment(
            AWS_BATCH_JOB_ID=job_id,
            MAZE_SEED="7",
            MAZE_WIDTH="12",
            MAZE_HEIGHT="12",
            MAZE_RESULTS_S3_PATH=f"file://{results}",
            TELEMETRY_RESULTS_S3_PATH=f"file://{results}",
            TELEMETRY_MILLISECONDS="10",
            **variables,
        )
        self.started: list[subprocess.Popen[str]] = []

    def start(self, image: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "jobs" / image / "main.py"), *arguments]
        process = subprocess.Popen(
            command, env=self.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.started.append(process)
        return process

    def run(self, image: str, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        return ended(self.start(image, *arguments))

    def document(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.results / name).read_text())
        return found

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        for _ in meeting.patiently(5):
            try:
                connection.request(method, path, body=body, headers=headers)
                break
            except ConnectionRefusedError:
                connection.close()
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return response.status, answer


def ended(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]]]:
    out, _ = process.communicate(timeout=20)
    return process.returncode, [json.loads(line) for line in out.splitlines()]


def stopped(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]]]:
    process.send_signal(signal.SIGTERM)
    return ended(process)


@pytest.fixture
def task(tmp_path: Path) -> Iterator[Task]:
    # The job's id decides the port: tests that run side by side must not share one.
    task = Task(f"maze-{os.getpid()}-{tmp_path.name}", tmp_path / "results")
    yield task
    for process in task.started:
        process.kill()
        process.communicate()


def test_the_agent_gets_out_and_everything_is_published(task: Task) -> None:
    # Started at once: agent and sidecar have to wait for the server.
    agent, telemetry, server = (task.start(name) for name in ("maze-agent", "telemetry", "maze-server"))
    code, log = ended(agent)
    assert (code, log[-1]["message"], log[-1]["escaped"]) == (0, "escaped", True)
    code, log = stopped(telemetry)
    assert (code, log[-1]["message"]) == (0, "summary")
    code, log = stopped(server)
    assert (code, log[-1]["message"]) == (0, "stopped")
    path, watched = task.document("path.json"), task.document("telemetry.json")
    assert log[-1]["moves"] == path["steps"] == len(path["moves"])
    assert watched["samples"] == len(watched["all"]) >= 1
    assert watched["last"]["moves"] <= path["steps"]
    assert task.run("maze-judge", "--maze_s3_folder_path", f"file://{task.results}")[0] == 0
    assert task.document("verdict.json")["steps"] == path["steps"]


def test_a_maze_without_a_way_out_fails_the_agent_and_shows_how_far_it_got(task: Task) -> None:
    task.variables["MAZE_COLLAPSED"] = "143"
    task.start("maze-server")
    code, log = task.run("maze-agent")
    assert code == 65
    assert log[-1]["message"] == (
        "the maze has no way out: 1 of 144 cells can be reached, the key was not found, the exit was not seen"
    )
    assert task.document("path.json")["escaped"] is False


def test_a_server_that_never_comes_is_worth_another_attempt(task: Task) -> None:
    words = rf"no maze server answers on 127\.0\.0\.1:{task.port} after 0\.1 s: .*refused"
    with pytest.raises(TemporaryError, match=words):
        Maze(task.port, "job", wait_seconds=0.1)
    assert list(samples(task.port, "job", every_seconds=0.01, wait_seconds=0.05)) == []


def test_a_server_that_ends_meanwhile_is_told(task: Task) -> None:
    server = task.start("maze-server")
    task.request("GET", "/maze")
    telemetry = task.start("telemetry")
    assert telemetry.stdout is not None
    assert '"sample"' in telemetry.stdout.readline()
    server.kill()
    code, log = ended(telemetry)
    assert (code, log[-1]["message"]) == (0, "summary")


def test_the_port_of_another_job_is_worth_another_attempt(task: Task) -> None:
    with socket.create_server(("127.0.0.1", task.port)):
        code, log = task.run("maze-server")
    assert code == 75
    assert "can not listen on 127.0.0.1" in log[-1]["message"]
    task.start("maze-server")
    task.request("GET", "/maze")
    with pytest.raises(TemporaryError, match="this is the maze of another job"):
        Maze(task.port, "another", wait_seconds=5)


def test_the_api_answers_what_it_does_not_know(task: Task) -> None:
    task.start("maze-server")
    ours = {"Batch-Job-Id": task.variables["AWS_BATCH_JOB_ID"]}
    assert task.request("GET", "/", **ours)[0] == 404
    assert task.request("POST", "/maze", b"{}", **ours)[0] == 404
    assert task.request("POST", "/moves", b"x" * 2000, **ours)[0] == 400
    assert task.request("POST", "/moves", b"no json", **ours)[0] == 400
    assert task.request("POST", "/moves", b"[]", **ours)[0] == 400
    assert task.request("GET", "/counters", **ours)[1]["requests"] == 6


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MAZE_SEED", "", "the variable MAZE_SEED is missing"),
        ("MAZE_WIDTH", "1", "MAZE_WIDTH is '1'; it has to be a whole number from 2 to 200"),
        ("MAZE_HEIGHT", "many", "MAZE_HEIGHT is 'many'"),
        ("MAZE_RESULTS_S3_PATH", "s3://", "it has to look like s3://bucket/key"),
    ],
)
def test_a_server_that_is_told_nonsense_ends(task: Task, name: str, value: str, words: str) -> None:
    task.variables[name] = value
    code, log = task.run("maze-server")
    assert code == 65
    assert words in log[-1]["message"]


def test_a_summary_has_the_fastest_stretch() -> None:
    taken = [
        {"seconds": at, "requests": requests} for at, requests in ((0.0, 0), (1.0, 10), (1.0, 10), (1.5, 90))
    ]
    assert summary(taken) == {"samples": 4, "last": taken[-1], "mostRequestsPerSecond": 160.0}
    assert summary([]) == {"samples": 0, "last": None, "mostRequestsPerSecond": None}
