"""A job and its queue have to fit together."""

# ruff: noqa: E501 - one line per job reads better

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from batchyard.environments import Compute, Environment, Queue
from batchyard.errors import ManifestError
from batchyard.manifest.marked import read_yaml
from batchyard.manifest.workflow import Workflow
from batchyard.render.definitions import placement
from batchyard.render.deployment import Deployment

Define = Callable[[str], dict[str, dict[str, Any]]]
ONE = "image: tool, vcpus: 1, memory: 2048, timeout: 1h"
SMALL = "image: tool, vcpus: 1, memory: 512"
TASK, POD = "kind: multi-container, timeout: 1h", "kind: eks, timeout: 1h"
NODES = 'kind: multi-node, timeout: 1h, nodes: 1, ranges: {"0": {image: tool, vcpus: 1, memory: 512}}'


@pytest.mark.parametrize(
    ("job", "message", "fix"),
    [
        (
            f"{ONE}, queue: fargate",
            "kind container runs on EC2, and the queue fargate leads to fargate, which is FARGATE",
            "queues that fit are: gpu, high, hpc, low, on-demand, shared; or choose another kind",
        ),
        (
            f"{ONE}, kind: fargate, queue: high",
            "jobs.one.queue: kind fargate runs on FARGATE, and the queue high leads to spot, which is SPOT",
            "queues that fit are: fargate, fargate-spot; or choose another kind (container, eks)",
        ),
        (
            f"{ONE}, kind: array, size: 2, queue: fargate",
            "jobs.one.queue: kind array runs on EC2, and the queue fargate leads to fargate, which is FARGATE",
            "or write platform: fargate",
        ),
        (
            f"{ONE}, kind: array, size: 2, platform: fargate, queue: high",
            "jobs.one.queue: kind array runs on FARGATE, and the queue high leads to spot, which is SPOT",
            "or write platform: ec2",
        ),
        (
            f"{ONE}, queue: eks",
            "kind container runs on EC2, and the queue eks leads to eks, which is EKS",
            "or choose another kind",
        ),
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html
        (
            f"{NODES}, queue: high",
            "jobs.one.queue: AWS Batch runs no multi-node job on Spot, and the queue high leads there",
            "queues that fit are: hpc, on-demand",
        ),
        (
            f"{ONE}, kind: gpu, gpus: 1, queue: high",
            "the job needs GPUs, and no environment of the queue high has instances with them",
            "families g and p",
        ),
        (
            f"{ONE}, queue: high, retry: spot-then-on-demand, on_demand_queue: shared",
            "jobs.one.on_demand_queue: the last attempt goes to shared, whose environment gpus is Spot",
            "name a queue over EC2 or FARGATE alone",
        ),
        (
            f"{ONE}, queue: high, retry: spot-then-on-demand, on_demand_queue: fargate",
            "jobs.one.on_demand_queue: kind container runs on EC2, and the queue fargate leads to fargate",
            "queues that fit are: gpu, high",
        ),
        (
            f"{ONE}, queue: high, privileged: true",
            "jobs.one.privileged: a privileged container is root on its host",
            'privileged_jobs = ["demo/one"] in the environment\'s tfvars and, in this job, # checkov:skip=CKV_BATCHYARD_1:',
        ),
        (
            f"{TASK}, containers: {{a: {{{SMALL}}}, b: {{{SMALL}, privileged: true}}}}, queue: high",
            "jobs.one.containers.b.privileged: a privileged container is root on its host",
            'privileged_jobs = ["demo/one"]',
        ),
        (
            f"{NODES.replace('memory: 512', 'memory: 512, privileged: true')}, queue: hpc",
            "jobs.one.ranges.0.privileged: a privileged container is root on its host",
            'privileged_jobs = ["demo/one"]',
        ),
        (
            f"{POD}, pod: {{containers: {{a: {{{SMALL}}}}}, init_containers: {{b: {{{SMALL}, privileged: true}}}}}}, queue: eks",
            "jobs.one.pod.init_containers.b.privileged: a privileged container is root on its host",
            'privileged_jobs = ["demo/one"]',
        ),
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html: maxvCpus
        (
            f"{ONE.replace('vcpus: 1', 'vcpus: 2000')}, queue: high",
            "jobs.one.vcpus: the job needs 2,000 vCPUs, and the queue high leads to at most 1,024 (max_vcpus of spot)",
            "ask for 1024 or less, raise compute.spot.max_vcpus in test.tfvars, or name another queue",
        ),
        (
            f"{ONE.replace('vcpus: 1', 'vcpus: 65')}, queue: high, retry: spot-then-on-demand, on_demand_queue: on-demand",
            "jobs.one.vcpus: the job needs 65 vCPUs, and the queue on-demand leads to at most 64",
            "ask for 64 or less",
        ),
        (
            f"{TASK}, containers: {{a: {{{SMALL}}}, b: {{{SMALL.replace('vcpus: 1', 'vcpus: 64')}}}}}, queue: on-demand",
            "jobs.one.containers: the job needs 65 vCPUs, and the queue on-demand leads to at most 64",
            "ask for 64 or less",
        ),
        (
            f"{POD}, pod: {{containers: {{a: {{{SMALL}}}, b: {{{SMALL.replace('vcpus: 1', 'vcpus: 64')}}}}}}}, queue: eks",
            "jobs.one.pod.containers: the job needs 65 vCPUs, and the queue eks leads to at most 64",
            "ask for 64 or less",
        ),
        (
            f"{NODES.replace('vcpus: 1', 'vcpus: 129')}, queue: hpc",
            "jobs.one.ranges: the job needs 129 vCPUs, and the queue hpc leads to at most 128",
            "ask for 128 or less",
        ),
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html: shareIdentifier
        (
            f"{ONE}, queue: high, share: a",
            "jobs.one.share: AWS Batch takes a share only where the queue has a fair-share policy",
            "leave it out, or name a queue with fair share",
        ),
    ],
)
def test_a_job_that_does_not_fit_its_queue_is_refused(
    define: Define, job: str, message: str, fix: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        define(f"jobs:\n  one: {{{job}}}\n")
    assert message in str(caught.value)
    assert fix in caught.value.fix
    assert caught.value.where.startswith("workflow.yaml:4: jobs.one.")


def test_an_unknown_queue_is_answered_with_the_known_ones(define: Define) -> None:
    with pytest.raises(
        ManifestError, match=r"jobs.one.queue: no queue hihg in this environment\n  test.tfvars"
    ):
        define(f"jobs:\n  one: {{{ONE}, queue: hihg}}\n")


@pytest.mark.parametrize(
    ("vcpus", "queue"), [(64, "on-demand"), (1024, "high"), (1024, "theirs"), (1024, "wide")]
)
def test_a_job_that_some_environment_may_grow_to_is_taken(
    everywhere: Environment, vcpus: int, queue: str
) -> None:
    compute = everywhere.compute | {"theirs": Compute(type="UNMANAGED")}
    queues = everywhere.queues | {
        "theirs": Queue(priority=1, compute=["theirs"]),
        "wide": Queue(priority=1, compute=["on-demand", "spot"]),
    }
    environment = everywhere.model_copy(update={"compute": compute, "queues": queues})
    text = f"name: demo\ndescription: d\njobs:\n  one: {{{ONE.replace('vcpus: 1', f'vcpus: {vcpus}')}, queue: {queue}}}\n"
    deployment = Deployment(environment, "demo", "exome", Workflow.of(read_yaml(text, "workflow.yaml")))
    placement.check(deployment, "one")


def test_a_job_that_fits_both_its_queues_is_taken(define: Define) -> None:
    job = f"{ONE}, queue: high, retry: spot-then-on-demand, on_demand_queue: on-demand"
    assert define(f"jobs:\n  one: {{{job}}}\n")["one"]["retry_strategy"]["attempts"] == 3


def test_scratch_is_mounted_from_where_the_hosts_have_it(define: Define) -> None:
    found = define(f"jobs:\n  one: {{{ONE}, queue: low, scratch: true}}\n")["one"]["container_properties"]
    assert found["volumes"] == [{"name": "scratch", "host": {"sourcePath": "/nvme"}}]
    assert found["mountPoints"][0]["containerPath"] == "/scratch"


@pytest.mark.parametrize(
    ("queues", "message"),
    [
        ("queue: hpc", "the job asks for scratch, and instances of hpc have none"),
        (
            "queue: low, retry: spot-then-on-demand, on_demand_queue: on-demand",
            "scratch is mounted at different places: /nvme, /scratch",
        ),
    ],
)
def test_scratch_that_the_hosts_have_not_is_refused(define: Define, queues: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        define(f"jobs:\n  one: {{{ONE}, {queues}, scratch: true}}\n")
    assert str(caught.value).startswith(f"workflow.yaml:4: jobs.one.queue: {message}\n")
    assert caught.value.fix
