"""Jobs written as a manifest has them, rendered in an environment with a queue of every platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from batchyard.environments import Environment
from batchyard.manifest.marked import read_yaml
from batchyard.manifest.workflow import Workflow
from batchyard.render.deployment import Deployment
from batchyard.render.job_definitions import job_definition

Define = Callable[[str], dict[str, dict[str, Any]]]
_CLUSTER = "arn:aws:eks:us-east-1:000000000000:cluster/science"
_ON = {
    "spot": {"type": "SPOT", "max_vcpus": 1024},
    "on-demand": {"type": "EC2", "max_vcpus": 64},
    "gpus": {"type": "SPOT", "max_vcpus": 64, "instance_types": ["g5"], "image": "al2023_nvidia"},
    "fargate": {"type": "FARGATE", "max_vcpus": 64},
    "fargate-spot": {"type": "FARGATE_SPOT", "max_vcpus": 64},
    "hpc": {"type": "EC2", "max_vcpus": 128, "instance_types": ["c7i"], "scratch": {"kind": "none"}},
    "disks": {
        "type": "SPOT",
        "max_vcpus": 64,
        "instance_types": ["c6id"],
        "scratch": {"kind": "instance-store", "mount": "/nvme"},
    },
    "eks": {
        "type": "EKS",
        "max_vcpus": 64,
        "eks": {
            "cluster_arn": _CLUSTER,
            "namespace": "batch",
            "subnet_ids": ["subnet-0123456789abcdef0"],
            "security_group_ids": ["sg-0123456789abcdef0"],
        },
    },
}
_QUEUES = {
    "high": "spot",
    "low": "disks",
    "on-demand": "on-demand",
    "gpu": "gpus",
    "fargate": "fargate",
    "fargate-spot": "fargate-spot",
    "hpc": "hpc",
    "eks": "eks",
}


@pytest.fixture(scope="session")
def everywhere() -> Environment:
    """Return an environment with a queue of every platform, and one with fair share."""
    queues: dict[str, Any] = {name: {"priority": 1, "compute": [on]} for name, on in _QUEUES.items()}
    shared = {"priority": 1, "compute": ["gpus"], "fair_share": {"shares": {"a": 1.0}}}
    return Environment.model_validate(
        {
            "environment": "test",
            "account_id": "000000000000",
            "region": "us-east-1",
            "buckets": {"data": {}},
            "compute": _ON,
            "queues": {**queues, "shared": shared},
            "workflows": {"demo": {}},
            "privileged_jobs": [
                f"demo/everything-{each}" for each in ("on-ec2", "of-a-task", "of-nodes", "of-a-pod")
            ],
        }
    )


@pytest.fixture(scope="session")
def define(everywhere: Environment) -> Define:
    """Return a function that renders the definitions of a manifest's `jobs`, written as YAML."""

    def run(text: str) -> dict[str, dict[str, Any]]:
        whole = f"name: demo\ndescription: A demonstration\n{text}"
        manifest = Workflow.of(read_yaml(whole, "workflow.yaml"))
        deployment = Deployment(everywhere, "demo", "exome", manifest)
        names = {image for job in manifest.jobs.values() for image in job.images}
        images = {name: everywhere.names.image(name, "0123456789ab") for name in names}
        return {key: job_definition(deployment, key, images) for key in manifest.jobs}

    return run
