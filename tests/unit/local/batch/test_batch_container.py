"""The container executor: its argument list, and a stand-in for the tool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import SCOPE, Client, FakeHost
from tests.unit.local.batch.shapes import after, by_name, output, several, shell

from batchyard.local.batch import container
from batchyard.local.batch.launch import Launch, Outcome

NOT_STARTED = "Task failed to start"
STAND_IN = """#!/bin/sh
echo "args: $*"
echo "secret: $AWS_SECRET_ACCESS_KEY"
[ "$1" = rm ] && exit 0
case "$*" in *missing*) echo "pull access denied for missing"; exit 125;; esac
exit 7
"""


def _launch(task: str = "t", **properties: Any) -> Launch:
    return Launch(
        task=task,
        job_id="j",
        scope=SCOPE,
        image="repo/tool:1",
        command=("run", "a b"),
        environment={},
        role_arn="",
        log_group=None,
        log_stream="s",
        vcpus=1.0,
        memory_mib=128.0,
        properties=properties,
    )


def test_arguments_hold_names_but_no_values() -> None:
    launch = _launch()
    variables = {"TOKEN": "secret", "A": "1", "PATH": "/job/bin"}
    assert container.run_argv(launch, "podman", variables) == (
        *("podman", "run", "--rm", "--name", "batch-t", "--network", "host", "--memory", "128m"),
        *("--env", "A", "--env", "PATH=/job/bin", "--env", "TOKEN", "repo/tool:1", "run", "a b"),
    )


@pytest.mark.parametrize(
    ("properties", "options"),
    [
        ({"user": "1000:1000"}, "--user 1000:1000"),
        ({"privileged": True}, "--privileged"),
        ({"readonlyRootFilesystem": True}, "--read-only"),
        (
            {"ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}]},
            "--ulimit nofile=10:20",
        ),
        ({"linuxParameters": {"sharedMemorySize": 256}}, "--shm-size 256m"),
        ({"linuxParameters": {"initProcessEnabled": True}}, "--init"),
        (
            {"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 64, "mountOptions": ["noexec"]}]}},
            "--tmpfs /t:size=64m,noexec",
        ),
        (
            {"linuxParameters": {"devices": [{"hostPath": "/dev/fuse", "permissions": ["READ", "WRITE"]}]}},
            "--device /dev/fuse:/dev/fuse:rw",
        ),
        (
            {"linuxParameters": {"maxSwap": 100, "swappiness": 10}},
            "--memory-swap 228m --memory-swappiness 10",
        ),
        (
            {
                "volumes": [{"name": "data", "host": {"sourcePath": "/mnt"}}],
                "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": True}],
            },
            "--volume /mnt:/data:ro",
        ),
        (
            {
                "volumes": [{"name": "data"}],
                "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
            },
            "--volume batch-t-data:/data",
        ),
        ({"ipcMode": "host", "pidMode": "host"}, "--ipc host --pid host"),
        ({"ipcMode": "task", "privileged": False, "linuxParameters": {}}, ""),
    ],
)
def test_properties_become_options(properties: dict[str, Any], options: str) -> None:
    """https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html"""
    argv = container.run_argv(_launch("t.1", **properties), "docker", {})
    assert argv[9:-3] == tuple(options.split())


def test_volume_that_is_not_on_this_machine_is_said(contained: Client) -> None:
    volumes = [{"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]
    mounts = [{"sourceVolume": "shared", "containerPath": "/shared"}]
    contained.definition("tool", image="repo/tool:1", properties={"volumes": volumes, "mountPoints": mounts})
    job = contained.ended(contained.submit(definition="tool"))
    assert "EFS file system fs-1 can not be mounted here" in job["container"]["reason"]
    assert job["statusReason"] == NOT_STARTED


def test_containers_of_a_task_are_containers_of_the_tool(contained: Client, host: FakeHost) -> None:
    several(
        contained,
        main=shell("", image="repo/main:1", command=["go"], dependsOn=after("side:COMPLETE")),
        side=shell("", image="repo/side:1", essential=False, linuxParameters={"sharedMemorySize": 64}),
    )
    job = contained.ended(contained.submit(definition="several"))
    containers = by_name(job)
    task = job["ecsProperties"]["taskProperties"][0]["taskArn"].rpartition("/")[2]
    main, side = (output(host, containers[name])[0] for name in ("main", "side"))
    assert f"--name batch-{task}.0 --network host" in main
    assert main.endswith("repo/main:1 go")
    assert f"--name batch-{task}.1 --network host --memory 128m --shm-size 64m" in side
    assert containers["main"]["exitCode"] == 7


@pytest.mark.parametrize(
    ("code", "line", "expected"),
    [
        (0, "", Outcome(exit_code=0)),
        (1, "pull", Outcome(exit_code=1)),
        (125, "manifest unknown", Outcome(None, "CannotPullContainerError: manifest unknown", NOT_STARTED)),
        (125, "bad flag", Outcome(None, "CannotStartContainerError: bad flag", NOT_STARTED)),
    ],
)  # fmt: skip
def test_meaning_of_the_tools_exit_codes(code: int, line: str, expected: Outcome) -> None:
    assert container.outcome(code, line) == expected


@pytest.fixture
def contained(make: MakeClient, tmp_path: Path) -> Client:
    tool = tmp_path / "docker"
    tool.write_text(STAND_IN)
    tool.chmod(0o755)
    client = make(executor="container", container_tool=str(tool))
    client.environment()
    client.queue()
    return client


def test_container_runs_through_the_tool(contained: Client, host: FakeHost) -> None:
    role: dict[str, Any] = {"jobRoleArn": "arn:aws:iam::000000000000:role/job"}
    contained.definition("tool", "go", image="repo/tool:1", properties=role)
    job = contained.ended(contained.submit(definition="tool"))
    arguments, secret = host.output(job)
    assert job["container"]["exitCode"] == 7
    assert arguments.endswith("repo/tool:1 go")
    assert "secret" not in arguments
    assert secret == "secret: secret"


def test_missing_image_is_a_pull_error(contained: Client) -> None:
    contained.definition("tool", image="missing:1")
    job = contained.ended(contained.submit(definition="tool"))
    assert job["container"]["reason"] == "CannotPullContainerError: pull access denied for missing"
    assert "exitCode" not in job["container"]


def test_missing_tool_is_said(make: MakeClient) -> None:
    client = make(executor="container", container_tool="no-such-tool")
    client.environment()
    client.queue()
    client.definition()
    job = client.ended(client.submit())
    assert "the command no-such-tool was not found on the PATH" in job["container"]["reason"]
