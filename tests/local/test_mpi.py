"""The workflow mpi: nodes of one job that add up over sockets."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from tests.local.example_runs import Run, described, document, job_of, log, processes, soon
from tests.stack import Stack

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("stack")]


def integrals(stack: Stack, name: str, nodes: int, **more: Any) -> dict[str, Any]:
    given = {"runId": name, "nodes": nodes, "terms": 6, "intervals": 30_000}
    return {**given, "resultsS3Path": stack.place("mpi"), **more}


@pytest.mark.parametrize("nodes", [1, 4])
def test_the_nodes_add_up_to_the_closed_form(stack: Stack, nodes: int) -> None:
    answer = stack.run("mpi", integrals(stack, f"nodes-{nodes}", nodes))
    assert answer["status"] == "SUCCEEDED", answer
    result = document(stack, answer["output"]["result"])
    assert result["nodes"] == nodes
    assert result["integrals"] == pytest.approx([1 / (k + 1) for k in range(6)], abs=1e-8)
    job = job_of(stack, answer, "Reduce")
    assert job["nodeProperties"]["numNodes"] == nodes
    streams = set()
    for index in range(nodes):
        node = described(stack, f"{job['jobId']}#{index}")
        assert (node["nodeDetails"]["nodeIndex"], node["nodeDetails"]["isMainNode"]) == (index, index == 0)
        streams.add(node["container"]["logStreamName"])
        assert f'"node": {index}' in log(stack, node["container"]["logStreamName"])
    assert len(streams) == nodes


def test_jobs_at_the_same_time_keep_to_themselves(stack: Stack) -> None:
    runs = [Run(stack, "mpi", integrals(stack, f"at-once-{terms}", 2, terms=terms)) for terms in (2, 3, 4)]
    for run, terms in zip(runs, (2, 3, 4), strict=True):
        answer = run.ended()
        assert answer["status"] == "SUCCEEDED", answer
        assert len(document(stack, answer["output"]["result"])["integrals"]) == terms


def test_a_node_that_is_lost_costs_an_attempt(stack: Stack) -> None:
    if not stack.is_local:
        pytest.skip("kills a process, which can only be done on this machine")
    run = Run(stack, "mpi", integrals(stack, "lost", 3, intervals=3_000_000, reduce={"waitSeconds": 5}))
    first = {"AWS_BATCH_JOB_NUM_NODES": "3", "AWS_BATCH_JOB_NODE_INDEX": "2", "AWS_BATCH_JOB_ATTEMPT": "1"}
    for pid in soon(lambda: processes(stack, **first) or None):
        os.kill(pid, signal.SIGKILL)
    answer = run.ended()
    assert answer["status"] == "SUCCEEDED", answer
    assert document(stack, answer["output"]["result"])["nodes"] == 3
    job = job_of(stack, answer, "Reduce")
    main = described(stack, f"{job['jobId']}#0")
    assert [attempt["container"]["exitCode"] for attempt in main["attempts"]] == [75, 0]
    said = log(stack, main["attempts"][0]["container"]["logStreamName"])
    assert "of 3 nodes, these have not called port" in said
    assert "within 5 s: 2;" in said
