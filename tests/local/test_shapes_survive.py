"""Jobs of every shape in an environment that is killed again and again: all end, and none twice."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.local.clients import Clients, until

from batchyard.local import control

pytestmark = pytest.mark.local
NEEDS = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]
SPOT = {
    "attempts": 10,
    "evaluateOnExit": [
        {"onStatusReason": "Host EC2*", "action": "RETRY"},
        {"onReason": "*", "action": "EXIT"},
    ],
}
KILLS = 4
SEED = 5
ENDED = ("SUCCEEDED", "FAILED")


def shell(script: str, **more: Any) -> dict[str, Any]:
    return {"image": "host", "command": ["sh", "-c", script], "resourceRequirements": NEEDS, **more}


def define(clients: Clients, diary: Path) -> None:
    """Register one definition of each shape; every process writes down that it has started."""

    def noting(name: str, script: str, **more: Any) -> dict[str, Any]:
        return shell(f'echo "$AWS_BATCH_JOB_ID {name}" >> {diary}; {script}', **more)

    after = [
        {"containerName": "init", "condition": "SUCCESS"},
        {"containerName": "side", "condition": "START"},
    ]
    containers = [
        {"name": "main", **noting("main", "sleep 0.4", dependsOn=after)},
        {"name": "init", **noting("init", "sleep 0.1", essential=False)},
        {
            "name": "side",
            **shell("trap '' TERM; while :; do sleep 0.1; done", essential=False),
            "stopTimeout": 2,
        },
    ]
    nodes = [
        {"targetNodes": "0", "container": noting("node", "sleep 0.5")},
        {"targetNodes": "1:", "container": shell("sleep 60")},
    ]
    bodies: dict[str, dict[str, Any]] = {
        "plain": {"containerProperties": noting("plain", "sleep 0.3")},
        "fails": {"containerProperties": noting("fails", "sleep 0.1; exit 3")},
        "hangs": {"containerProperties": shell("sleep 600"), "timeout": {"attemptDurationSeconds": 60}},
        "several": {"ecsProperties": {"taskProperties": [{"containers": containers}]}},
        "nodes": {
            "type": "multinode",
            "nodeProperties": {"numNodes": 3, "mainNode": 0, "nodeRangeProperties": nodes},
        },
    }
    for name, body in bodies.items():
        clients("batch").register_job_definition(**{"jobDefinitionName": name, "type": "container", **body})


def submit_all(clients: Clients) -> dict[str, str]:
    """Submit twenty jobs and return their definitions by id."""
    queue, found = clients.queue(), {}

    def submit(name: str, **more: Any) -> str:
        answer = clients("batch").submit_job(
            jobName=name, jobQueue=queue, jobDefinition=name, retryStrategy=SPOT, **more
        )
        found[answer["jobId"]] = name
        return str(answer["jobId"])

    array = submit("plain", arrayProperties={"size": 4})
    submit("several", arrayProperties={"size": 4}, dependsOn=[{"jobId": array, "type": "N_TO_N"}])
    submit("plain", arrayProperties={"size": 3}, dependsOn=[{"type": "SEQUENTIAL"}])
    for name in ("plain", "several", "nodes") * 4:
        first = submit(name)
    submit("nodes", nodeOverrides={"numNodes": 2}, dependsOn=[{"jobId": first}])
    for name in ("several", "fails", "hangs", "hangs"):
        submit(name)
    return found


def statuses(clients: Clients, ids: dict[str, str]) -> dict[str, str]:
    jobs = clients("batch").describe_jobs(jobs=list(ids))["jobs"]
    return {job["jobId"]: job["status"] for job in jobs}


def runs(diary: Path, job_id: str) -> Counter[str]:
    """Return how often each process of a job, or of its children and nodes, has started."""
    return Counter(line for line in diary.read_text().splitlines() if line.startswith(job_id))


def at_home_in(folder: Path) -> list[str]:
    """Return the processes of jobs of an environment."""
    home = f"HOME={folder}".encode()
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if home in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def held(pid: int) -> tuple[int, int]:
    """Return how many descriptors and threads a process has."""
    process = Path(f"/proc/{pid}")
    return len([*(process / "fd").iterdir()]), len([*(process / "task").iterdir()])


def test_every_job_ends_and_none_runs_after_its_end(
    local_folder: Path, start: Callable[..., Clients], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = '{"image_map": {"host": {"host": true}}, "time_scale": 0.05}'
    (local_folder / "settings.json").write_text(settings)
    chance, diary = random.Random(SEED), local_folder / "diary"
    diary.touch()
    clients = start()
    define(clients, diary)
    ids = submit_all(clients)

    def reached(goal: int) -> bool:
        """Say whether so many processes have started, or no more will."""
        done = all(status in ENDED for status in statuses(clients, ids).values())
        return done or len(diary.read_text().splitlines()) >= goal

    before: dict[str, Counter[str]] = {}
    for _ in range(KILLS):
        goal = len(diary.read_text().splitlines()) + chance.randint(1, 12)
        until(partial(reached, goal))
        over = [job_id for job_id, status in statuses(clients, ids).items() if status in ENDED]
        before |= {job_id: runs(diary, job_id) for job_id in over if job_id not in before}
        server = control.status()
        assert server
        os.kill(server.pid, signal.SIGKILL)
        clients = start()
    server = control.status()
    assert server
    idle = held(server.pid)
    until(lambda: all(status in ENDED for status in statuses(clients, ids).values()), 90)
    expected = {
        job_id: "FAILED" if name in ("fails", "hangs") else "SUCCEEDED" for job_id, name in ids.items()
    }
    assert statuses(clients, ids) == expected
    assert {job_id: runs(diary, job_id) for job_id in before} == before
    assert until(lambda: not at_home_in(local_folder))
    assert list((local_folder / "work").iterdir()) == []
    # Connections and pools that are made when first used, and nothing per job.
    assert all(now <= then + 8 for now, then in zip(held(server.pid), idle, strict=True))
