"""What SubmitJob refuses for shape, queue and share; and why jobs stay RUNNABLE."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.batch.fakes import Client
from tests.unit.local.batch.test_batch_container_rules import asked
from tests.unit.local.batch.test_batch_nodes_rules import entry, many
from tests.unit.local.batch.test_batch_tasks_rules import container, task

from batchyard.local.batch import fit, instances
from batchyard.local.batch.instances import Size
from batchyard.local.batch.needs import Needs

POD = {"containers": [{"image": "x", "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}]}
SERVERLESS: dict[str, Any] = {"platformCapabilities": ["FARGATE"]}


@pytest.fixture
def shapes(client: Client) -> Client:
    """Return a client with a definition of each shape, and a queue of each kind."""
    fargate = {"type": "FARGATE", "maxvCpus": 4, "subnets": ["s"], "securityGroupIds": ["g"]}
    client.call(
        "CreateComputeEnvironment", computeEnvironmentName="fargate", type="MANAGED", computeResources=fargate
    )
    client.queue("fargate", "fargate")
    client.environment("reclaimed", type="SPOT", spotIamFleetRole="r")
    client.queue("reclaimed", "reclaimed")
    client.queue("mixed", "reclaimed", "spot")

    def register(name: str, kind: str = "container", **more: Any) -> None:
        client.call("RegisterJobDefinition", jobDefinitionName=name, type=kind, **more)

    register("task", ecsProperties=task(container("a"), container("b")))
    register("nodes", "multinode", nodeProperties=many(2, entry(":")))
    register("pod", eksProperties={"podProperties": POD})
    register(
        "serverless",
        containerProperties={"image": "x", "executionRoleArn": "r", "resourceRequirements": asked()},
        **SERVERLESS,
    )
    register("tasks", ecsProperties=task(container("a"), executionRoleArn="r"), **SERVERLESS)
    return client


def override(value: str, kind: str = "MEMORY") -> dict[str, Any]:
    return {"resourceRequirements": [{"type": kind, "value": value}]}


@pytest.mark.parametrize(
    ("definition", "changes", "message"),
    [
        (
            "align",
            {"nodeOverrides": {"numNodes": 2}},
            "nodeOverrides can not be specified for a job definition with containerProperties: use cont",
        ),
        (
            "task",
            {"containerOverrides": {"command": ["x"]}},
            "overrides should not be set for ecsProperties jobs. Use ecs",
        ),
        (
            "nodes",
            {"containerOverrides": {"command": ["x"]}},
            "should not be set for multi-node parallel jobs. Use nodeO",
        ),
        ("pod", {}, "JobDefinition pod has eksProperties: EKS jobs can be registered but not submitted"),
        # https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html
        ("nodes", {"arrayProperties": {"size": 2}}, "arrayProperties can not be specified for a multi-node"),
        (
            "nodes",
            {"jobQueue": "reclaimed"},
            "JobQueue reclaimed has only compute environments that use Spot",
        ),
        ("nodes", {"jobQueue": "fargate"}, "JobQueue fargate does not support platform capability EC2"),
        ("task", {"jobQueue": "fargate"}, "JobQueue fargate does not support platform capability EC2"),
        ("tasks", {}, "JobQueue high does not support platform capability FARGATE"),
        ("align", {"containerOverrides": override("1.5", "VCPU")}, "Value 1.5 for type VCPU in resourceReq"),
        (
            "task",
            {"ecsPropertiesOverride": {"taskProperties": [{"containers": [{"name": "a", **override("x")}]}]}},
            "Value x for type MEMORY",
        ),
        (
            "nodes",
            {
                "nodeOverrides": {
                    "nodePropertyOverrides": [{"targetNodes": "0", "containerOverrides": override("x")}]
                }
            },
            "Value x for type MEMORY",
        ),
        (
            "nodes",
            {"nodeOverrides": {"nodePropertyOverrides": [{"targetNodes": "5"}]}},
            "'5' is not within the nodes 0 to 1",
        ),
        # https://github.com/insitro/redun/pull/95 and https://github.com/Netflix/metaflow/issues/749
        (
            "serverless",
            {"jobQueue": "fargate", "containerOverrides": {"vcpus": 1}},
            "vcpus is not applicable for Fargate. Use resource requirements instead.",
        ),
        (
            "serverless",
            {"jobQueue": "fargate", "containerOverrides": override("4000")},
            "Fargate resource requirements (1.00 vCPU, 4000 MiB) not valid.",
        ),
        (
            "serverless",
            {"jobQueue": "fargate", "containerOverrides": override("1", "GPU")},
            "GPU is not applicable",
        ),
        (
            "tasks",
            {
                "jobQueue": "fargate",
                "ecsPropertiesOverride": {
                    "taskProperties": [{"containers": [{"name": "a", **override("500")}]}]
                },
            },
            "Fargate resource requirements (1.00 vCPU, 500 MiB)",
        ),
    ],
)
def test_refusals(shapes: Client, definition: str, changes: dict[str, Any], message: str) -> None:
    payload = {"jobName": "j", "jobQueue": "high", "jobDefinition": definition} | changes
    assert message in shapes.refusal("SubmitJob", **payload)


def test_shares(shapes: Client) -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
    policy = shapes.call("CreateSchedulingPolicy", name="fair")["arn"]
    shapes.queue("shared", schedulingPolicyArn=policy)

    def refusal(queue: str, **more: Any) -> str:
        return shapes.refusal("SubmitJob", jobName="j", jobQueue=queue, jobDefinition="align", **more)

    assert "shareIdentifier must be specified for this job queue" in refusal("shared")
    assert "shareIdentifier can not be specified for this job queue" in refusal("high", shareIdentifier="a")
    assert "an asterisk only at its end" in refusal("shared", shareIdentifier="a*b")
    # https://github.com/nextflow-io/nextflow/pull/3505
    wanted = "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified."
    assert wanted in refusal("shared", shareIdentifier="a")


def reason(shapes: Client, definition: str, queue: str, **more: Any) -> str:
    job = shapes.submit(definition=definition, queue=queue, **more)
    found = shapes.until(lambda: shapes.job(job), lambda seen: seen.get("statusReason"))
    assert found["status"] == "RUNNABLE"
    return str(found["statusReason"])


def typed(shapes: Client, *types: str, name: str = "typed") -> None:
    shapes.environment(name, instanceTypes=list(types), maxvCpus=256)
    shapes.queue(name, name)


def test_gpus_need_instances_that_have_them(shapes: Client) -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/gpu-jobs.html
    shapes.definition("gpu", properties={"resourceRequirements": asked("4", "8000", GPU="2")})
    assert reason(shapes, "gpu", "high") == fit.JOB_REQUIREMENT
    typed(shapes, "g5.xlarge", name="one")
    assert reason(shapes, "gpu", "one") == fit.JOB_REQUIREMENT
    typed(shapes, "g5", name="family")
    job = shapes.submit(definition="gpu", queue="family")
    assert shapes.ended(job)["status"] == "SUCCEEDED"


def test_memory_and_vcpus_beyond_every_instance(shapes: Client) -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
    typed(shapes, "c5.large", "m5.xlarge")
    assert reason(shapes, "align", "typed", containerOverrides=override("17000")) == fit.JOB_REQUIREMENT
    assert reason(shapes, "align", "high", containerOverrides=override("17", "VCPU")) == fit.MAX_RESOURCE


def test_a_task_needs_one_host_and_nodes_one_each(shapes: Client) -> None:
    typed(shapes, "c5.large")
    big = {"name": "a", **override("3000")}
    changes = {"taskProperties": [{"containers": [big]}]}
    assert reason(shapes, "task", "typed", ecsPropertiesOverride=changes) == fit.JOB_REQUIREMENT
    shapes.queue("beside", "typed")
    job = shapes.submit(definition="nodes", queue="beside", nodeOverrides={"numNodes": 8})
    assert shapes.ended(job)["status"] == "SUCCEEDED"


def test_nodes_are_not_placed_on_spot_beside_other_environments(shapes: Client) -> None:
    job = shapes.ended(shapes.submit(definition="nodes", queue="mixed"))
    assert job["status"] == "SUCCEEDED"
    cluster = job["attempts"][0]["container"]["taskArn"]
    assert "/spot/" in cluster


def test_nodes_need_the_instance_type_that_they_name(shapes: Client) -> None:
    properties = many(2, entry(":", instanceTypes=["c5n.18xlarge"]))
    shapes.call("RegisterJobDefinition", jobDefinitionName="hpc", type="multinode", nodeProperties=properties)
    typed(shapes, "m5.xlarge")
    assert reason(shapes, "hpc", "typed") == fit.JOB_REQUIREMENT
    typed(shapes, "c5n", name="network")
    assert shapes.ended(shapes.submit(definition="hpc", queue="network"))["status"] == "SUCCEEDED"


def test_all_nodes_start_or_none(shapes: Client) -> None:
    shapes.environment("small", maxvCpus=3, allocationStrategy="BEST_FIT_PROGRESSIVE")
    shapes.queue("small", "small")
    assert reason(shapes, "nodes", "small", nodeOverrides={"numNodes": 4}) == fit.MAX_RESOURCE


@pytest.mark.parametrize(
    ("instance_type", "sizes"),
    [
        ("c5.large", (Size(2, 4),)),
        ("r6i.4xlarge", (Size(16, 128),)),
        ("g4dn.12xlarge", (Size(48, 192, 4),)),
        ("g6e.xlarge", (Size(4, 32, 1),)),
        ("p5.48xlarge", (Size(192, 2048, 8),)),
        ("t3.large", None),
        ("g5.3xlarge", None),
        ("optimal", None),
    ],
)
def test_sizes(instance_type: str, sizes: tuple[Size, ...] | None) -> None:
    # https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html for those with GPUs
    assert instances.sizes(instance_type) == sizes


def test_jobs_pass_by_an_unmanaged_environment(shapes: Client) -> None:
    role = "arn:aws:iam::000000000000:role/batch"
    shapes.call("CreateComputeEnvironment", computeEnvironmentName="own", type="UNMANAGED", serviceRole=role)
    shapes.queue("both", "own", "spot")
    job = shapes.ended(shapes.submit(queue="both"))
    assert "/spot/" in job["container"]["taskArn"]


def test_needs_add_up() -> None:
    assert Needs(1, 2, 3) + Needs(4, 5, 6) == Needs(5, 7, 9)
