"""Whether a compute environment could ever hold a job, in the words of the service."""

from __future__ import annotations

import functools
import re
from typing import Any

from batchyard.local.batch import compute, containers
from batchyard.local.batch.model import JobSpec

# https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
MAX_RESOURCE = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet "
    "the CPU requirement of the job."
)
JOB_REQUIREMENT = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher "
    "than that can be met by the CE(s) attached to the job queue."
)
_SIZE = re.compile(r"([a-z]+)\d[a-z0-9-]*\.(?:(\d+)?x)?large")
# GiB per vCPU of the families whose ratio is fixed by name; others are not judged.
_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}


def misfit(spec: JobSpec, environment: dict[str, Any]) -> str | None:
    """Return the status reason of a job that can never run on an environment, or None."""
    if spec.vcpus > compute.capacity(environment):
        return MAX_RESOURCE
    types = environment.get("computeResources", {}).get("instanceTypes") or ()
    sizes = [_size(each) for each in types]
    if not sizes or None in sizes or containers.gpus(spec.container):
        return None
    gib = containers.memory_mib(spec.container) / 1024
    fits = any(size and spec.vcpus <= size[0] and gib <= size[1] for size in sizes)
    return None if fits else JOB_REQUIREMENT


@functools.cache
def _size(instance_type: str) -> tuple[int, int] | None:
    """Return vCPUs and GiB of an instance type, or None where its name does not tell."""
    match = _SIZE.fullmatch(instance_type)
    if not match or match[1] not in _GIB_PER_VCPU:
        return None
    vcpus = 4 * int(match[2] or 1) if "xlarge" in instance_type else 2
    return vcpus, vcpus * _GIB_PER_VCPU[match[1]]
