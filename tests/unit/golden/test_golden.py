"""What is rendered for `local` today, compared with the files beside this one."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

from batchyard.environments import load
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
        properties = job["container_properties"]
        properties["image"] = f"{properties['image'].rpartition(':')[0]}:TAG"
    for function in found["functions"].values():
        function["sha256_base64"] = "HASH"
    return found


@pytest.mark.parametrize("workflow", ["exome", "exome-poll"])
@pytest.mark.parametrize("kind", ["bundle", "asl"])
def test_what_is_rendered_is_what_was_approved(workflow: str, kind: str) -> None:
    found = rendered(load("local"), workflow)
    text = dump(masked(found.bundle) if kind == "bundle" else found.definition)
    path = HERE / f"{workflow}.{kind}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert path.is_file(), f"no golden file {path.name}; write it: {COMMAND}"
    assert json.loads(text) == json.loads(path.read_text()), f"if the change is meant: {COMMAND}"
    assert text == path.read_text(), f"same content, other bytes; if that is meant: {COMMAND}"
