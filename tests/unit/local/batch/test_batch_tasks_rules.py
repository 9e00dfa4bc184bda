"""Multi-container definitions: what is refused, what the service fills in, what submissions override."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.local.batch.test_batch_container_rules import asked

from batchyard.local.batch import definitions, ecs, ecs_rules, needs
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.needs import Needs

NAMES = ("server", "agent", "watch")


def container(name: str, *waits_for: tuple[str, str], **more: Any) -> dict[str, Any]:
    depends = [{"containerName": other, "condition": condition} for other, condition in waits_for]
    return {"name": name, "image": "x", "dependsOn": depends, "resourceRequirements": asked(), **more}


def task(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"taskProperties": [{"containers": list(given), **more}]}


def refusal(properties: dict[str, Any], *capabilities: str) -> str:
    payload = {"type": "container", "ecsProperties": properties, "platformCapabilities": list(capabilities)}
    with pytest.raises(ApiError) as caught:
        definitions.check(payload)
    return caught.value.message


PAIR = (container("server"), container("agent", ("server", "START")))


# https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsTaskProperties.html,
# API_TaskContainerProperties, API_TaskContainerDependency.
@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"taskProperties": []}, "taskProperties must have exactly 1 element, not 0"),
        ({"taskProperties": [*task(*PAIR)["taskProperties"]] * 2}, "must have exactly 1 element, not 2"),
        (task(), "containers must have 1 to 10 elements, not 0"),
        (task(*(container(f"c{n}") for n in range(11))), "must have 1 to 10 elements, not 11"),
        (task(container("a"), container("a")), "Container name 'a' is not unique"),
        (task(container("a"), {**container("b"), "name": None}), "Each container of a task needs a name"),
        (task(container("a", essential=False)), "At least one container must be essential: set essential to"),
        (
            task(container("a", ("b", "START"))),
            "depends on 'b', which is not a container of its task: name one of a",
        ),
        (
            task(container("a"), container("b", ("a", "READY"))),
            "must be one of START, COMPLETE, SUCCESS, not READY",
        ),
        (
            task(container("a"), container("b", ("a", "SUCCESS"))),
            "'b' waits for SUCCESS of 'a', which is essential, so that its end ends the task: set essential",
        ),
        (
            task(
                container("a", ("b", "START")), container("b", ("c", "START")), container("c", ("a", "START"))
            ),
            "in a circle: a -> b -> c -> a. Take one dependsOn away",
        ),
        (task(container("a", ("a", "START"))), "in a circle: a -> a"),
        (task(container("a", resourceRequirements=asked()[:1])), "Memory is not provided."),
        (task(container("a", mountPoints=[{"sourceVolume": "v"}])), "Unknown volume 'v' in mountPoints."),
        (task(container("a", stopTimeout=1)), "Container 'a': stopTimeout must be at least 2 seconds"),
        (task(container("a"), ipcMode="shared"), "ipcMode must be one of host, task, none, not shared"),
        (task(container("a"), pidMode="none"), "pidMode must be one of host, task, not none"),
        (task(container("a"), networkMode="host"), "networkMode is for MANAGED_INSTANCES only"),
        (task(container("a"), platformVersion="1.4.0"), "platformVersion is not applicable for EC2"),
    ],
)
def test_refusals(properties: dict[str, Any], message: str) -> None:
    assert message in refusal(properties)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        (task(*PAIR), "EXECUTION_ROLE_ARN is required for Fargate jobs"),
        (task(*PAIR, executionRoleArn="r", ipcMode="task"), "ipcMode is not applicable for Fargate"),
        (task(container("a", privileged=True), executionRoleArn="r"), "privileged is not applicable"),
        (task(container("a", stopTimeout=121), executionRoleArn="r"), "and at most 120 on Fargate"),
        # The pair is that of the whole task: 3 vCPUs with 6144 MiB here.
        (
            task(*PAIR, container("watch"), executionRoleArn="r"),
            "Fargate resource requirements (3.00 vCPU, 6144 MiB) not valid.",
        ),
    ],
)
def test_fargate_refusals(properties: dict[str, Any], message: str) -> None:
    assert message in refusal(properties, "FARGATE")


def test_what_is_taken() -> None:
    first = container("setup", essential=False)
    rest = [container("run", ("setup", "SUCCESS")), container("watch", ("run", "START"), essential=False)]
    ecs_rules.check(task(first, *rest, volumes=[{"name": "v"}], ipcMode="task"), on_fargate=False)
    ecs_rules.check(task(*PAIR, executionRoleArn="r", pidMode="task"), on_fargate=True)


def test_a_container_of_a_task_on_fargate_raises_nofile_and_no_other_limit() -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html
    def limited(name: str) -> dict[str, Any]:
        first, *rest = PAIR
        limit = {"name": name, "softLimit": 1, "hardLimit": 1}
        return task(first | {"ulimits": [limit]}, *rest, executionRoleArn="r")

    ecs_rules.check(limited("nofile"), on_fargate=True)
    with pytest.raises(ApiError, match="ulimits memlock is not applicable for Fargate"):
        ecs_rules.check(limited("memlock"), on_fargate=True)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=6))
def test_only_dependencies_without_a_circle_are_taken(edges: list[tuple[str, str]]) -> None:
    waits = {name: [(other, "START") for first, other in edges if first == name] for name in NAMES}
    left = set(NAMES)
    for _ in NAMES:
        left -= {name for name in left if not left.intersection(other for other, _ in waits[name])}
    properties = task(*(container(name, *waits[name]) for name in NAMES))
    if left:
        assert "in a circle" in refusal(properties)
    else:
        ecs_rules.check(properties, on_fargate=False)


def test_what_the_service_fills_in() -> None:
    # Empty members and `essential` as the Terraform provider knows them from DescribeJobDefinitions
    # (hashicorp/terraform-provider-aws, internal/service/batch/ecs_properties.go).
    given = {"name": "a", "image": "x", "logConfiguration": {"logDriver": "awslogs"}}
    (found,) = ecs.with_defaults(task(given), fargate=True)["taskProperties"]
    assert (found["volumes"], found["platformVersion"]) == ([], "LATEST")
    empty = ("command", "dependsOn", "environment", "mountPoints", "secrets", "ulimits")
    log = {"logDriver": "awslogs", "secretOptions": []}
    assert found["containers"] == [
        {**{key: [] for key in empty}, **given, "essential": True, "logConfiguration": log}
    ]
    assert given["logConfiguration"] == {"logDriver": "awslogs"}


def override(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"taskProperties": [{"containers": list(changes)}]}


def test_overrides_go_to_the_container_of_their_name() -> None:
    properties = task(
        container("a", command=["old"], environment=[{"name": "X", "value": "1"}]), container("b")
    )
    change = {
        "name": "a",
        "command": ["new"],
        "environment": [{"name": "Y", "value": "2"}],
        "resourceRequirements": [{"type": "VCPU", "value": "4"}],
    }
    first, second = ecs.overridden(properties, override(change))["taskProperties"][0]["containers"]
    assert first["command"] == ["new"]
    assert first["environment"] == [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]
    assert first["resourceRequirements"] == asked("4")
    assert second == container("b")
    assert properties["taskProperties"][0]["containers"][0]["command"] == ["old"]
    assert ecs.overridden(properties, {}) is properties


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            override({"name": "c"}),
            "names the container 'c', which the job definition does not have: name one of a, b",
        ),
        (override({"command": ["x"]}), "names the container None"),
        (
            override({"name": "a", "command": ["x" * 8_200]}),
            "ecsPropertiesOverride length must be at most 8192",
        ),
        (override({"name": "a", "command": [""]}), "Command cannot be empty"),
        ({"taskProperties": [{}, {}]}, "can not have more than 1 element"),
    ],
)
def test_override_refusals(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as caught:
        ecs.overridden(task(container("a"), container("b")), given)
    assert message in caught.value.message


def test_needs_of_a_task_are_those_of_its_containers() -> None:
    properties = task(container("a"), container("b", resourceRequirements=asked("2", "100", GPU="1")))
    assert needs.of(properties) == Needs(3, 2148, 1)
    assert needs.hosts(properties) == [Needs(3, 2148, 1)]


def test_registered_definition_is_described(client: Any) -> None:
    client.call(
        "RegisterJobDefinition", jobDefinitionName="many", type="container", ecsProperties=task(*PAIR)
    )
    (found,) = client.call("DescribeJobDefinitions", jobDefinitionName="many")["jobDefinitions"]
    assert [each["name"] for each in found["ecsProperties"]["taskProperties"][0]["containers"]] == [
        "server",
        "agent",
    ]
    assert found["ecsProperties"]["taskProperties"][0]["containers"][0]["essential"] is True
