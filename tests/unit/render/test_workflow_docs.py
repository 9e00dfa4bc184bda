"""docs/workflows.md shows an example of every argument of batch_task; each is rendered and validated."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from batchyard.asl.model import read
from batchyard.asl.validate import validate
from batchyard.environments import DeployedWorkflow, Environment
from batchyard.manifest.marked import read_yaml
from batchyard.render.blocks import Blocks
from batchyard.render.deployment import deployment
from batchyard.render.state_machine import definition

PAGE = (Path(__file__).resolve().parents[3] / "docs/workflows.md").read_text()
SECTION = PAGE.partition("\n## Job shapes\n")[2].partition("\n## ")[0]
MANIFEST, *EXAMPLES = re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)
# Told in the section's first sentence, and used all over the project's workflows.
OLD = {"self", "job", "parameters", "next", "queue", "definition", "wait", "on_failure", "queue_seconds"}


@pytest.fixture
def folder(project: Path) -> Path:
    """Return the folder of the workflow that the page describes."""
    folder = project / "templates/workflows/shapes"
    folder.mkdir()
    (folder / "workflow.yaml").write_text(MANIFEST)
    (folder / "input.schema.json").write_text('{"type": "object"}')
    return folder


def rendered(local: Environment) -> dict[str, Any]:
    """Return the state machine of the folder; its images need not exist for that."""
    environment = local.model_copy(update={"workflows": {"shapes": DeployedWorkflow()}})
    document, _ = definition(deployment(environment, "shapes"))
    return document


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_makes_a_machine_that_the_service_takes(
    folder: Path, local: Environment, example: str
) -> None:
    states = [f"  {line}" for line in [*example.splitlines(), "Done: {Type: Succeed}"]]
    start = example.partition(":")[0]
    text = "\n".join(["QueryLanguage: JSONata", f"StartAt: {start}", "States:", *states])
    (folder / "state-machine.asl.yaml.j2").write_text(text)
    machine = read(rendered(local))
    assert validate(machine, severity="ERROR").diagnostics == ()
    assert next(state.name for state in machine.states) == start


def test_every_argument_has_an_example() -> None:
    new = inspect.signature(Blocks.batch_task).parameters.keys() - OLD
    assert new == {"size", "nodes", "share", "depends_on", "environment"}
    for name in new:
        assert f"**`{name}`**" in SECTION
        assert any(f"{name}=" in example for example in EXAMPLES)


def test_the_states_that_the_page_names_are_those_that_there_are(folder: Path, local: Environment) -> None:
    named = re.search(r"This makes (.*?)\.\s", SECTION, re.DOTALL)
    assert named
    states = (
        'QueryLanguage: JSONata\nStartAt: Prepare\nStates:\n  Prepare: {{ batch_task("prepare") | json }}\n'
    )
    (folder / "state-machine.asl.yaml.j2").write_text(states)
    assert set(re.findall(r"`([^`]+)`", named[1])) == set(rendered(local)["States"])


def test_the_manifest_of_the_page_has_all_kinds_but_those_of_one_container_and_pods() -> None:
    jobs = read_yaml(MANIFEST, "docs").data["jobs"]
    assert {job.get("kind", "container") for job in jobs.values()} == {
        "container",
        "array",
        "multi-container",
        "multi-node",
    }
