"""Machines that are too long to be written down as cases."""

from __future__ import annotations

from typing import Any

from batchyard.asl.engine import Execution, virtual

from .mock import SIZES, Driver


def test_variables_of_an_execution_may_be_10_mib_together() -> None:
    # Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    size = len(SIZES["BIG_HALF"]) + 2  # as JSON
    most = 10 * 2**20 // size
    assert run(assigning(most)).status == "SUCCEEDED"
    assert run(assigning(most + 1)).error == "States.DataLimitExceeded"


def assigning(count: int) -> dict[str, Any]:
    """Return a machine that stores its input in so many variables."""
    states: dict[str, Any] = {
        f"S{number}": {"Type": "Pass", "Assign": {f"v{number}.$": "$"}, "Next": f"S{number + 1}"}
        for number in range(count)
    }
    return {"StartAt": "S0", "States": {**states, f"S{count}": {"Type": "Succeed"}}}


def run(machine: dict[str, Any]) -> Execution:
    driver = Driver()
    execution = driver.start(virtual.spec(machine, f'"{SIZES["BIG_HALF"]}"'))
    driver.run()
    return execution
