"""Throughput and memory of the Batch engine, as ratios to their aims.

Run as a script, it prints the ratios; `run()` returns every figure. A ratio above 1 means
that the aim is met.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from botocore import xform_name

from batchyard.local.batch import BatchEngine, EngineSettings, Scope

SCOPE = Scope("000000000000", "us-east-1")
AIM_SIMULATED_PER_S = 200.0
AIM_PROCESS_PER_S = 60.0
AIM_ARRAY_MIB = 150.0
ARRAY_SIZE = 10_000
_ENDED = {"jobQueue": "q", "jobStatus": "SUCCEEDED"}


class SilentHost:
    """A host that takes everything and keeps nothing, so that only the engine is measured."""

    endpoint_url = "http://127.0.0.1:9"

    def put_log_events(self, *_: object) -> None:
        pass

    def put_event(self, *_: object) -> None:
        pass

    def credentials(self, scope: Scope, role_arn: str, session_name: str) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    def secret(self, *_: object) -> str:
        return ""

    def parameters(self, *_: object) -> Mapping[str, str]:
        return {}


def _call(engine: BatchEngine, operation: str, **payload: object) -> dict[str, Any]:
    status, body = engine.handle(SCOPE, "POST", f"/v1/{operation.lower()}", payload)
    if status != 200:
        raise RuntimeError(f"{operation}: {body}")
    return body


@contextmanager
def engine_with_queue(settings: EngineSettings, max_vcpus: int) -> Iterator[BatchEngine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = BatchEngine(Path(folder), SilentHost(), settings)
        engine.start()
        try:
            _prepare(partial(_call, engine), max_vcpus)
            yield engine
        finally:
            engine.stop()


def _prepare(call: Callable[..., Any], max_vcpus: int) -> None:
    resources = {
        "type": "EC2",
        "maxvCpus": max_vcpus,
        "subnets": ["subnet-1"],
        "securityGroupIds": ["sg-1"],
        "instanceRole": "role",
        "instanceTypes": ["optimal"],
    }
    call("CreateComputeEnvironment", computeEnvironmentName="ce", type="MANAGED", computeResources=resources)
    order = [{"order": 1, "computeEnvironment": "ce"}]
    call("CreateJobQueue", jobQueueName="q", priority=1, computeEnvironmentOrder=order)
    properties = {"image": "host", "command": ["true"], "vcpus": 1, "memory": 128}
    call("RegisterJobDefinition", jobDefinitionName="d", type="container", containerProperties=properties)


def submit(engine: BatchEngine, **more: object) -> str:
    job = {"jobName": "j", "jobQueue": "q", "jobDefinition": "d", **more}
    return str(_call(engine, "SubmitJob", **job)["jobId"])


def _await(engine: BatchEngine, ids: Sequence[str]) -> None:
    done = threading.Semaphore(0)
    for job_id in ids:
        engine.wait(SCOPE, job_id, lambda _: done.release())
    for _ in ids:
        done.acquire()


def jobs_per_second(executor: str, jobs: int, max_vcpus: int = 64) -> float:
    """Return jobs per second from the first SubmitJob to the last SUCCEEDED."""
    host_map = {"host": {"host": True}}
    with engine_with_queue(EngineSettings(executor=executor, image_map=host_map), max_vcpus) as engine:  # type: ignore[arg-type]
        begun = time.perf_counter()
        _await(engine, [submit(engine) for _ in range(jobs)])
        return jobs / (time.perf_counter() - begun)


def fair_jobs_per_second(jobs: int, shares: int, max_vcpus: int = 64) -> float:
    """Return simulated jobs per second through a fair-share queue, submitted for each share in turn."""
    with engine_with_queue(EngineSettings(executor="simulated"), max_vcpus) as engine:
        policy = _call(engine, "CreateSchedulingPolicy", name="p", fairsharePolicy={"computeReservation": 10})
        order = [{"order": 1, "computeEnvironment": "ce"}]
        queue = {"jobQueueName": "fair", "priority": 1, "computeEnvironmentOrder": order}
        _call(engine, "CreateJobQueue", **queue, schedulingPolicyArn=policy["arn"])
        begun = time.perf_counter()
        names = [f"share{number % shares}" for number in range(jobs)]
        _await(
            engine,
            [
                submit(engine, jobQueue="fair", shareIdentifier=name, schedulingPriorityOverride=0)
                for name in names
            ],
        )
        return jobs / (time.perf_counter() - begun)


def http_jobs_per_second(jobs: int) -> float:
    """Return simulated jobs per second through a local environment, submitted one by one with boto3."""
    from batchyard.local import control

    with tempfile.TemporaryDirectory() as folder, _local_dir(folder):
        try:
            batch = _client(control.up(port=_free_port(), executor="simulated").endpoint)
            _prepare(lambda name, **payload: getattr(batch, xform_name(name))(**payload), 64)
            begun = time.perf_counter()
            for _ in range(jobs):
                batch.submit_job(jobName="j", jobQueue="q", jobDefinition="d")
            pages = batch.get_paginator("list_jobs")
            while sum(len(page["jobSummaryList"]) for page in pages.paginate(**_ENDED)) < jobs:
                time.sleep(0.01)
            return jobs / (time.perf_counter() - begun)
        finally:
            control.down()


@contextmanager
def _local_dir(folder: str) -> Iterator[None]:
    before = os.environ.get("BATCHYARD_LOCAL_DIR")
    os.environ["BATCHYARD_LOCAL_DIR"] = folder
    try:
        yield
    finally:
        os.environ.pop("BATCHYARD_LOCAL_DIR")
        if before is not None:
            os.environ["BATCHYARD_LOCAL_DIR"] = before


def _client(endpoint: str) -> Any:
    import boto3

    keys = {"aws_access_key_id": SCOPE.account, "aws_secret_access_key": "any"}
    return boto3.client("batch", endpoint_url=endpoint, region_name=SCOPE.region, **keys)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def array_memory() -> dict[str, float]:
    """Return what an array of 10,000 adds to the idle engine's memory, and how fast it runs."""
    with engine_with_queue(EngineSettings(executor="simulated", seconds=0.01), 256) as engine:
        _await(engine, [submit(engine)])
        gc.collect()
        idle, threads, begun = _resident_mib(), threading.active_count(), time.perf_counter()
        parent = submit(engine, arrayProperties={"size": ARRAY_SIZE})
        done = threading.Event()
        engine.wait(SCOPE, parent, lambda _: done.set())
        peak, most = idle, threads
        while not done.wait(0.05):
            peak, most = max(peak, _resident_mib()), max(most, threading.active_count())
        seconds = time.perf_counter() - begun
    return {"mib_over_idle": peak - idle, "seconds": seconds, "threads_over_idle": float(most - threads)}


def run() -> dict[str, Any]:
    """Measure everything; return figures with their aims."""
    # First, while the process has no freed memory of other measurements to hide growth in.
    array = array_memory()
    figures = {
        "no-op jobs, simulated": (jobs_per_second("simulated", 2_000), "jobs/s", f">= {AIM_SIMULATED_PER_S}"),
        "no-op jobs, as processes": (jobs_per_second("process", 300), "jobs/s", f">= {AIM_PROCESS_PER_S}"),
        "no-op jobs, simulated, 4 shares": (fair_jobs_per_second(2_000, 4), "jobs/s", "-"),
        # Mostly boto3's own time, so it has no aim.
        "no-op jobs, simulated, by boto3": (http_jobs_per_second(500), "jobs/s", "-"),
        "array of 10,000, memory over idle": (array["mib_over_idle"], "MiB", f"<= {AIM_ARRAY_MIB}"),
        "array of 10,000, threads over idle": (array["threads_over_idle"], "threads", "<= 0"),
        "array of 10,000": (array["seconds"], "s", "-"),
    }
    return {
        name: dict(zip(("value", "unit", "aim"), figure, strict=True)) for name, figure in figures.items()
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
