"""Jobs of every shape in the running environment: how Step Functions may submit them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.local.clients import Clients, single, task

pytestmark = pytest.mark.local
NEEDS = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "128"}]
TRUE: dict[str, Any] = {"image": "host", "command": ["env"], "resourceRequirements": NEEDS}
SHAPES: dict[str, dict[str, Any]] = {
    "ecsProperties": {"ecsProperties": {"taskProperties": [{"containers": [{"name": "a", **TRUE}]}]}},
    "multi-node parallel": {
        "type": "multinode",
        "nodeProperties": {
            "numNodes": 2,
            "mainNode": 0,
            "nodeRangeProperties": [{"targetNodes": "0:", "container": TRUE}],
        },
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_sync_is_for_plain_containers_only(aws: Clients, shape: str) -> None:
    """Batch refuses what .sync sets for pods: https://github.com/nextflow-io/nextflow/issues/5817"""
    name = shape.replace(" ", "-")
    aws("batch").register_job_definition(**{"jobDefinitionName": name, "type": "container", **SHAPES[shape]})
    waiting = aws.ended(aws.start(aws.machine(f"{name}-sync", single(task(name, aws.queue())))))
    assert (waiting["status"], waiting["error"]) == ("FAILED", "Batch.ClientException")
    assert f"Container overrides should not be set for {shape} jobs." in waiting["cause"]
    machine = aws.machine(f"{name}-submit", single(task(name, aws.queue(), wait=False)))
    submitted = aws.ended(aws.start(machine))
    assert submitted["status"] == "SUCCEEDED", submitted.get("cause")
    assert aws.job_ended(json.loads(submitted["output"])["JobId"])["status"] == "SUCCEEDED"


def test_a_plain_job_that_is_waited_for_knows_by_whom(aws: Clients) -> None:
    definition = aws.definition("managed", "env")
    done = aws.ended(aws.start(aws.machine("managed", single(task(definition, aws.queue())))))
    container = json.loads(done["output"])["Container"]
    assert {"Name": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"} in container["Environment"]
    assert "MANAGED_BY_AWS=STARTED_BY_STEP_FUNCTIONS" in aws.log(json.loads(done["output"])["JobId"])
