"""One resource for each edit of an argument, prepared in a state and edited in the configuration."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.terraform.replacement.edits import APART, CE, DEFINITION, QUEUE, ROLE, Edit, applies, generic
from tests.terraform.replacement.special import SPECIAL

# By the address of what the modules make, without the resource: in which column of which table it is edited.
_COLUMN = re.compile(
    r'^module\.(?:compute\["(?P<compute>[A-Z0-9_]+(?:/(?:none|price|best-fit)))"\]'
    r'|queue\["(?P<queue>fifo|fair-share)"\]|job\["(?P<job>[a-z-]+)"\])$'
)
# What a configuration does not say: the service or the provider fills it in.
_FILLED_IN = frozenset(
    {"arn", "arn_prefix", "compute_environment_name", "desired_vcpus", "ecs_cluster_arn", "id"}
    | {"image_id_override", "revision", "status", "status_reason", "tags_all"}
)
TYPES = (CE, QUEUE, DEFINITION)
# An environment with a service role of its own instead of Batch's service-linked one; the module makes none.
OWN_ROLE = "EC2/own-role"


@dataclass(frozen=True)
class Case:
    """An edit of one kind of a resource.

    Args:
        resource: its type.
        kind: column of the table.
        edit: row of the table.
        arguments: what the configuration says after the edit; nothing where the edit does not apply.
        prepared: the resource in the state.
        outcome: replaced, in place, new revision, new revision untold, or nothing, once it is measured.
        order: the actions of the plan.
    """

    resource: str
    kind: str
    edit: str
    arguments: dict[str, Any]
    prepared: dict[str, Any]
    outcome: str = ""
    order: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return re.sub(r"[^a-z0-9]+", "_", f"{self.kind} {self.edit}".lower()).strip("_")

    def measured(self, change: Mapping[str, Any]) -> Case:
        """Return the case with what a plan says about it."""
        actions = tuple(change["actions"])
        if actions == ("update",):
            outcome = _updated(change) if self.resource == DEFINITION else "in place"
        else:
            outcome = "nothing" if actions == ("no-op",) else "replaced"
        return replace(self, outcome=outcome, order=actions)


def _updated(change: Mapping[str, Any]) -> str:
    """Say what an update of a job definition is: Batch has none, so the provider registers a revision."""
    before, after = _said(change["before"]), _said(change["after"])
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    if changed <= {"tags"}:
        return "in place"
    return "new revision" if (change["after_unknown"] or {}).get("arn") else "new revision, untold"


def _said(value: Any) -> Any:
    """Leave out what is not set, which in a block is null before and empty after."""
    if isinstance(value, dict):
        return {key: _said(item) for key, item in value.items() if item and key not in _FILLED_IN}
    return [_said(item) for item in value] if isinstance(value, list) else value


def cases(resources: Mapping[str, Mapping[str, Any]], schema: Mapping[str, Any]) -> list[Case]:
    """Return every edit of every kind.

    Args:
        resources: what the modules make, by address.
        schema: of the provider's resources, by type.
    """
    found = []
    for resource in resources.values():
        if resource["type"] in TYPES and (kind := column(resource["module_address"])):
            block = schema[resource["type"]]["block"]
            found += list(_of(resource, kind, block))
            if kind == "EC2":
                found += list(_of(_with_role(resource), OWN_ROLE, block))
    return found


def _with_role(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {**resource, "attributes": {**resource["attributes"], "service_role": f"{ROLE}/batch"}}


def column(module: str) -> str:
    """Return the column of a module's resource, or nothing where it is in no table."""
    match = _COLUMN.match(module)
    return next((text for text in match.groups() if text), "").removesuffix("/none") if match else ""


def _of(resource: Mapping[str, Any], kind: str, block: Mapping[str, Any]) -> Iterator[Case]:
    left = set() if kind in {"UNMANAGED", OWN_ROLE} else {"service_role"}
    base = _configured(resource["attributes"], left)
    for edit in [*SPECIAL[resource["type"]], *paths(block, resource["type"])]:
        arguments = copy.deepcopy(base)
        if applies(resource["type"], kind, edit.label) and edit.make(arguments, kind) is not False:
            prepared = {
                key: value for key, value in resource.items() if key not in {"index", "module_address"}
            }
            case = Case(resource["type"], kind, edit.label, arguments, prepared)
            yield replace(case, prepared={**prepared, "name": case.name})


def paths(block: Mapping[str, Any], resource: str, prefix: str = "") -> Iterator[Edit]:
    """Yield an edit for every argument of a schema that has none of its own in the table."""
    own = {path for edit in SPECIAL[resource] for path in edit.covers}
    for name, attribute in block.get("attributes", {}).items():
        path = f"{prefix}{name}"
        if (attribute.get("optional") or attribute.get("required")) and path not in APART | own:
            yield generic(path, attribute["type"])
    for name, nested in block.get("block_types", {}).items():
        if f"{prefix}{name}" not in APART:
            yield from paths(nested["block"], resource, f"{prefix}{name}.")


def _configured(value: Any, also: set[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _configured(item, also)
            for key, item in value.items()
            if item not in (None, [], {}, "") and key not in _FILLED_IN | also
        }
    return [_configured(item, also) for item in value] if isinstance(value, list) else value
