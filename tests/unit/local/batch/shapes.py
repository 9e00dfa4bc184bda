"""Jobs of several containers and of several nodes, in the fewest words."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from tests.unit.local.batch.fakes import Client, FakeHost

NEEDS = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}]


def shell(script: str, **more: Any) -> dict[str, Any]:
    """Return properties of a container that runs a shell script on this machine."""
    return {"image": "host", "command": ["sh", "-c", script], "resourceRequirements": NEEDS} | more


def after(*conditions: str) -> list[dict[str, str]]:
    """Return dependencies, each written as `name:CONDITION`."""
    pairs = (each.split(":") for each in conditions)
    return [{"containerName": name, "condition": condition} for name, condition in pairs]


def task(**containers: dict[str, Any]) -> dict[str, Any]:
    """Return ecsProperties of a task with these containers."""
    return {"taskProperties": [{"containers": [{"name": name, **each} for name, each in containers.items()]}]}


def several(
    client: Client, /, name: str = "several", role: str | None = None, **containers: dict[str, Any]
) -> str:
    """Register a definition of several containers, with an execution role or not, and return its ARN."""
    properties = task(**containers)
    if role:
        properties["taskProperties"][0]["executionRoleArn"] = role
    return str(
        client.call(
            "RegisterJobDefinition",
            jobDefinitionName=name,
            type="container",
            ecsProperties=properties,
        )["jobDefinitionArn"]
    )


def spread(client: Client, count: int, /, *, main: int = 0, name: str = "spread", **ranges: Any) -> str:
    """Register a definition of `count` nodes: script or properties by range (`_0`, `_1_` for "0", "1:")."""
    entries = [
        {
            "targetNodes": key[1:].replace("_", ":"),
            **({"container": shell(each)} if isinstance(each, str) else each),
        }
        for key, each in ranges.items()
    ]
    properties = {"numNodes": count, "mainNode": main, "nodeRangeProperties": entries}
    return str(
        client.call(
            "RegisterJobDefinition", jobDefinitionName=name, type="multinode", nodeProperties=properties
        )["jobDefinitionArn"]
    )


def by_name(job: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the containers of a job, or of one of its attempts, by name."""
    (found,) = (job.get("ecsProperties") or job)["taskProperties"]
    return {each["name"]: each for each in found["containers"]}


def output(host: FakeHost, container: dict[str, Any]) -> list[str]:
    return host.logs.get(("/aws/batch/job", container["logStreamName"]), [])


def until(*files: Path) -> str:
    """Return shell that waits for files, so that no test depends on how fast processes start."""
    return "; ".join(f"until [ -e {each} ]; do sleep 0.01; done" for each in files)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
