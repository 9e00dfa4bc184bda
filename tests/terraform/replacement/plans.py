"""The few plans that everything here is read from: modules as they stand, modules edited, one edit each."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.terraform.module_plans import Workspace
from tests.terraform.replacement import state
from tests.terraform.replacement.cases import TYPES, Case, cases, paths

_HERE = Path(__file__).parent
# A role is known after the first, an environment that needs it after the second, its queue after the third.
_ROUNDS = 5


@dataclass(frozen=True)
class Measured:
    """What the plans said.

    Args:
        cases: every edit with what it does.
        arguments: every argument of the provider that has no edit of its own making, by resource.
        promised: changes of the edited modules, by address.
        version: of the provider.
    """

    cases: list[Case]
    arguments: set[tuple[str, str]]
    promised: dict[str, dict[str, Any]]
    version: str


def measure(space: Workspace) -> Measured:
    """Plan and return what was measured; takes six plans or so.

    Args:
        space: copies of the modules with an initialised provider.
    """
    folder = space.root("replacement")
    for name in ("kinds.tf", "shapes.tf"):
        shutil.copy(_HERE / name, folder)
    space.run("get", folder=folder)
    resources = _settled(space, folder)
    edited = _plan(space, folder, "-var=edited=true")
    promised = {item["address"]: item["change"] for item in edited["resource_changes"]}
    schema = space.schema()
    arguments = {(name, edit.label) for name in TYPES for edit in paths(schema[name]["block"], name)}
    return Measured(_edits(space, cases(resources, schema)), arguments, promised, _version(space))


def _settled(space: Workspace, folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the modules make, once everything that refers to something else is known."""
    resources: dict[str, dict[str, Any]] = {}
    for _ in range(_ROUNDS):
        plan = _plan(space, folder)
        resources = state.after(plan, resources)
        state.write(resources.values(), folder)
        if all(item["change"]["actions"] == ["no-op"] for item in plan["resource_changes"]):
            return resources
    moving = [item["address"] for item in plan["resource_changes"] if item["change"]["actions"] != ["no-op"]]
    raise AssertionError(f"still changing after {_ROUNDS} plans of the same configuration: {moving}")


def _edits(space: Workspace, found: list[Case]) -> list[Case]:
    folder = space.root("replacement-edits")
    configuration: dict[str, Any] = {"resource": {}}
    for case in found:
        configuration["resource"].setdefault(case.resource, {})[case.name] = case.arguments
    (folder / "cases.tf.json").write_text(json.dumps(configuration, indent=1))
    state.write((case.prepared for case in found), folder)
    plan = _plan(space, folder)
    changes = {item["address"]: item["change"] for item in plan["resource_changes"]}
    return [case.measured(changes[f"{case.resource}.{case.name}"]) for case in found]


def _plan(space: Workspace, folder: Path, *arguments: str) -> dict[str, Any]:
    space.run("plan", "-refresh=false", "-lock=false", "-out=plan", *arguments, folder=folder)
    document: dict[str, Any] = json.loads(space.run("show", "-json", "plan", folder=folder).stdout)
    return document


def _version(space: Workspace) -> str:
    versions = json.loads(space.run("version", "-json", folder=space.folder / "replacement").stdout)
    return str(versions["provider_selections"]["registry.terraform.io/hashicorp/aws"])
