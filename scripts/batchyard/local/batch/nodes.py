"""Multi-node parallel jobs: which properties are whose, and what a submission overrides."""

from __future__ import annotations

import copy
import re
from typing import Any

from batchyard.local.batch import containers, ecs
from batchyard.local.batch.errors import refused

_OVERRIDES = {
    "containerOverrides": "container",
    "ecsPropertiesOverride": "ecsProperties",
    "eksPropertiesOverride": "eksProperties",
}
_RANGE = re.compile(r"(\d*)(:?)(\d*)")


def span(target: str, count: int, where: str = "targetNodes") -> range:
    """Return the node indexes that `targetNodes` names, of `count` nodes.

    target: "n", "m:n", ":n" (from 0), "n:" (to the last node) or ":"
        (https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeRangeProperty.html).
    Raises ApiError for anything else, and for a range that is empty or goes beyond the last node.
    """
    match = _RANGE.fullmatch(target)
    if not match or not target:
        raise refused(f"{where} '{target}' is not a node range: write an index, m:n, :n, n: or :")
    first = int(match[1] or 0)
    last = int(match[3] or count - 1) if match[2] else first
    if not first <= last < count:
        raise refused(
            f"{where} '{target}' is not within the nodes 0 to {count - 1}: change it or numNodes ({count})"
        )
    return range(first, last + 1)


def entries(node_properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Return, by node index, the node range whose properties apply.

    Ranges may be nested: the narrower one overrides the wider
    (https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeRangeProperty.html).
    Raises ApiError naming the nodes that no range covers.
    """
    count = node_properties["numNodes"]
    found: list[dict[str, Any] | None] = [None] * count
    spans = [(span(each["targetNodes"], count), each) for each in node_properties["nodeRangeProperties"]]
    for indexes, entry in sorted(spans, key=lambda pair: -len(pair[0])):
        found[indexes.start : indexes.stop] = [entry] * len(indexes)
    if missing := [str(index) for index, entry in enumerate(found) if entry is None]:
        raise refused(
            f"nodeRangeProperties do not account for node {', '.join(missing[:5])}: "
            f"targetNodes together must cover 0:{count - 1}"
        )
    return [entry for entry in found if entry is not None]


def body(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a node range's properties: containerProperties, or ecsProperties of one task."""
    found: dict[str, Any] = entry.get("container") or entry.get("ecsProperties") or entry["eksProperties"]
    return found


def with_defaults(given: dict[str, Any]) -> dict[str, Any]:
    """Return node properties with the members that the service fills into each range."""
    result = copy.deepcopy(given)
    for entry in result["nodeRangeProperties"]:
        if "container" in entry:
            entry["container"] = containers.with_defaults(entry["container"], fargate=False)
        if "ecsProperties" in entry:
            entry["ecsProperties"] = ecs.with_defaults(entry["ecsProperties"], fargate=False)
    return result


def overridden(node_properties: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """Return node properties with a submission's nodeOverrides merged in.

    Properties for some of a range's nodes become a range of their own within it.
    Raises ApiError for a number of nodes that the ranges do not allow, for a range outside the nodes,
    and for overrides of another shape than the range's.
    """
    if not overrides:
        return node_properties
    containers.check_length(overrides, "nodeOverrides")
    result = copy.deepcopy(node_properties)
    if (count := overrides.get("numNodes")) is not None and count != result["numNodes"]:
        _resize(result, count)
    for change in overrides.get("nodePropertyOverrides") or ():
        indexes = span(change["targetNodes"], result["numNodes"], "nodePropertyOverrides.targetNodes")
        _apply(result, indexes, change)
    return result


def _resize(properties: dict[str, Any], count: int) -> None:
    """Change the number of nodes, on the conditions of NodeOverrides.numNodes.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeOverrides.html
    """
    open_ended = [
        each["targetNodes"] for each in properties["nodeRangeProperties"] if each["targetNodes"].endswith(":")
    ]
    if not open_ended:
        raise refused(
            "nodeOverrides.numNodes needs a node range with an open upper boundary in the job definition, "
            "such as ':' or '1:'"
        )
    least = max([properties["mainNode"], *(int(each[:-1] or 0) for each in open_ended)]) + 1
    if count < least:
        raise refused(
            f"nodeOverrides.numNodes must be at least {least}: more than the main node's index and than "
            "the lower boundary of the job definition's open node range"
        )
    properties["numNodes"] = count
    # A closed range beyond the last node, or a gap, is refused here rather than when a node starts.
    entries(properties)


def _apply(properties: dict[str, Any], indexes: range, change: dict[str, Any]) -> None:
    by_index = entries(properties)
    start = indexes.start
    while start < indexes.stop:
        entry, stop = by_index[start], start + 1
        while stop < indexes.stop and by_index[stop] is entry:
            stop += 1
        merged = _merged(entry, change)
        if sum(each is entry for each in by_index) == stop - start:
            entry.update(merged)
        else:
            # Last of its width, so that it is laid over every range that is as wide.
            merged["targetNodes"] = str(start) if stop == start + 1 else f"{start}:{stop - 1}"
            properties["nodeRangeProperties"].append(merged)
        start = stop


def _merged(entry: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    result = copy.deepcopy(entry)
    for key, member in _OVERRIDES.items():
        if not change.get(key):
            continue
        if member not in entry:
            raise refused(
                f"nodePropertyOverrides.{key} can not be specified for nodes {entry['targetNodes']}, "
                f"whose node range has no {member}"
            )
        if member != "eksProperties":
            override = containers.overridden if member == "container" else ecs.overridden
            result[member] = override(entry[member], change[key])
    if change.get("instanceTypes"):
        result["instanceTypes"] = list(change["instanceTypes"])
    return result
