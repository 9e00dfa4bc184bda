"""What containers on instances of EC2 have to keep to."""

from __future__ import annotations

from batchyard.manifest.faults import Broken
from batchyard.manifest.jobs.container import Container


def check_container(container: Container) -> None:
    """Check a container that runs on an instance.

    Raises:
        Broken: it asks for a part of a vCPU.
    """
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html: at least one vCPU,
    # each of them 1,024 CPU shares.
    if container.vcpus < 1 or container.vcpus != int(container.vcpus):
        what = f"on EC2 a container has a whole number of vCPUs, at least 1, not {container.vcpus:g}"
        raise Broken(what, at=("vcpus",), fix=f"write {max(1, -int(-container.vcpus // 1))}, or use Fargate")
