"""What is refused of a multi-node parallel job definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchyard.local.batch import container_rules, ecs_rules, fargate, nodes
from batchyard.local.batch.errors import refused

# https://docs.aws.amazon.com/batch/latest/userguide/mnp-node-groups.html
MOST_RANGES, MOST_NODES = 5, 1_000
_BODIES = ("container", "ecsProperties", "eksProperties")


def check(properties: dict[str, Any]) -> None:
    """Refuse nodeProperties that could never run. Raises ApiError naming member, rule and fix.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeProperties.html
    """
    count, main = properties["numNodes"], properties["mainNode"]
    if not 1 <= count <= MOST_NODES:
        raise refused(f"nodeProperties.numNodes must be between 1 and {MOST_NODES}, not {count}")
    if not 0 <= main < count:
        raise refused(f"nodeProperties.mainNode must be an index from 0 to {count - 1}, not {main}")
    given = properties["nodeRangeProperties"]
    if not 1 <= len(given) <= MOST_RANGES:
        raise refused(f"nodeRangeProperties must have 1 to {MOST_RANGES} elements, not {len(given)}")
    nodes.entries(properties)
    for entry in given:
        _check_entry(entry)
    _check_instance_types(given)


def instance_types(entry: Mapping[str, Any]) -> list[str]:
    """Return the instance types that a node range asks for: none, or one."""
    older = (entry.get("container") or {}).get("instanceType")
    return list(entry.get("instanceTypes") or ([older] if older else ()))


def _check_entry(entry: dict[str, Any]) -> None:
    target = entry["targetNodes"]
    if len([key for key in _BODIES if entry.get(key) is not None]) != 1:
        raise refused(f"Node range {target} must have exactly one of {', '.join(_BODIES)}")
    if len(entry.get("instanceTypes") or ()) > 1:
        raise refused(f"Node range {target}: instanceTypes can not have more than 1 element")
    if container := entry.get("container"):
        container_rules.check_volumes(container.get("volumes"))
        container_rules.check(container, on_fargate=False)
        fargate.check_not_needed(container)
    elif task := entry.get("ecsProperties"):
        ecs_rules.check(task, on_fargate=False)


def _check_instance_types(given: list[dict[str, Any]]) -> None:
    asked = {tuple(instance_types(entry)) for entry in given}
    if len(asked) > 1:
        named = ", ".join(sorted(types[0] if types else "none" for types in asked))
        raise refused(f"All node ranges of a multi-node job must use the same instance type, not {named}")
