"""What each kind of job renders to, beyond what the reader asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from batchyard.errors import ManifestError
from batchyard.manifest.jobs.pod import PROJECT_USER
from batchyard.paths import project_root

Define = Callable[[str], dict[str, dict[str, Any]]]
SIZE = "image: tool, vcpus: 1, memory: 2048, timeout: 1h"


def one(define: Define, text: str) -> dict[str, Any]:
    return define(f"jobs:\n  one: {{{text}}}\n")["one"]


def test_a_container_is_as_small_as_what_was_asked_for(define: Define) -> None:
    found = one(define, f"{SIZE}, queue: high")
    assert found["container_properties"] == {
        "image": "000000000000.dkr.ecr.us-east-1.amazonaws.com/batchyard-test/tool:0123456789ab",
        "command": [],
        "jobRoleArn": "arn:aws:iam::000000000000:role/batchyard-test-demo-one-job",
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        "environment": [
            {"name": "AWS_DEFAULT_REGION", "value": "us-east-1"},
            {"name": "BATCHYARD_VCPUS", "value": "1"},
        ],
        "volumes": [],
        "mountPoints": [],
    }
    assert (found["kind"], found["type"], found["platform_capabilities"]) == (
        "container",
        "container",
        ["EC2"],
    )
    assert (found["images"], found["execution_role"], found["propagate_tags"]) == (["tool"], None, True)
    assert (found["array_size"], found["nodes"], found["scheduling_priority"]) == (None, None, None)


@pytest.mark.parametrize(
    ("place", "readonly"),
    [
        ("", None),
        (", scratch: true", True),
        (", tmpfs: [{path: /tmp, size: 64}]", True),
        (", volumes: {x: {}}, mounts: [{volume: x, path: /x}]", True),
        (", volumes: {x: {}}, mounts: [{volume: x, path: /x, readonly: true}]", None),
        (", readonly_root: true", True),
        (", scratch: true, readonly_root: false", False),
    ],
)
def test_the_root_is_readonly_where_there_is_another_place_to_write_to(
    define: Define, place: str, readonly: bool | None
) -> None:
    properties = one(define, f"{SIZE}, queue: high{place}")["container_properties"]
    assert properties.get("readonlyRootFilesystem") is readonly


def test_on_fargate_a_job_has_what_fargate_wants(define: Define) -> None:
    found = one(define, f"{SIZE}, kind: fargate, queue: fargate")
    properties = found["container_properties"]
    assert found["platform_capabilities"] == ["FARGATE"]
    assert properties["executionRoleArn"] == "arn:aws:iam::000000000000:role/batchyard-test-demo-one-exec"
    assert properties["networkConfiguration"] == {"assignPublicIp": "DISABLED"}
    assert properties["fargatePlatformConfiguration"] == {"platformVersion": "LATEST"}
    assert properties["logConfiguration"] == {"logDriver": "awslogs", "options": {}}
    assert "runtimePlatform" not in properties


def test_windows_containers_are_told_so_and_get_nothing_of_linux(define: Define) -> None:
    windows = "operating_system: WINDOWS_SERVER_2022_CORE"
    properties = one(define, f"{SIZE}, kind: fargate, queue: fargate, {windows}")["container_properties"]
    expected = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "X86_64"}
    assert properties["runtimePlatform"] == expected
    assert not {"linuxParameters", "readonlyRootFilesystem", "user", "ulimits"} & properties.keys()


def test_an_array_says_its_size_and_its_platform(define: Define) -> None:
    found = one(define, f"{SIZE}, kind: array, queue: fargate, platform: fargate, size: 100")
    assert (found["array_size"], found["platform_capabilities"]) == (100, ["FARGATE"])


TASK = """
jobs:
  one:
    kind: multi-container
    queue: high
    timeout: 1h
    containers:
      server: {image: server, vcpus: 1, memory: 512, essential: false, scratch: true}
      agent: {image: agent, vcpus: 1, memory: 512, init: false, depends_on: {server: START}}
