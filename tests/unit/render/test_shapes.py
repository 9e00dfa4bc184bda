"""Jobs of every kind as steps: what each submits, run on the interpreter.

Members of SubmitJob: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from tests.unit.render.conftest import in_api_names

from batchyard import render
from batchyard.asl.model import read
from batchyard.asl.validate import validate
from batchyard.environments import Environment
from batchyard.iam.needs import pairs
from batchyard.lint import lint_bundle
from batchyard.render.bundles import rendered
from batchyard.render.deployment import deployment

SYNC = "arn:aws:states:::batch:submitJob.sync"
ARN = "arn:aws:batch:us-east-1:000000000000"
DOCUMENT = {"source": "s3://in/x", "recordings": ["a", "b", "c"], "team": "vision", "workers": 3}
Execute = Callable[..., Any]


class Batch:
    """Answers for AWS Batch and the two functions, and keeps every submission as the API gets it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if "batch:submitJob" in resource:
            self.sent.append((resource, in_api_names(arguments)))
            return {"JobId": f"id-{len(self.sent)}", "Status": "SUCCEEDED"}
        payload = arguments["Payload"]
        if arguments["FunctionName"].endswith("-submit-job:live"):
            self.sent.append(("function", payload))
            return {"Payload": {**payload, "jobId": f"id-{len(self.sent)}"}}
        return {"Payload": {"jobId": payload["jobId"], "status": "SUCCEEDED", "attempts": 1}}

    @property
    def by_job(self) -> dict[str, dict[str, Any]]:
        return {request["jobName"].split("-")[0].lower(): request for _, request in self.sent}


@pytest.fixture
def batch() -> Batch:
    return Batch()


@pytest.fixture(params=["shapes", "shapes-poll"])
def definition(request: pytest.FixtureRequest, shapes: Environment) -> dict[str, Any]:
    return render.definition(shapes, request.param)


def test_the_service_would_take_the_machine(definition: dict[str, Any]) -> None:
    assert validate(read(definition), severity="ERROR").diagnostics == ()


def test_every_submission_is_one_that_the_api_takes(
    definition: dict[str, Any], execute: Execute, batch: Batch
) -> None:
    execute(definition, DOCUMENT, batch)
    shape = ServiceModel(Loader().load_service_model("batch", "service-2")).operation_model("SubmitJob")
    assert len(batch.sent) == 9
    for _, request in batch.sent:
        report = ParamValidator().validate(request, shape.input_shape)
        assert not report.has_errors(), report.generate_report()
    assert xform_name(shape.name) == "submit_job"


def test_an_array_has_as_many_children_as_the_run_has_items(
    definition: dict[str, Any], execute: Execute, batch: Batch
) -> None:
    execute(definition, DOCUMENT, batch)
    assert batch.by_job["simulate"]["arrayProperties"] == {"size": 3}
    assert batch.by_job["rate"]["arrayProperties"] == {"size": 3}


def test_an_array_waits_child_by_child_for_another_one(
    definition: dict[str, Any], execute: Execute, batch: Batch
) -> None:
    execute(definition, DOCUMENT, batch)
    submitted = [request["jobName"].split("-")[0] for _, request in batch.sent]
    simulated = f"id-{submitted.index('Simulate') + 1}"
    expected = [{"jobId": simulated, "type": "N_TO_N"}, {"type": "SEQUENTIAL"}]
    assert batch.by_job["rate"]["dependsOn"] == expected


def test_children_in_a_row_take_as_long_as_all_of_them(
    definition: dict[str, Any], execute: Execute, batch: Batch
) -> None:
    # 3 attempts of 300 s for each of the children, and a day in the queue.
    state = definition["States"]["Rate"]
    limit = state["TimeoutSeconds"]
    if state["Resource"] == SYNC:
        assert limit == "{% 900 * $number($count($states.input.recordings)) + 86400 %}"
    else:
        [_, late] = definition["States"]["Rate.IsJobDone"]["Choices"]
        assert "> (900 * $number($count($states.input.recordings)) + 86400) * 1000" in late["Condition"]
    execute(definition, DOCUMENT, batch)


def test_a_share_may_come_from_the_run(definition: dict[str, Any], execute: Execute, batch: Batch) -> None:
    execute(definition, DOCUMENT, batch)
    learn = batch.by_job["learn"]
    # Batch takes no share without a priority: https://github.com/nextflow-io/nextflow/pull/3505
    assert (learn["shareIdentifier"], learn["schedulingPriorityOverride"]) == ("vision", 0)
    assert "shareIdentifier" not in batch.by_job["index"]


def test_variables_reach_the_container_that_is_meant(
    definition: dict[str, Any], execute: Execute, batch: Batch
) -> None:
    execute(definition, DOCUMENT, batch)
    source, steps = {"name": "SOURCE", "value": "s3://in/x"}, {"name": "STEPS", "value": "8"}
    sent = batch.by_job
    assert sent["index"]["containerOverrides"]["environment"] == [source]
    [task] = [job for _, job in batch.sent if "ecsPropertiesOverride" in job]
    containers = [{"name": "agent", "environment": [source]}]
    assert task["ecsPropertiesOverride"] == {"taskProperties": [{"containers": containers}]}
    everywhere = {"containerOverrides": {"environment": [steps]}}
    assert sent["solve"]["nodeOverrides"] == {
        "numNodes": 4,
        "nodePropertyOverrides": [{"targetNodes": target, **everywhere} for target in ("0", "1:")],
    }
    pod = {
        key: [{"name": name, "env": [source]}]
        for key, name in (("containers", "main"), ("initContainers", "load"))
    }
    assert sent["serve"]["eksPropertiesOverride"] == {"podProperties": pod}


