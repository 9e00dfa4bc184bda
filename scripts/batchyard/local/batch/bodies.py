"""What a job runs on one host: a container, or the containers of a task."""

from __future__ import annotations

import hashlib
from typing import Any

from batchyard.local.batch import nodes
from batchyard.local.batch.model import Job

Properties = dict[str, Any]
# What the one container of a task is called in its log stream (facts of the service, see `streams`).
DEFAULT_NAME = "default"


def of(job: Job) -> Properties:
    """Return the properties of a job itself: of its container, or of its task (as ecsProperties).

    The parent of a multi-node job has those of its main node.
    """
    spec = job.spec
    if spec.shape != "nodes":
        return spec.body
    properties = spec.properties
    return nodes.body(_entry(properties, properties["mainNode"] if job.index is None else job.index))


def _entry(properties: Properties, index: int) -> Properties:
    """Return one of `nodes.entries` without making all of them."""
    spans = [
        (nodes.span(each["targetNodes"], properties["numNodes"]), each)
        for each in properties["nodeRangeProperties"]
    ]
    found: Properties = min(
        (pair for pair in reversed(spans) if index in pair[0]), key=lambda pair: len(pair[0])
    )[1]
    return found


def task_of(body: Properties) -> Properties | None:
    """Return the task of ecsProperties (there is exactly one), or None for a container's properties."""
    tasks = body.get("taskProperties")
    return tasks[0] if tasks else None


def name_of(container: Properties) -> str:
    return str(container.get("name") or DEFAULT_NAME)


def key_of(task: str, number: int) -> str:
    """Return what one of a task's containers is called among executors, folders and container names."""
    return f"{task}.{number}"


def main_node_address(job_id: str) -> str:
    """Return the loopback address of a multi-node job's main node: one of its own in 127.0.0.0/8.

    All nodes are on this machine, so that two jobs whose main nodes listen on the same port are told apart
    by the address alone. 127.0.0.x is left to everything else.
    """
    second, third, fourth = hashlib.sha256(job_id.encode()).digest()[:3]
    return f"127.{1 + second % 254}.{third}.{1 + fourth % 254}"
