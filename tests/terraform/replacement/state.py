"""States that no apply has written: what a plan would make, with what it can not know made up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_ACCOUNT = "000000000000"
# Values of the types that arguments take them in; everything else that is not known stays empty.
_MADE_UP: Mapping[str, Any] = {
    "latest_version": 1,
    "default_version": 1,
    "revision": 1,
    "version": "1",
    "managed_policy_arns": [],
}


def after(plan: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return the managed resources as they would be after a plan's apply, by address.

    Args:
        plan: the JSON of a plan.
        before: resources of an earlier call, whose made-up values are kept.
    """
    found = {}
    versions = dict(_versions(plan["planned_values"]["root_module"]))
    for change in plan["resource_changes"]:
        address = change["address"]
        if change["mode"] != "managed" or change["change"]["actions"] == ["delete"]:
            continue
        kept = (before or {}).get(address, {}).get("attributes", {})
        values = _known(change["change"]["after"], change["change"]["after_unknown"], kept, address, "")
        found[address] = {**change, "attributes": values, "schema_version": versions[address]}
    return found


def write(resources: Iterable[Mapping[str, Any]], folder: Path) -> None:
    """Write resources, with address, type, name, provider, attributes and schema version, as a state."""
    entries = [
        {
            **({"module": resource["module_address"]} if resource.get("module_address") else {}),
            "mode": "managed",
            "type": resource["type"],
            "name": resource["name"],
            "provider": f'provider["{resource["provider_name"]}"]',
            "instances": [
                {
                    **({"index_key": resource["index"]} if "index" in resource else {}),
                    "schema_version": resource["schema_version"],
                    "attributes": resource["attributes"],
                }
            ],
        }
        for resource in resources
    ]
    document = {
        "version": 4,
        "serial": 1,
        "lineage": "prepared",
        "outputs": {},
        "resources": _joined(entries),
    }
    (folder / "terraform.tfstate").write_text(json.dumps(document))


def _joined(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join the instances of one resource, which a state holds in one entry."""
    joined: dict[tuple[Any, ...], dict[str, Any]] = {}
    for entry in entries:
        key = (entry.get("module"), entry["type"], entry["name"])
        joined.setdefault(key, {**entry, "instances": []})["instances"] += entry["instances"]
    return list(joined.values())


def _versions(module: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    for resource in module.get("resources", []):
        yield resource["address"], resource["schema_version"]
    for child in module.get("child_modules", []):
        yield from _versions(child)


def _known(value: Any, unknown: Any, kept: Any, address: str, name: str) -> Any:
    if unknown is True:
        return _made_up(address, name) if kept in (None, [], {}) else kept
    if isinstance(value, dict) and isinstance(unknown, dict):
        old = kept if isinstance(kept, dict) else {}
        return {
            key: _known(value.get(key), unknown.get(key), old.get(key), address, key)
            for key in sorted({*value, *unknown})
        }
    if isinstance(value, list) and isinstance(unknown, list) and len(value) == len(unknown):
        olds = kept if isinstance(kept, list) and len(kept) == len(value) else [None] * len(value)
        return [
            _known(item, part, old, address, name)
            for item, part, old in zip(value, unknown, olds, strict=True)
        ]
    return value


def _made_up(address: str, name: str) -> Any:
    label = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")
    if name == "arn":
        return f"arn:aws:iam::{_ACCOUNT}:made-up/{label}"
    return label if name in {"id", "compute_environment_name"} else _MADE_UP.get(name)
