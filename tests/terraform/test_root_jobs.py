"""Bundles' job definitions in the root module: every body reaches its module, roles are the bundle's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.terraform.root_project import RootProject, emulator

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("root-jobs")]
ACCOUNT = "000000000000"
_LOG_GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/batch/job:*"
_CONTAINER = {"image": "tool:1", "resourceRequirements": []}
_BODIES: dict[str, dict[str, Any]] = {
    "one": {"container_properties": _CONTAINER},
    "task": {"ecs_properties": {"taskProperties": [{"containers": [{"name": "a", **_CONTAINER}]}]}},
    "nodes": {
        "type": "multinode",
        "platform_capabilities": [],
        "node_properties": {
            "mainNode": 0,
            "numNodes": 2,
            "nodeRangeProperties": [{"targetNodes": "0:", "container": _CONTAINER}],
        },
    },
    "pod": {
        "platform_capabilities": [],
        "eks_properties": {"podProperties": {"containers": [{"name": "a", "image": "tool:1"}]}},
    },
    "fargate": {
        "platform_capabilities": ["FARGATE"],
        "container_properties": {**_CONTAINER, "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/pulls"},
        "execution_role": {
            "name": "pulls",
            "statements": [
                {"Sid": "Logs", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": _LOG_GROUP}
            ],
        },
    },
    "device": {"container_properties": {**_CONTAINER, "privileged": True}},
}
_COMMON: dict[str, Any] = {
    "type": "container",
    "platform_capabilities": ["EC2"],
    "parameters": {},
    "retry_strategy": {"attempts": 1, "evaluateOnExit": []},
    "timeout_seconds": 60,
    "propagate_tags": True,
    "scheduling_priority": None,
    "tags": {"step": "first", "project": "of the job"},
    "role": None,
    "execution_role": None,
}


class Jobs:
    """The root module with one workflow, whose jobs have every body."""

    def __init__(self, project: RootProject) -> None:
        self.project = project
        path = project.bundle("local", ACCOUNT, "us-east-1", "shapes")
        document = json.loads(path.read_text())
        document["job_definitions"] = {
            key: {**_COMMON, "name": f"batchyard-local-shapes-{key}", **body} for key, body in _BODIES.items()
        }
        path.write_text(json.dumps(document))

    def plan(self, *arguments: str) -> dict[str, dict[str, Any]]:
        workflows = '-var=workflows={ "shapes" = {} }'
        plan = self.project.plan("local", ACCOUNT, workflows, *arguments)
        return {item["address"]: item["change"]["after"] for item in plan["resource_changes"]}


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    with emulator(tmp_path_factory.mktemp("emulator")) as address:
        yield Jobs(RootProject(tmp_path_factory.mktemp("root"), address))


@pytest.fixture(scope="module")
def planned(jobs: Jobs) -> dict[str, dict[str, Any]]:
    return jobs.plan('-var=privileged_jobs=["shapes/device"]')


def definition(planned: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    return planned[f'module.job_definition["shapes/{key}"].aws_batch_job_definition.this']


@pytest.mark.parametrize("key", ["one", "task", "nodes"])
def test_a_body_arrives_as_json_and_alone(planned: dict[str, dict[str, Any]], key: str) -> None:
    names = ("container_properties", "ecs_properties", "node_properties")
    found = {name: definition(planned, key)[name] for name in names}
    [expected] = [(name, body) for name, body in _BODIES[key].items() if name in names]
    assert {name: json.loads(text) for name, text in found.items() if text} == dict([expected])


def test_a_pod_arrives_in_blocks(planned: dict[str, dict[str, Any]]) -> None:
    [properties] = definition(planned, "pod")["eks_properties"]
    assert properties["pod_properties"][0]["containers"][0]["image"] == "tool:1"


def test_roles_are_those_that_the_bundle_names(planned: dict[str, dict[str, Any]]) -> None:
    roles = [address for address in planned if ".aws_iam_role." in address and "job_definition" in address]
    assert roles == ['module.job_definition["shapes/fargate"].aws_iam_role.execution[0]']
    policy = planned['module.job_definition["shapes/fargate"].aws_iam_role_policy.execution[0]']["policy"]
    assert json.loads(policy)["Statement"][0]["Resource"] == [_LOG_GROUP]


def test_tags_of_a_job_yield_to_those_of_the_environment(planned: dict[str, dict[str, Any]]) -> None:
    tags = definition(planned, "one")["tags"]
    assert (tags["step"], tags["project"], tags["environment"]) == ("first", "batchyard", "local")


def test_a_privileged_job_is_named_by_its_environment(jobs: Jobs) -> None:
    with pytest.raises(RuntimeError, match="allow_privileged is false and a container is privileged"):
        jobs.plan()


def test_a_job_that_is_gone_is_not_left_privileged(jobs: Jobs) -> None:
    with pytest.raises(RuntimeError, match="privileged_jobs names jobs of the environment's workflows"):
        jobs.plan('-var=privileged_jobs=["shapes/device", "shapes/gone"]')