def test_a_job_gets_overrides_of_its_own_shape_alone(
    definition: dict[str, Any], execute: Execute, batch: Batch
) -> None:
    execute(definition, {**DOCUMENT, "index": {"memory": 4096}, "explore": {"memory": 4096}}, batch)
    members = {"containerOverrides", "ecsPropertiesOverride", "nodeOverrides", "eksPropertiesOverride"}
    for _, request in batch.sent:
        assert len([name for name in members if request.get(name)]) <= 1
    memory = [{"type": "MEMORY", "value": "4096"}]
    assert batch.by_job["index"]["containerOverrides"]["resourceRequirements"] == memory


def test_jobs_of_several_containers_are_polled_for_whatever_wait_says(
    shapes: Environment, execute: Execute, batch: Batch
) -> None:
    # Step Functions puts MANAGED_BY_AWS into ContainerOverrides, as causes of failed jobs show; Batch answers
    # "Container overrides should not be set for ecsProperties jobs",
    # https://github.com/nextflow-io/nextflow/issues/5817 has its words for EKS.
    definition = render.definition(shapes, "shapes")
    execute(definition, DOCUMENT, batch)
    waited = {request["jobName"].split("-")[0] for how, request in batch.sent if how == SYNC}
    polled = {request["jobName"].split("-")[0] for how, request in batch.sent if how == "function"}
    assert waited == {"Prepare", "Index", "Rate", "Learn"}
    assert polled == {"Explore", "Solve", "Serve"}


def test_a_job_that_is_only_submitted_is_not_waited_for(
    shapes: Environment, execute: Execute, batch: Batch
) -> None:
    definition = render.definition(shapes, "shapes")
    output = execute(definition, DOCUMENT, batch)
    ways = {request["jobName"].split("-")[0]: how for how, request in batch.sent}
    assert ways["Simulate"] == "arn:aws:states:::batch:submitJob"
    assert ways["Announce"] == "arn:aws:states:::aws-sdk:batch:submitJob"
    assert output["steps"]["simulate"] == {"jobId": "id-3"}
    assert definition["States"]["Announce"]["Retry"][0]["ErrorEquals"][0] == "Batch.BatchException"


def test_a_run_may_choose_only_a_queue_that_takes_the_job(shapes: Environment) -> None:
    states = render.definition(shapes, "shapes")["States"]

    def offered(state: str) -> set[str]:
        arguments = states[state]["Arguments"]
        queue = arguments.get("JobQueue") or arguments["Payload"]["jobQueue"]
        return {key for key in shapes.queues if f"'{ARN}:job-queue/batchyard-local-{key}'" in queue}

    assert offered("Simulate") == {"low", "on-demand"}
    assert offered("Index") == {"fargate", "fargate-spot"}
    assert offered("Learn") == {"gpu-shared"}
    assert offered("Solve") == {"on-demand"}, "Batch places no nodes of a job on Spot"
    assert offered("Serve") == {"pods"}


@pytest.mark.parametrize("workflow", ["shapes", "shapes-poll"])
def test_the_linter_has_nothing_against_any_shape(shapes: Environment, workflow: str) -> None:
    found = rendered(shapes, workflow)
    assert [finding.line() for finding in lint_bundle(found.bundle, found.definition)] == []


def test_the_functions_of_polling_are_deployed_where_one_job_needs_them(shapes: Environment) -> None:
    assert deployment(shapes, "shapes").wait == "sync"
    assert deployment(shapes, "shapes").function_names == ["job-status", "submit-job"]


def test_a_bundle_names_what_every_shape_runs_and_needs(shapes: Environment) -> None:
    found = render.bundle(shapes, "shapes")
    assert sorted(found["images"]) == ["stats"]
    assert sorted(found["functions"]) == ["job-status", "submit-job"]
    jobs = found["job_definitions"]
    assert {key: job["kind"] for key, job in jobs.items()} == {
        "prepare": "container",
        "index": "fargate",
        "simulate": "array",
        "rate": "array",
        "learn": "gpu",
        "explore": "multi-container",
        "solve": "multi-node",
        "serve": "eks",
    }
    assert found["queues"]["gpu-shared"] == {
        "name": "batchyard-local-gpu-shared",
        "arn": f"{ARN}:job-queue/batchyard-local-gpu-shared",
        "platform": "EC2",
        "spot": False,
        "fair_share": True,
    }


def test_the_machine_s_role_allows_its_submissions_and_no_others(shapes: Environment) -> None:
    found = render.bundle(shapes, "shapes")
    allowed = pairs(found["state_machine"]["role"]["statements"])
    submits = {arn.rpartition("/")[2] for action, arn in allowed if action == "batch:SubmitJob"}
    own = {"prepare", "index", "simulate", "rate", "learn", "explore"}
    assert {name for name in submits if "shapes" in name} == {
        f"batchyard-local-shapes-{key}{revision}" for key in own for revision in ("", ":*")
    }, "nodes and pods are submitted by the function"
    # The on-demand queue is where the first job goes in the end, the pods' queue is the function's.
    assert {f"batchyard-local-{key}" for key in ("low", "on-demand", "fargate", "gpu-shared")} < submits
    assert "batchyard-local-pods" not in submits
    assert ("batch:DescribeJobs", "*") in allowed
