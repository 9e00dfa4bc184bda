"""Job definitions of every kind on the local environment: no drift, and every revision kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.local.clients import Clients
from tests.terraform.module_plans import ROOT, Workspace

pytestmark = [pytest.mark.local, pytest.mark.terraform, pytest.mark.xdist_group("job-definitions")]
_SHAPES = ROOT / "tests" / "terraform" / "replacement" / "shapes.tf"
_KINDS = ("array", "container", "eks", "fargate", "gpu", "multi-container", "multi-node")
_OUTPUT = 'output "arns" {\n  value = { for kind, job in module.job : kind => job.arn }\n}\n'


class Applied:
    """The definitions of all kinds in a folder of their own, applied once."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.space = Workspace(folder, endpoint)
        self.folder = self.space.root("shapes")
        shutil.copy(_SHAPES, self.folder)
        (self.folder / "outputs.tf").write_text(_OUTPUT)
        self.space.run("get", folder=self.folder)
        self.apply()

    def apply(self) -> None:
        self.space.run("apply", "-auto-approve", folder=self.folder)

    def edit(self, before: str, after: str) -> None:
        text = (self.folder / _SHAPES.name).read_text()
        assert before in text
        (self.folder / _SHAPES.name).write_text(text.replace(before, after))

    def changes(self) -> dict[str, Any]:
        """Return what a plan would do, by address, after it has read everything back."""
        self.space.run("plan", "-out=plan", folder=self.folder)
        shown = json.loads(self.space.run("show", "-json", "plan", folder=self.folder).stdout)
        found = {item["address"]: item["change"] for item in shown["resource_changes"]}
        return {address: item for address, item in found.items() if item["actions"] != ["no-op"]}

    def outputs(self) -> dict[str, str]:
        document = json.loads(self.space.run("output", "-json", folder=self.folder).stdout)
        return dict(document["arns"]["value"])


@pytest.fixture(scope="module")
def applied(aws: Clients, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    if shutil.which("terraform") is None:
        pytest.skip("the terraform command is not installed")
    found = Applied(tmp_path_factory.mktemp("shapes"), aws.endpoint)
    yield found
    found.space.run("destroy", "-auto-approve", folder=found.folder)


def test_what_batch_fills_in_is_no_change(applied: Applied) -> None:
    assert applied.changes() == {}


def test_an_edit_keeps_the_revision_before(applied: Applied, aws: Clients) -> None:
    applied.edit("timeout_seconds       = 3600", "timeout_seconds       = 7200")
    told = {address for address, item in applied.changes().items() if item["after_unknown"].get("arn")}
    applied.apply()
    known = applied.outputs()
    for kind in _KINDS:
        found = aws("batch").describe_job_definitions(jobDefinitionName=f"batchyard-test-{kind}")
        revisions = {each["revision"]: each["status"] for each in found["jobDefinitions"]}
        assert revisions == {1: "ACTIVE", 2: "ACTIVE"}, kind
        # The provider's plan does not tell a pod's revision (docs/replacement.md).
        assert known[kind].endswith(":1" if kind == "eks" else ":2")
    assert told == {f'module.job["{kind}"].aws_batch_job_definition.this' for kind in _KINDS if kind != "eks"}


def test_a_body_arrives_as_it_was_rendered(applied: Applied, aws: Clients) -> None:
    found = aws("batch").describe_job_definitions(jobDefinitionName="batchyard-test-multi-container")
    [task] = found["jobDefinitions"][0]["ecsProperties"]["taskProperties"]
    assert [container["name"] for container in task["containers"]] == ["server", "agent"]
    assert task["containers"][1]["dependsOn"] == [{"containerName": "server", "condition": "START"}]
