"""Whether a compute environment could ever hold a job, in the words of the service."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchyard.local.batch import compute, containers, instances, needs, node_rules
from batchyard.local.batch.instances import Size
from batchyard.local.batch.model import JobSpec
from batchyard.local.batch.needs import Needs

# https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
MAX_RESOURCE = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet "
    "the CPU requirement of the job."
)
JOB_REQUIREMENT = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher "
    "than that can be met by the CE(s) attached to the job queue."
)


@dataclass(frozen=True, slots=True)
class Hosts:
    """What instance types hold: sizes, where all names tell them, and whether any has GPUs."""

    sizes: tuple[Size, ...] | None
    gpus: bool

    def hold(self, asked: Needs) -> bool:
        if asked.gpus and not self.gpus:
            return False
        gib = asked.memory_mib / 1024
        return self.sizes is None or any(
            asked.vcpus <= size.vcpus and gib <= size.gib and asked.gpus <= size.gpus for size in self.sizes
        )


def misfit(spec: JobSpec, environment: dict[str, Any]) -> str | None:
    """Return the status reason of a job that can never run on an environment, or None."""
    if spec.vcpus > compute.capacity(environment):
        return MAX_RESOURCE
    types = environment.get("computeResources", {}).get("instanceTypes")
    if spec.shape == "nodes" and not _takes_nodes(spec.properties, environment, types or ()):
        return JOB_REQUIREMENT
    if not types:
        return None
    hosts = _hosts(tuple(types))
    if spec.shape == "container" and hosts.sizes is None:
        # The way of nearly all jobs, and of each of ten thousand array children.
        return JOB_REQUIREMENT if not hosts.gpus and containers.gpus(spec.container) else None
    return None if all(map(hosts.hold, needs.hosts(spec.body))) else JOB_REQUIREMENT


@functools.lru_cache(maxsize=256)
def _hosts(types: tuple[str, ...]) -> Hosts:
    found: list[Size] = []
    known = True
    for each in types:
        sizes = instances.sizes(each)
        known = known and sizes is not None
        found += sizes or ()
    return Hosts(tuple(found) if known else None, not all(map(instances.without_gpus, types)))


def _takes_nodes(properties: Mapping[str, Any], environment: Mapping[str, Any], types: Sequence[str]) -> bool:
    """Tell whether a multi-node job may run on an environment: none of Spot, and its instance type is there.

    https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html
    """
    if compute.is_spot(environment):
        return False
    asked = node_rules.instance_types(properties["nodeRangeProperties"][0])
    if not asked or not types or instances.BUNDLES.intersection(types):
        return True
    return asked[0] in types or asked[0].partition(".")[0] in types
