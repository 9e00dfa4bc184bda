"""spot-then-on-demand against the local Batch engine: its own words for a reclaim decide, as AWS's do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.local.batch.conftest import host, make  # noqa: F401 - fixtures
from tests.unit.local.batch.fakes import SCOPE, Client

from batchyard.environments import Environment
from batchyard.local.batch import integration
from batchyard.render.blocks import Blocks
from batchyard.render.bundles import bundle
from batchyard.render.deployment import deployment
from batchyard.render.expand import expand


@pytest.fixture
def client(make: Callable[..., Client], shapes: Environment) -> Client:  # noqa: F811
    """Return an engine with the queues of the fixture and its job definition `prepare`; jobs take 0.2 s."""
    client = make(executor="simulated", seconds=0.2)
    for name in ("low", "on-demand"):
        client.environment(name)
        client.queue(shapes.names.queue(name), name)
    job = bundle(shapes, "shapes")["job_definitions"]["prepare"]
    client.call(
        "RegisterJobDefinition",
        jobDefinitionName=job["name"],
        type=job["type"],
        containerProperties=job["container_properties"],
        parameters=job["parameters"],
        retryStrategy=job["retry_strategy"],
        timeout={"attemptDurationSeconds": job["timeout_seconds"]},
        platformCapabilities=job["platform_capabilities"],
    )
    return client


@pytest.mark.parametrize("reclaims", [3, 2])
def test_a_job_whose_hosts_are_all_taken_ends_on_demand(
    client: Client,
    shapes: Environment,
    execute: Callable[..., Any],
    failed: type[Exception],
    reclaims: int,
) -> None:
    jobs: list[dict[str, Any]] = []

    def answer(resource: str, arguments: dict[str, Any]) -> Any:
        request = integration.submit_payload(arguments)
        job_id = client.call("SubmitJob", **request)["jobId"]
        for number in range(reclaims if not jobs else 0):
            reclaim(client, job_id, number)
        jobs.append(client.ended(job_id))
        if jobs[-1]["status"] == "FAILED":
            raise failed(*integration.failure(jobs[-1]))
        return integration.sync_result(jobs[-1])

    states = {"Prepare": Blocks(deployment(shapes, "shapes")).batch_task("prepare")}
    machine = expand({"QueryLanguage": "JSONata", "StartAt": "Prepare", "States": states}, "test")
    output = execute(machine, {"source": "s3://in/x"}, answer)
    queues = [job["jobQueue"].rpartition("-local-")[2] for job in jobs]
    assert queues == (["low", "on-demand"] if reclaims == 3 else ["low"])
    assert [len(job["attempts"]) for job in jobs] == ([3, 1] if reclaims == 3 else [3])
    assert output["steps"]["prepare"]["status"] == "SUCCEEDED"
    assert output["steps"]["prepare"]["jobId"] == jobs[-1]["jobId"]


def reclaim(client: Client, job_id: str, attempts: int) -> None:
    """Take the host of a job's next attempt as soon as it runs."""
    end = time.monotonic() + 10
    while True:
        job = client.job(job_id)
        if job["status"] == "RUNNING" and len(job["attempts"]) == attempts:
            client.engine.reclaim(SCOPE, job_id)
            return
        assert time.monotonic() < end, job
        time.sleep(0.005)
