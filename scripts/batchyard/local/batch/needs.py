"""What a job asks of its hosts: a container, all containers of a task, a node, all nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from batchyard.local.batch import containers, nodes


@dataclass(frozen=True, slots=True)
class Needs:
    """vCPUs, memory in MiB and GPUs of whatever is placed as one."""

    vcpus: float = 0.0
    memory_mib: float = 0.0
    gpus: float = 0.0

    def __add__(self, other: Needs) -> Needs:
        return Needs(self.vcpus + other.vcpus, self.memory_mib + other.memory_mib, self.gpus + other.gpus)


def of(properties: dict[str, Any]) -> Needs:
    """Return what properties of any shape ask for, all told.

    properties: containerProperties or one container of a task; ecsProperties (the sum over its
        containers); nodeProperties (the sum over its nodes).
    """
    if "nodeRangeProperties" in properties:
        return total(by_node(properties))
    if "taskProperties" in properties:
        return total(of(each) for task in properties["taskProperties"] for each in task["containers"])
    return Needs(containers.vcpus(properties), containers.memory_mib(properties), containers.gpus(properties))


def by_node(node_properties: dict[str, Any]) -> list[Needs]:
    """Return what each node of a multi-node job asks for, by node index."""
    ranges = {id(entry): entry for entry in node_properties["nodeRangeProperties"]}
    asked = {key: of(nodes.body(entry)) for key, entry in ranges.items() if "eksProperties" not in entry}
    return [asked.get(id(entry), Needs()) for entry in nodes.entries(node_properties)]


def hosts(properties: dict[str, Any]) -> list[Needs]:
    """Return what is asked of each host: one for a container or a task, one per node for nodes."""
    return by_node(properties) if "nodeRangeProperties" in properties else [of(properties)]


def total(asked: Iterable[Needs]) -> Needs:
    return sum(asked, Needs())
