"""The container executor: its argument list, and a stand-in for the tool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import SCOPE, Client, FakeHost

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


def test_arguments_hold_names_but_no_values() -> None:
    launch = Launch(
        task="t",
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
    )
    variables = {"TOKEN": "secret", "A": "1", "PATH": "/job/bin"}
    assert container.run_argv(launch, "podman", variables) == (
        *("podman", "run", "--rm", "--name", "batch-t", "--network", "host", "--memory", "128m"),
        *("--env", "A", "--env", "PATH=/job/bin", "--env", "TOKEN", "repo/tool:1", "run", "a b"),
    )


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
