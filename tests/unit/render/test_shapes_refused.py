"""Arguments that a job's kind, its queue or Batch itself does not take: told before anything is deployed.

Rules: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html,
https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeOverrides.html
"""

# ruff: noqa: E501 - one line per case reads better
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batchyard.environments import Environment
from batchyard.errors import ManifestError
from batchyard.render.blocks import Blocks
from batchyard.render.bundles import rendered
from batchyard.render.deployment import deployment

TEMPLATE = "templates/workflows/shapes/state-machine.asl.yaml.j2"
MANIFEST = "templates/workflows/shapes/workflow.yaml"
FALLBACK = "    retry: spot-then-on-demand\n    on_demand_queue: on-demand\n"
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("prepare", {"size": 3}, "size is of arrays, and job prepare is of kind container\n  write kind: array"),
    ("explore", {"size": 3}, "size is of arrays, and job explore is of kind multi-container"),
    ("simulate", {"size": 1}, "size of job simulate is 1, and an array has 2 to 10,000 children\n  submit a single"),
    ("simulate", {"size": 10_001}, "size of job simulate is 10001, and an array has"),
    ("simulate", {"nodes": 2}, "nodes are of multi-node jobs, and job simulate is of kind array\n  write kind"),
    ("solve", {"nodes": 1}, "nodes of job solve is 1, and its ranges and main node need 2\n  write 2 or more"),
    ("solve", {"nodes": 1_000}, "vCPUs on 1000 nodes, and the queue on-demand leads to at most 64 (max_vcpus of on-demand), so it would wait for ever\n  ask for"),
    ("solve", {"size": 2}, "size is of arrays, and job solve is of kind multi-node"),
    ("explore", {"wait": "sync"}, "batch:submitJob.sync sets ContainerOverrides, which AWS Batch refuses for kind multi-container\n  leave wait"),
    ("solve", {"wait": "sync"}, "refuses for kind multi-node"),
    ("serve", {"wait": "sync"}, "refuses for kind eks"),
    ("serve", {"wait": "later"}, "wait of job serve is later\n  write sync, poll or submit"),
    ("learn", {"queue": "low"}, "queue low has no fair-share policy, and job learn has a share identifier\n  leave"),
    (
        "simulate",
        {"queue": "gpu-shared"},
        "queue gpu-shared has a fair-share policy, so job simulate needs a share identifier\n  write share under",
    ),
    ("simulate", {"queue": "fargate"}, "job simulate of kind array runs on EC2, and queue fargate leads to FARGATE\n  choose one of: low, on-demand"),
    ("index", {"queue": "pods"}, "runs on FARGATE, and queue pods leads to EKS"),
    ("solve", {"queue": "low"}, "job solve has nodes, which AWS Batch places on no Spot capacity as queue low has\n  choose one of: on-demand"),
    ("simulate", {"share": "'a'"}, "queue low has no fair-share policy, and job simulate has a share"),
    ("rate", {"depends_on": {"sort": ""}}, "depends_on of job rate names no job: sort\n  the manifest has: prepare"),
    ("rate", {"depends_on": {"simulate": "ONE"}}, "has the type ONE for simulate\n  write \"N_TO_N\""),
    ("rate", {"depends_on": {"simulate": "SEQUENTIAL"}}, "so it goes with the job's own key\n  write {\"rate\""),
    ("rate", {"depends_on": {"rate": ""}}, "so it goes with the job's own key"),
    ("rate", {"depends_on": {"prepare": "N_TO_N"}}, "N_TO_N is between arrays, and job prepare is of kind"),
    ("index", {"depends_on": {"simulate": "N_TO_N"}}, "between children of arrays, and job index is none"),
    ("explore", {"environment": {"robot": {"A": "'x'"}}}, "there is no container robot\n  the manifest has: server"),
    ("explore", {"environment": {"agent": {"A": "'x'"}, "B": "'y'"}}, "mixes variables and containers\n  name"),
    ("solve", {"environment": {"0:": {"A": "'x'"}}}, "there is no container 0:\n  the manifest has: 0, 1:"),
    ("index", {"environment": {"AWS_BATCH_X": "'x'"}}, "AWS Batch keeps names that start with AWS_BATCH"),
    (
        "prepare",
        {"wait": "submit"},
        "job prepare retries spot-then-on-demand, and wait is submit: nothing sees how it ends\n  let the step",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("job", "arguments", "message"), REFUSED, ids=[f"{job}-{'-'.join(given)}" for job, given, _ in REFUSED]
)
def test_what_a_job_does_not_take_is_refused(
    shapes: Environment, job: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        Blocks(deployment(shapes, "shapes")).batch_task(job, **arguments)
    assert message in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            TEMPLATE,
            'size="$count($states.input.recordings)",\n    wait',
            "size=1,\n    wait",
            "state-machine.asl.yaml.j2:12: size of job simulate is 1",
        ),
        (
            MANIFEST,
            "    queue: low\n    size: 10\n    vcpus: 1\n    memory: 1024\n",
            f"    queue: low\n    size: 10\n    vcpus: 1\n    memory: 1024\n{FALLBACK}",
            "job simulate retries spot-then-on-demand, and wait is submit",
        ),
        (
            MANIFEST,
            "    queue: low\n    size: 10\n    vcpus: 1\n    memory: 512\n",
            f"    queue: low\n    size: 10\n    vcpus: 1\n    memory: 512\n{FALLBACK}",
            f"{MANIFEST}:37: jobs.rate.retry: job rate is an array, of which Batch does not tell whether Spot took its children\n  write retry: spot",
        ),
        (
            MANIFEST,
            "    on_demand_queue: on-demand\n",
            "    on_demand_queue: on-demnd\n",
            f"{MANIFEST}:8: jobs.prepare.on_demand_queue: no queue on-demnd in this environment",
        ),
        (
            MANIFEST,
            "    on_demand_queue: on-demand\n",
            "    on_demand_queue: gpu-shared\n",
            "queues low and gpu-shared differ in their platform or in having a fair-share policy\n  choose two",
        ),
    ],
)
def test_a_workflow_names_where_it_asks_for_too_much(
    project: Path, own_shapes: Environment, file: str, old: str, new: str, message: str
) -> None:
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new, 1))
    with pytest.raises(ManifestError) as caught:
        rendered(own_shapes, "shapes")
    assert message in str(caught.value)


def test_nodes_of_closed_ranges_can_not_be_changed(project: Path, own_shapes: Environment) -> None:
    path = project / MANIFEST
    path.write_text(path.read_text().replace('"1:"', '"1"'))
    with pytest.raises(
        ManifestError, match=r'none of its ranges 0, 1 is open\n  end the last range .* as in "1:"'
    ):
        rendered(own_shapes, "shapes")
