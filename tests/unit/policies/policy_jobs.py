"""Job definitions as bundles hold them: a right one of each shape, and some that break one rule each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Job = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/of-a-test"
SECRET = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:of-a-test"
SHAPES = ("container", "ecs", "nodes", "eks")
_CONTAINER: Job = {
    "image": "registry.example.com:5000/tools/align:1.2",
    "environment": [{"name": "LEVEL", "value": "info"}],
    "jobRoleArn": ROLE,
}
_PART: Job = {key: value for key, value in _CONTAINER.items() if key != "jobRoleArn"} | {"name": "main"}
_POD_PART: Job = {
    "name": "main",
    "image": _CONTAINER["image"],
    "env": [{"name": "LEVEL", "value": "info"}],
    "resources": {"limits": {"cpu": "1", "memory": "512Mi"}},
    "securityContext": {"privileged": False, "runAsNonRoot": True},
}
_BODIES: dict[str, Job] = {
    "container": {"platform_capabilities": ["EC2"], "container_properties": _CONTAINER},
    "ecs": {
        "platform_capabilities": ["EC2"],
        "ecs_properties": {
            "taskProperties": [{"taskRoleArn": ROLE, "containers": [_PART, _PART | {"name": "sidecar"}]}]
        },
    },
    "nodes": {
        "type": "multinode",
        "node_properties": {
            "mainNode": 0,
            "numNodes": 3,
            "nodeRangeProperties": [
                {"targetNodes": "0", "container": _CONTAINER},
                {"targetNodes": "1:2", "container": _CONTAINER},
            ],
        },
    },
    "eks": {
        "eks_properties": {
            "podProperties": {
                "serviceAccountName": "of-a-test",
                "containers": [_POD_PART],
                "initContainers": [_POD_PART | {"name": "fetch"}],
                "metadata": {"labels": {"camelCase": "stays"}},
            }
        }
    },
}


def right(shape: str) -> Job:
    """Return a job definition of a shape that keeps every rule."""
    body: Job = json.loads(json.dumps(_BODIES[shape]))
    common = {
        "name": f"of-a-test-{shape}",
        "type": "container",
        "platform_capabilities": [],
        "parameters": {},
        "retry_strategy": {
            "attempts": 3,
            "evaluateOnExit": [
                {"action": "RETRY", "onStatusReason": "Host EC2*"},
                {"action": "EXIT", "onReason": "*"},
            ],
        },
        "timeout_seconds": 3600,
        "propagate_tags": shape != "eks",
        "scheduling_priority": None,
        "tags": {},
    }
    return common | body


def task(job: Job) -> Job:
    """Return what holds the roles, of the last task of a definition."""
    if "ecs_properties" in job:
        found: Job = job["ecs_properties"]["taskProperties"][-1]
    elif "node_properties" in job:
        found = job["node_properties"]["nodeRangeProperties"][-1]["container"]
    elif "eks_properties" in job:
        found = job["eks_properties"]["podProperties"]
    else:
        found = job["container_properties"]
    return found


def last(job: Job) -> Job:
    """Return the last container of a definition: a rule that looks at the first alone misses it."""
    holder = task(job)
    found: Job = holder.get("initContainers", holder.get("containers", [holder]))[-1]
    return found


def broken() -> Iterator[tuple[int, str, str, Job]]:
    """Return rule, shape, what is said and the definition, for every rule in every shape that has it."""
    for shape in SHAPES:
        variables, security = ("env", "securityContext") if shape == "eks" else ("environment", "")
        job = right(shape)
        (last(job)[security] if security else last(job))["privileged"] = True
        yield 1, shape, "is privileged", job
        for image, said in (
            ("tools/align:latest", "has the tag latest"),
            ("r.example.com:5000/a", "has no tag"),
        ):
            job = right(shape)
            last(job)["image"] = image
            yield 2, shape, said, job
        yield 3, shape, "has no timeout", right(shape) | {"timeout_seconds": None}
        yield 4, shape, "has no retry strategy", right(shape) | {"retry_strategy": None}
        for rules, said in (
            ([], "does not end with EXIT on *"),
            ([{"action": "RETRY", "onStatusReason": "Host EC2*"}], "does not end with EXIT on *"),
            ([{"action": "EXIT", "onExitCode": "*"}], "does not end with EXIT on *"),
            ([{"action": "EXIT", "onReason": "*", "onExitCode": "1"}], "does not end with EXIT on *"),
            ([{"action": "RETRY", "onReason": "*"}, {"action": "EXIT", "onReason": "*"}], "retries on *"),
        ):
            yield 4, shape, said, right(shape) | {"retry_strategy": {"attempts": 2, "evaluateOnExit": rules}}
        job = right(shape)
        last(job)[variables] = [{"name": "DB_PASSWORD", "value": "hunter2"}]
        yield 5, shape, "variable DB_PASSWORD of", job
        job = right(shape)
        task(job).pop(ROLE_FIELDS[shape])
        yield 7, shape, f"has no {ROLE_FIELDS[shape]}", job
        yield from _of_ecs(shape)


ROLE_FIELDS = {
    "container": "jobRoleArn",
    "ecs": "taskRoleArn",
    "nodes": "jobRoleArn",
    "eks": "serviceAccountName",
}


def _of_ecs(shape: str) -> Iterator[tuple[int, str, str, Job]]:
    """What pods do not have: execution roles and public addresses."""
    needs: dict[str, Any] = {
        "secrets": [{"name": "KEY", "valueFrom": SECRET}],
        "repositoryCredentials": {"credentialsParameter": SECRET},
        "logConfiguration": {
            "logDriver": "splunk",
            "secretOptions": [{"name": "splunk-token", "valueFrom": SECRET}],
        },
    }
    if shape == "eks":
        return
    for name, value in needs.items():
        job = right(shape)
        last(job)[name] = value
        yield 6, shape, f"needs one for {name}", job
    if shape == "nodes":
        return
    yield 6, shape, "needs one for Fargate", right(shape) | {"platform_capabilities": ["FARGATE"]}
    job = right(shape)
    task(job)["networkConfiguration"] = {"assignPublicIp": "ENABLED"}
    yield 8, shape, "assignPublicIp ENABLED", job