"""


def test_a_task_has_its_containers_in_order_and_one_role(define: Define) -> None:
    found = define(TASK)["one"]
    [task] = found["ecs_properties"]["taskProperties"]
    server, agent = task["containers"]
    assert (server["name"], server["essential"], "dependsOn" in server) == ("server", False, False)
    assert (agent["essential"], agent["dependsOn"]) == (
        True,
        [{"containerName": "server", "condition": "START"}],
    )
    assert task["taskRoleArn"] == "arn:aws:iam::000000000000:role/batchyard-test-demo-one-job"
    assert task["volumes"] == [{"name": "scratch", "host": {"sourcePath": "/scratch"}}]
    assert server["mountPoints"] == [
        {"sourceVolume": "scratch", "containerPath": "/scratch", "readOnly": False}
    ]
    assert (found["images"], found["platform_capabilities"]) == (["agent", "server"], ["EC2"])


def test_containers_that_stop_each_other_have_an_init_unless_it_is_turned_off(define: Define) -> None:
    [task] = define(TASK)["one"]["ecs_properties"]["taskProperties"]
    assert [each["linuxParameters"] for each in task["containers"]] == [
        {"initProcessEnabled": True},
        {"initProcessEnabled": False},
    ]


def test_nodes_have_their_ranges_as_they_are_spelt(define: Define) -> None:
    found = define(
        """
jobs:
  one:
    kind: multi-node
    queue: hpc
    timeout: 1h
    nodes: 4
    instance_type: c7i.4xlarge
    ranges:
      "0": {image: mpi, vcpus: 2, memory: 512, shared_memory: 64}
      "1:": {image: mpi, vcpus: 4, memory: 512}
"""
    )["one"]
    properties = found["node_properties"]
    assert (properties["numNodes"], properties["mainNode"]) == (4, 0)
    first, rest = properties["nodeRangeProperties"]
    assert (first["targetNodes"], rest["targetNodes"]) == ("0", "1:")
    assert first["container"]["linuxParameters"] == {"initProcessEnabled": True, "sharedMemorySize": 64}
    assert {each["container"]["instanceType"] for each in (first, rest)} == {"c7i.4xlarge"}
    assert (found["type"], found["platform_capabilities"], found["nodes"]) == ("multinode", [], 4)


POD = """
jobs:
  one:
    kind: eks
    queue: eks
    timeout: 1h
    pod: {containers: {main: {image: tool, vcpus: 0.5, memory: 512, command: [Ref::in]}}}
"""


def test_a_pod_is_no_root_and_in_a_network_of_its_own(define: Define) -> None:
    found = define(POD)["one"]
    pod = found["eks_properties"]["podProperties"]
    [container] = pod["containers"]
    assert pod["hostNetwork"] is False
    assert container["securityContext"] == {
        "privileged": False,
        "readOnlyRootFilesystem": False,
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
    }
    assert container["resources"] == {"limits": {"cpu": "0.5", "memory": "512Mi"}}
    assert (container["args"], "command" in container) == (["Ref::in"], False)
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html: neither with EKS
    assert (found["platform_capabilities"], found["propagate_tags"]) == ([], False)
    assert (found["role"], found["execution_role"]) == (None, None)


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("image: tool", (10001, 10001)),
        ('image: tool, user: "7"', (7, 7)),
        ('image: tool, user: "7:8"', (7, 8)),
        ("image: tool, allow_root: true", (0, 0)),
    ],
)
def test_a_pod_always_names_user_and_group(define: Define, written: str, ids: tuple[int, int]) -> None:
    # Provider 5.100 sends 0 for what is left out (docs/traps.md).
    found = define(POD.replace("image: tool", written))["one"]["eks_properties"]["podProperties"]
    security = found["containers"][0]["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"]) == ids


def test_the_images_of_the_project_run_as_the_user_that_pods_name() -> None:
    project_root.cache_clear()
    files = sorted((project_root() / "jobs").glob("*/Dockerfile"))
    users = {
        file.parent.name: re.findall(r"^USER (.+)$", file.read_text(), re.MULTILINE)[-1:] for file in files
    }
    assert users == {name: [PROJECT_USER] for name in users}


def test_more_than_24_kib_are_refused(define: Define) -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html: maximum size of a job definition
    with pytest.raises(ManifestError, match=r"job definition has 2[0-9],[0-9]+ bytes, at most 24,576"):
        one(define, f"{SIZE}, queue: high, command: [{'x' * 25_000}]")


def test_an_unknown_placeholder_is_refused(define: Define) -> None:
    text = 'image_uri: "{acount}.dkr.ecr.{region}.amazonaws.com/tool:1", user: app, vcpus: 1, memory: 512'
    with pytest.raises(
        ManifestError, match=r"unknown placeholder \{acount\} .*\n  known: \{account\}"
    ) as caught:
        one(define, f"{text}, timeout: 1h, queue: high")
    assert caught.value.where == "workflow.yaml:4: jobs.one.image_uri"
