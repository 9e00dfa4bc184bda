"""One job of a manifest, changed key by key."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from batchyard.errors import ManifestError
from batchyard.manifest import Job, Workflow
from batchyard.manifest.checking import check
from batchyard.manifest.marked import read_yaml

_CONTAINER = {"image": "tool", "vcpus": 1, "memory": 2048}
_COMMON = {"queue": "high", "timeout": "1h"}
BASES: dict[str, dict[str, Any]] = {
    "container": {**_COMMON, **_CONTAINER},
    "gpu": {**_COMMON, **_CONTAINER, "kind": "gpu", "gpus": 1},
    "fargate": {**_COMMON, **_CONTAINER, "kind": "fargate"},
    "array": {**_COMMON, **_CONTAINER, "kind": "array", "size": 10},
    "multi-container": {
        **_COMMON,
        "kind": "multi-container",
        "containers": {
            "server": {**_CONTAINER, "essential": False},
            "agent": {**_CONTAINER, "depends_on": {"server": "START"}},
        },
    },
    "multi-node": {
        **_COMMON,
        "kind": "multi-node",
        "nodes": 4,
        "ranges": {"0": {**_CONTAINER}, "1:": {**_CONTAINER}},
    },
    "eks": {**_COMMON, "kind": "eks", "pod": {"containers": {"main": {**_CONTAINER}}}},
}


def changed(kind: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return a job of a kind with values set by path (`containers/server/vcpus`); None removes a key."""
    job = copy.deepcopy(BASES[kind])
    for path, value in changes.items():
        *parents, last = path.split("/")
        inner = job
        for key in parents:
            inner = inner.setdefault(key, {})
        if value is None:
            del inner[last]
        else:
            inner[last] = value
    return job


def read(job: dict[str, Any]) -> Job:
    text = json.dumps({"name": "demo", "description": "It", "jobs": {"one": job}}, indent=1)
    return check(Workflow, read_yaml(text, "workflow.yaml")).jobs["one"]


@pytest.fixture
def made() -> Callable[..., Job]:
    """Return a function that reads a job of a kind with changes."""
    return lambda kind, **changes: read(
        changed(kind, {path.replace("__", "/"): value for path, value in changes.items()})
    )


@pytest.fixture
def fault() -> Callable[[str, dict[str, Any]], ManifestError]:
    """Return a function that gives the error of a job of a kind with changes by path."""

    def run(kind: str, changes: dict[str, Any]) -> ManifestError:
        with pytest.raises(ManifestError) as caught:
            read(changed(kind, changes))
        return caught.value

    return run
