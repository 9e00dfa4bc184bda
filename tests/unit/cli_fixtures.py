"""A small project in a temporary folder, and a stand-in for the Terraform command."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from batchyard import environments, paths
from batchyard.environments import Environment

TFVARS = """
environment = "dev"
account_id  = "111122223333"
region      = "eu-west-1"
buckets = { data = {}, results = {} }
compute = { spot = { type = "SPOT", max_vcpus = 16 } }
queues  = { high = { priority = 1000, compute = ["spot"] }, low = { priority = 1, compute = ["spot"] } }
workflows = { exome = {} }
"""
SCHEMA = {
    "type": "object",
    "required": ["sampleId"],
    "properties": {"sampleId": {"type": "string"}, "align": {"properties": {"memory": {"type": "integer"}}}},
    "additionalProperties": False,
}
BUNDLE = {
    "workflow": "exome",
    "environment": "dev",
    "job_definitions": {"align": {"name": "batchyard-dev-exome-align"}},
    "functions": {},
    "state_machine": {"definition": "exome.asl.json"},
    "input_schema": SCHEMA,
    "smoke": {
        "input": {"sampleId": "smoke"},
        "data": "templates/workflows/exome/smoke",
        "data_s3": "s3://batchyard-dev-111122223333-data/smoke/exome/",
        "expect": [{"s3": "s3://batchyard-dev-111122223333-results/smoke/out.txt", "min_bytes": 5}],
        "timeout_seconds": 60,
    },
}
ASL = {
    "StartAt": "Align",
    "States": {
        "Align": {"Type": "Task", "Next": "Both"},
        "Both": {
            "Type": "Parallel",
            "End": True,
            "Branches": [{"States": {"Call": {"Type": "Task", "End": True}}}],
        },
    },
}

# Notes its arguments and environment, plays back canned output, makes the plan file that it is asked for.
STAND_IN = r"""#!/bin/sh
here="$FAKE_TERRAFORM"
for argument in "$@"; do printf '%s\037' "$argument"; done >> "$here/calls"
printf '\n' >> "$here/calls"
env > "$here/$1.env"
for argument in "$@"; do
  case "$argument" in -out=*) umask > "$here/umask"; printf 'a plan' > "${argument#-out=}";; esac
done
if [ -f "$here/$1.hook" ]; then . "$here/$1.hook"; fi
if [ -f "$here/$1.out" ]; then cat "$here/$1.out"; fi
if [ -f "$here/$1.err" ]; then cat "$here/$1.err" >&2; fi
if [ -f "$here/$1.code" ]; then exit "$(cat "$here/$1.code")"; fi
exit 0
"""


@dataclass(frozen=True)
class FakeTerraform:
    """What the stand-in shall answer, and what it was called with."""

    folder: Path

    def answers(self, command: str, *, out: str = "", err: str = "", code: int = 0) -> None:
        """Set what a command prints and returns."""
        for name, content in (("out", out), ("err", err), ("code", str(code))):
            (self.folder / f"{command}.{name}").write_text(content)

    def streams(self, command: str, *events: dict[str, Any], code: int = 0) -> None:
        """Set the `-json` lines that a command prints."""
        self.answers(command, out="".join(json.dumps(event) + "\n" for event in events), code=code)

    def plans(self, document: dict[str, Any], *, code: int = 2) -> None:
        """Set the plan that `plan` and `show` tell of."""
        self.streams("plan", code=code)
        self.answers("show", out=json.dumps(document))

    def hook(self, command: str, script: str) -> None:
        """Set shell commands that a command runs before it prints."""
        (self.folder / f"{command}.hook").write_text(script)

    @property
    def calls(self) -> list[list[str]]:
        """Return the arguments of every call so far."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.is_file() else []
        return [line.split("\037")[:-1] for line in lines]

    def called(self, command: str) -> list[list[str]]:
        """Return the arguments of the calls of one command."""
        return [call[1:] for call in self.calls if call[0] == command]

    def variables(self, command: str) -> dict[str, str]:
        """Return the environment of the last call of a command."""
        lines = (self.folder / f"{command}.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a project with one environment, `dev`, whose one workflow is rendered."""
    root = tmp_path / "a project"
    for folder in ("templates/workflows/exome/smoke", "terraform/environments", "modules/queue", "build/dev"):
        (root / folder).mkdir(parents=True)
    (root / "terraform/main.tf").write_text("# root\n")
    (root / "terraform/environments/dev.tfvars").write_text(TFVARS)
    (root / "terraform/environments/dev.s3.tfbackend").write_text('bucket = "state"\n')
    (root / "modules/queue/main.tf").write_text("# module\n")
    (root / "build/dev/exome.bundle.json").write_text(json.dumps(BUNDLE))
    (root / "build/dev/exome.asl.json").write_text(json.dumps(ASL))
    (root / "templates/workflows/exome/smoke/reads.fastq").write_text("@r\n")
    for name in [name for name in os.environ if name.startswith(("AWS_", "TF_", "BATCHYARD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BATCHYARD_ROOT", str(root))
    paths.project_root.cache_clear()
    yield root
    paths.project_root.cache_clear()


@pytest.fixture
def dev(project: Path) -> Environment:
    """Return the project's environment."""
    return environments.load("dev")


@pytest.fixture
def terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTerraform:
    """Return a stand-in for Terraform, which is first on the PATH."""
    folder = tmp_path / "terraform-stand-in"
    folder.mkdir()
    (folder / "terraform").write_text(STAND_IN)
    (folder / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_TERRAFORM", str(folder))
    fake = FakeTerraform(folder)
    fake.answers("version", out='{"terraform_version": "1.11.4"}')
    return fake


class StubbedAws:
    """AWS clients that answer from a script; requests and answers are checked by the services' models."""

    def __init__(self, clients: dict[str, Any]) -> None:
        self._clients = clients
        self._stubbers: dict[str, Stubber] = {}

    def __getitem__(self, service: str) -> Stubber:
        """Return a service's script."""
        if service not in self._stubbers:
            self._stubbers[service] = Stubber(self._client(service))
            self._stubbers[service].activate()
        return self._stubbers[service]

    def client(self, service: str, **_: object) -> Any:
        """Stand in for the session's method."""
        return self[service].client

    def end(self) -> None:
        """Check that everything in the scripts was asked for."""
        for stubber in self._stubbers.values():
            stubber.deactivate()
            stubber.assert_no_pending_responses()

    def _client(self, service: str) -> Any:
        if service not in self._clients:  # kept between tests: reading a service's model takes long
            keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
            self._clients[service] = boto3.client(service, region_name="eu-west-1", **keys)
        return self._clients[service]


_CLIENTS: dict[str, Any] = {}


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedAws]:
    """Return the scripts of all AWS services."""
    from batchyard import aws

    stubbed = StubbedAws(_CLIENTS)
    monkeypatch.setattr(aws, "_session", lambda *_, **__: stubbed)
    yield stubbed
    stubbed.end()
