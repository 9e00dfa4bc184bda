"""Runs of the example workflows, and what tests want to know of them."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tests.stack import Stack

_LOG_GROUP = "/aws/batch/job"
T = TypeVar("T")


class Run:
    """An execution that is waited for later."""

    def __init__(self, stack: Stack, workflow: str, document: dict[str, Any]) -> None:
        self._stack = stack
        file = stack.root / "build" / f"input-{time.time_ns()}.json"
        file.write_text(json.dumps(document))
        started = stack.cli("run", "start", workflow, "--input", str(file), "--output", "json").checked()
        self.arn: str = started.json()["executionArn"]

    def ended(self, seconds: float = 120) -> dict[str, Any]:
        """Return the run's result document once it has ended."""
        states = self._stack.client("stepfunctions")

        def status() -> str | None:
            found = str(states.describe_execution(executionArn=self.arn)["status"])
            return None if found == "RUNNING" else found

        soon(status, seconds)
        return dict(self._stack.cli("run", "show", self.arn, "--output", "json").json())


def soon(found: Callable[[], T | None], seconds: float = 60) -> T:
    """Return what a function finds, once it finds something."""
    end = time.monotonic() + seconds
    while (result := found()) is None:
        assert time.monotonic() < end, f"nothing after {seconds} s"
        time.sleep(0.05)
    return result


def content(stack: Stack, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bytes(stack.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def document(stack: Stack, uri: str) -> Any:
    return json.loads(content(stack, uri))


def job_of(stack: Stack, answer: dict[str, Any], state: str) -> dict[str, Any]:
    """Return what DescribeJobs tells of the job of a state."""
    [job_id] = {step["jobId"] for step in answer["steps"] if step["state"] == state and step["jobId"]}
    return described(stack, job_id)


def described(stack: Stack, job_id: str) -> dict[str, Any]:
    [job] = stack.client("batch").describe_jobs(jobs=[job_id])["jobs"]
    return dict(job)


def containers(job: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the containers of a job of several, by name."""
    [task] = job["ecsProperties"]["taskProperties"]
    return {each["name"]: each for each in task["containers"]}


def log(stack: Stack, stream: str) -> str:
    events = stack.client("logs").get_log_events(
        logGroupName=_LOG_GROUP, logStreamName=stream, startFromHead=True
    )["events"]
    return "\n".join(event["message"] for event in events)


def processes(stack: Stack, **variables: str) -> list[int]:
    """Return the processes of the stack's jobs on this machine whose environment has these variables."""
    wanted = {"AWS_ENDPOINT_URL": stack.endpoint, **variables}
    pairs = {f"{name}={value}".encode() for name, value in wanted.items()}
    return [pid for pid, environment in _environments() if pairs <= environment]


def _environments() -> Iterator[tuple[int, set[bytes]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), set((entry / "environ").read_bytes().split(b"\0"))
            except OSError:
                continue


def variable(pid: int, name: str) -> str:
    """Return a variable of a process."""
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.partition("=")[::2] for pair in pairs)[name]


def reclaim(stack: Stack, job_id: str) -> None:
    """Take the Spot capacity that a job runs on."""
    body = json.dumps({"kind": "spot", "job": job_id}).encode()
    request = urllib.request.Request(f"{stack.endpoint}/_batchyard/fault", body)
    with urllib.request.urlopen(request, timeout=10):
        pass
