"""The list of workflows, and one of them in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchyard.environments import Environment
from batchyard.errors import UsageError
from batchyard.manifest.jobs import KINDS
from batchyard.render.catalogue import workflow, workflows


@pytest.mark.usefixtures("project")
def test_the_list_says_what_is_deployed_where() -> None:
    assert workflows() == [
        {
            "name": "exome",
            "description": "Secondary analysis of one sequencing sample, from reads to annotated variants",
            "wait": "sync",
            "jobs": ["align", "call", "annotate", "stats"],
            "functions": [],
            "deployed": [
                {"environment": "local", "name": "exome"},
                {"environment": "local", "name": "exome-poll"},
            ],
        }
    ]


def test_the_list_of_an_environment_leaves_out_what_it_does_not_deploy(project: Path) -> None:
    tfvars = project / "terraform/environments/local.tfvars"
    head, _, rest = tfvars.read_text().partition("workflows = {")
    tfvars.write_text(f"{head}workflows = {{}}\n{rest.partition(chr(10) + '}')[2]}")
    assert workflows(environment="local") == []


@pytest.mark.parametrize("name", ["exome", "exome-poll"])
def test_a_workflow_is_shown_by_either_name(project: Path, name: str) -> None:
    found = workflow(name)
    assert found["name"] == "exome"
    assert found["manifest"]["jobs"]["align"]["timeout"] == 21600


def test_jobs_of_every_kind_are_shown_by_the_manifest_s_own_keys(shapes: Environment) -> None:
    jobs = workflow("shapes-poll")["manifest"]["jobs"]
    assert list(jobs["explore"]["containers"]) == ["server", "agent"]
    assert list(jobs["solve"]["ranges"]) == ["0", "1:"]
    assert {job["kind"] for job in jobs.values()} == set(KINDS)


def test_an_unknown_workflow_is_answered_with_the_known_ones(project: Path) -> None:
    with pytest.raises(UsageError, match="no workflow exoem\n  there is: exome, exome-poll"):
        workflow("exoem")
