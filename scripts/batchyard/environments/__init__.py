"""Environments are data: terraform/environments/<name>.tfvars, read and checked for the Python side."""

from __future__ import annotations

from batchyard.environments.compute import Compute, ComputeType
from batchyard.environments.files import available, load
from batchyard.environments.model import DeployedWorkflow, Environment
from batchyard.environments.queue import FairShare, Queue

__all__ = [
    "Compute",
    "ComputeType",
    "DeployedWorkflow",
    "Environment",
    "FairShare",
    "Queue",
    "available",
    "load",
]
