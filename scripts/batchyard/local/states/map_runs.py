"""Map runs of executions, as DescribeMapRun tells them."""

from __future__ import annotations

from batchyard.asl.engine import Execution
from batchyard.local.states.interface import Json


def map_runs(execution: Execution) -> dict[str, Json]:
    """Return an execution's map runs by ARN, as they stand."""
    return {arn: run.describe() for arn, run in execution.map_runs.items()}
