"""What is rendered today, compared with the files beside this one: what `local` deploys, and every shape."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.unit.render.conftest import _shapes_root, shapes  # noqa: F401 - fixtures

from batchyard.environments import Environment, load
from batchyard.lint.jobs import containers
from batchyard.render.bundles import rendered
from batchyard.render.canonical import dump

HERE = Path(__file__).resolve().parent
COMMAND = "UPDATE_GOLDEN=1 .venv/bin/pytest tests/unit/golden"


def masked(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle without what changes with the code of jobs and functions: image tags and zip hashes."""
    found = copy.deepcopy(bundle)
    for name, image in bundle["images"].items():
        found["images"][name] = f"{image.rpartition(':')[0]}:TAG"
    for job in found["job_definitions"].values():
        for _, container in containers(job):
            if container.get("image") in bundle["images"].values():
                container["image"] = f"{container['image'].rpartition(':')[0]}:TAG"
    for function in found["functions"].values():
        function["sha256_base64"] = "HASH"
    return found


def compare(environment: Environment, workflow: str, kind: str) -> None:
    """Compare a bundle or state machine with its file, or write the file if that is asked."""
    found = rendered(environment, workflow)
    text = dump(masked(found.bundle) if kind == "bundle" else found.definition)
    path = HERE / f"{workflow}.{kind}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert path.is_file(), f"no golden file {path.name}; write it: {COMMAND}"
    assert json.loads(text) == json.loads(path.read_text()), f"if the change is meant: {COMMAND}"
    assert text == path.read_text(), f"same content, other bytes; if that is meant: {COMMAND}"


@pytest.mark.parametrize("workflow", ["exome", "exome-poll"])
@pytest.mark.parametrize("kind", ["bundle", "asl"])
def test_what_is_rendered_is_what_was_approved(workflow: str, kind: str) -> None:
    compare(load("local"), workflow, kind)


@pytest.mark.parametrize(
    ("workflow", "kind"), [("shapes", "bundle"), ("shapes", "asl"), ("shapes-poll", "asl")]
)
def test_every_shape_is_rendered_as_it_was_approved(
    shapes: Environment,  # noqa: F811
    workflow: str,
    kind: str,
) -> None:
    compare(shapes, workflow, kind)
