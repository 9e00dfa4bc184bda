"""Rules that know the shapes of jobs: what is submitted, to which queue, with which overrides.

Rules: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.lint.lint_subjects import ALIGN, BATCH, batch_task, bundle, machine

from batchyard.lint import lint_bundle

QUEUE = f"{BATCH}job-queue/batchyard-local-high"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:batchyard-local-demo-submit-job:live"
CONTAINERS = [{"name": "server", "image": "a/server:1"}, {"name": "agent", "image": "a/agent:1"}]
SHAPES: dict[str, Any] = {
    "ecs_properties": {"taskProperties": [{"containers": CONTAINERS}]},
    "node_properties": {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [{"targetNodes": "0:", "container": {"image": "a/b:1"}}],
    },
    "eks_properties": {"podProperties": {"containers": CONTAINERS}},
}
Findings = list[tuple[str, str]]


def found(shape: str | None, *, how: str = "function", **members: Any) -> Findings:
    """Return the rules that a submission breaks, with what they say.

    Args:
        shape: the definition's properties; None for one container.
        how: `function`, or the action of Step Functions' own integration.
        members: of the request, in the API's names.
    """
    package, definition = bundle(), machine()
    package["functions"]["submit-job"] = {"name": "batchyard-local-demo-submit-job", "environment": {}}
    job = package["job_definitions"]["align"]
    package["queues"]["high"] |= {
        "spot": shape != "node_properties",
        "platform": "EKS" if shape == "eks_properties" else "EC2",
    }
    if shape:
        job["parameters"] = {}
        del job["container_properties"]
        job[shape] = SHAPES[shape]
    state = batch_task(Next="Both", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Failed"}])
    own = {
        "jobName": "align",
        "jobQueue": QUEUE,
        "jobDefinition": ALIGN,
        "parameters": {"bam": "b", "threads": "4"},
    }
    request = {name: value for name, value in (own | members).items() if value is not None}
    if how == "function":
        state["Resource"] = "arn:aws:states:::lambda:invoke"
        state["Arguments"] = {"FunctionName": FUNCTION, "Payload": request}
    else:
        state["Resource"] = f"arn:aws:states:::batch:{how}"
        state["Arguments"] = _pascal(request)
    definition["States"]["Align"] = state
    return [(each.id, each.message) for each in lint_bundle(package, definition)]


def _pascal(value: Any, key: str = "") -> Any:
    if isinstance(value, list):
        return [_pascal(item) for item in value]
    if not isinstance(value, dict):
        return value
    if key == "parameters":
        return value
    return {name[:1].upper() + name[1:]: _pascal(item, name) for name, item in value.items()}


VARIABLE = [{"name": "SEED", "value": "1"}]
OWN = {
    None: {"containerOverrides": {"environment": VARIABLE}},
    "ecs_properties": {
        "ecsPropertiesOverride": {
            "taskProperties": [{"containers": [{"name": "agent", "environment": VARIABLE}]}]
        }
    },
    "node_properties": {
        "nodeOverrides": {
            "numNodes": 4,
            "nodePropertyOverrides": [
                {"targetNodes": "0:", "containerOverrides": {"environment": VARIABLE}}
            ],
        }
    },
    "eks_properties": {
        "eksPropertiesOverride": {"podProperties": {"containers": [{"name": "server", "env": VARIABLE}]}}
    },
}  # fmt: skip


@pytest.mark.parametrize("shape", OWN)
def test_overrides_of_a_job_s_own_shape_are_fine(shape: str | None) -> None:
    assert found(shape, **OWN[shape]) == []


@pytest.mark.parametrize("shape", OWN)
@pytest.mark.parametrize("other", OWN)
def test_overrides_of_another_shape_are_told(shape: str | None, other: str | None) -> None:
    if shape == other:
        return
    [member], [own] = OWN[other], OWN[shape]
    assert found(shape, **OWN[other]) == [("BY412", f"job align takes {own}, not {member}")]


@pytest.mark.parametrize("how", ["submitJob.sync", "submitJob", "function"])
def test_only_sync_adds_container_overrides(how: str) -> None:
    rules = [rule for rule, _ in found("ecs_properties", how=how)]
    assert rules == (["BY413"] if how == "submitJob.sync" else [])


def test_a_container_that_the_definition_lacks_is_told_with_those_that_it_has() -> None:
    tasks = {"taskProperties": [{"containers": [{"name": "sever", "environment": VARIABLE}]}]}
    told = found("ecs_properties", ecsPropertiesOverride=tasks)
    assert told == [("BY412", "job align has no container sever; it has agent, server")]


def test_a_range_that_the_definition_lacks_is_told() -> None:
    # "NodeOverride targets should match job definition. Non matching targets - 0:0",
    # https://github.com/aws/aws-parallelcluster/pull/964
    ranges = [{"targetNodes": "1:", "containerOverrides": {}}]
    told = found("node_properties", nodeOverrides={"nodePropertyOverrides": ranges})
    assert told == [("BY412", "job align has no range of nodes 1:; it has 0:")]


def test_nodes_can_not_be_an_array() -> None:
    told = found("node_properties", arrayProperties={"size": 2})
    assert told == [("BY412", "job align has nodes, so it can not be an array")]


@pytest.mark.parametrize("size", [1, 10_001, True, 2.5])
@pytest.mark.parametrize("how", ["submitJob.sync", "function"])
def test_a_size_that_no_array_has_is_told(size: object, how: str) -> None:
    assert found(None, how=how, arrayProperties={"size": size}) == [
        ("BY207", f"the array has {size!r} children")
    ]


def test_a_size_that_a_run_gives_is_left_to_the_run() -> None:
    assert found(None, arrayProperties={"size": "{% $count($states.input.items) %}"}) == []


OWN_ID = "{% $states.input.steps.align.jobId %}"


@pytest.mark.parametrize(
    ("dependency", "array", "message"),
    [
        (
            {"jobId": "j", "type": "ONE_TO_ONE"},
            True,
            "there is no type ONE_TO_ONE: it is N_TO_N or SEQUENTIAL",
        ),
        (
            {"jobId": "j", "type": "N_TO_N"},
            False,
            "N_TO_N is between children of arrays, and this job has no",
        ),
        ({"type": "SEQUENTIAL"}, False, "SEQUENTIAL is between children of arrays"),
        (
            {"jobId": "j", "type": "SEQUENTIAL"},
            True,
            "SEQUENTIAL is about the array's own children, and names a job",
        ),
        ({"type": "N_TO_N"}, True, "it names no job"),
        ({}, True, "it names no job"),
        ({"jobId": "j", "type": "N_TO_N"}, True, ""),
        ({"type": "SEQUENTIAL"}, True, ""),
        ({"jobId": "j"}, False, ""),
    ],
)
def test_dependencies_that_batch_refuses_are_told(
    dependency: dict[str, Any], array: bool, message: str
) -> None:
    size = {"size": 3} if array else None
    told = found(None, dependsOn=[dependency], arrayProperties=size)
    assert [rule for rule, _ in told] == (["BY211"] if message else [])
    assert all(text.startswith(message) for _, text in told)


@pytest.mark.parametrize(("other", "rules"), [(3, []), (4, ["BY211"]), (None, ["BY211"])])
def test_arrays_that_wait_child_by_child_have_one_size(other: int | None, rules: list[str]) -> None:
    package, definition = bundle(), machine()
    rate = {**package["job_definitions"]["align"], "name": "batchyard-local-demo-rate"}
    package["job_definitions"]["rate"] = rate
    first = definition["States"]["Align"]
    first["Next"] = "Rate"
    if other is not None:
        first["Arguments"]["ArrayProperties"] = {"Size": other}
    second = batch_task(Next="Both")
    second["Arguments"] |= {
        "JobDefinition": f"{BATCH}job-definition/batchyard-local-demo-rate",
        "ArrayProperties": {"Size": 3},
        "DependsOn": [{"JobId": OWN_ID, "Type": "N_TO_N"}],
    }
    definition["States"]["Rate"] = second
    assert [each.id for each in lint_bundle(package, definition)] == rules


@pytest.mark.parametrize("shape", [shape for shape in OWN if shape != "eks_properties"])
def test_overrides_that_are_too_long_in_any_run_are_told(shape: str | None) -> None:
    # "Container Overrides length must be at most 8192", https://github.com/Netflix/metaflow/issues/1482
    [(member, overrides)] = OWN[shape].items()
    text = _with_value(overrides, "x" * 8_192)
    assert [rule for rule, _ in found(shape, **{member: text})] == ["BY208"]
    expression = f"{{% '{'x' * 9_000}' = 'y' ? 'a' : 'b' %}}"
    assert found(shape, **{member: _with_value(overrides, expression)}) == []


def _with_value(overrides: Any, value: str) -> Any:
    if isinstance(overrides, list):
        return [_with_value(item, value) for item in overrides]
    if not isinstance(overrides, dict):
        return overrides
    return {key: value if key == "value" else _with_value(item, value) for key, item in overrides.items()}


@pytest.mark.parametrize("shape", OWN)
@pytest.mark.parametrize(
    ("variable", "rule"),
    [({"name": "API_KEY", "value": "abc"}, "BY402"), ({"name": "COUNT", "value": 3}, "BY303")],
)
def test_variables_of_every_shape_are_looked_at(
    shape: str | None, variable: dict[str, Any], rule: str
) -> None:
    [(member, overrides)] = OWN[shape].items()
    text = _with_variable(overrides, variable)
    assert rule in [each for each, _ in found(shape, **{member: text})]


def _with_variable(overrides: Any, variable: dict[str, Any]) -> Any:
    if isinstance(overrides, list):
        return [_with_variable(item, variable) for item in overrides]
    if not isinstance(overrides, dict):
        return overrides
    return variable if "value" in overrides else {
        key: _with_variable(item, variable) for key, item in overrides.items()
    }  # fmt: skip


def test_secrets_of_a_pod_s_definition_are_told_too() -> None:
    package = bundle()
    job = package["job_definitions"]["align"]
    pod = {"containers": [{"image": "a/b:1", "env": [{"name": "API_KEY", "value": "abc"}]}]}
    del job["container_properties"]
    job["eks_properties"] = {"podProperties": pod}
    told = {each.id: each.path for each in lint_bundle(package, machine())}
    assert told["BY402"].endswith("/eks_properties/podProperties/containers/0/env/0")


def test_an_execution_role_is_held_to_the_same_rules() -> None:
    package = bundle()
    wide = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": ["*"]}
    package["job_definitions"]["align"]["execution_role"] = {"name": "x" * 65, "statements": [wide]}
    told = {each.id: each.path for each in lint_bundle(package, machine())}
    assert told["BY407"].endswith("/align/execution_role/statements/0")
    assert told["BY405"].endswith("/align/execution_role/name")


@pytest.mark.parametrize(
    ("own", "override", "rules"),
    [(None, None, ["BY411"]), (5, None, []), (None, 0, []), (0, None, [])],
)
def test_a_share_without_a_priority_is_told(own: int | None, override: int | None, rules: list[str]) -> None:
    package, definition = bundle(), machine()
    package["queues"]["high"]["fair_share"] = True
    package["job_definitions"]["align"]["scheduling_priority"] = own
    arguments = definition["States"]["Align"]["Arguments"]
    arguments["ShareIdentifier"] = "a"
    if override is not None:
        arguments["SchedulingPriorityOverride"] = override
    assert [each.id for each in lint_bundle(package, definition)] == rules


def test_nodes_on_spot_are_told() -> None:
    package = bundle()
    job = package["job_definitions"]["align"]
    del job["container_properties"]
    job["node_properties"] = SHAPES["node_properties"]
    told = [each.message for each in lint_bundle(package, machine()) if each.id == "BY414"]
    assert told == ["job align has nodes, which Batch places on no Spot capacity as queue high has"]
