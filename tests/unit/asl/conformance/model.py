"""Events as the service's API model has them: types, details, members and their lengths."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.loaders import Loader

from batchyard.asl.engine import Event, history

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "timestamp": (float, int),
    "structure": (dict,),
    "map": (dict,),
}


@cache
def shapes() -> dict[str, Any]:
    """Return the shapes of the API model that botocore brings."""
    found: dict[str, Any] = Loader().load_service_model("stepfunctions", "service-2")["shapes"]
    return found


def strays(events: list[Event]) -> list[str]:
    """Return what in these events the API model does not have."""
    return [found for event in events for found in _stray(event)]


def _stray(event: Event) -> Iterator[str]:
    if event.type not in shapes()["HistoryEventType"]["enum"]:
        yield f"event {event.id}: no type {event.type}"
    if "internal error" in str((event.details or {}).get("cause")):
        yield f"event {event.id}: a bug, see the log"
    yield from _members(f"event {event.id}", history.render(event), "HistoryEvent")


def _members(where: str, value: dict[str, Any], name: str) -> Iterator[str]:
    members = shapes()[name]["members"]
    for key, found in value.items():
        if key not in members:
            yield f"{where}: {name} has no member {key}"
            continue
        shape_name = members[key]["shape"]
        shape: dict[str, Any] = shapes()[shape_name]
        kinds = _KINDS[shape["type"]]
        if not isinstance(found, kinds):
            yield f"{where}: {key} is {found!r}, not {shape['type']}"
        elif isinstance(found, dict) and shape["type"] == "structure":
            yield from _members(f"{where}: {key}", found, shape_name)
        elif "max" in shape and len(str(found)) > shape["max"]:
            yield f"{where}: {key} is longer than {shape['max']}"
