"""The Terraform boundary: plans are saved, read and applied as they are."""

from __future__ import annotations

from batchyard.terraform.applying import apply, destroy, plan_destroy
from batchyard.terraform.initialise import init
from batchyard.terraform.plans import PlanResult, plan
from batchyard.terraform.queries import outputs, version
from batchyard.terraform.summary import Summary, summarize

__all__ = [
    "PlanResult",
    "Summary",
    "apply",
    "destroy",
    "init",
    "outputs",
    "plan",
    "plan_destroy",
    "summarize",
    "version",
]
