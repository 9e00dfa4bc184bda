"""Multi-node parallel jobs: nodes that start together and work as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.forms import form
from batchyard.manifest.jobs import ec2
from batchyard.manifest.jobs.base import Job, Shape
from batchyard.manifest.jobs.container import StandaloneContainer
from batchyard.manifest.jobs.process import Process

# https://docs.aws.amazon.com/batch/latest/userguide/mnp-node-groups.html
MAX_RANGES, MAX_NODES = 5, 1_000
# https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeRangeProperty.html: targetNodes
_RANGE = re.compile(r"(\d+)|(\d*):(\d*)")


class MultiNodeJob(Job):
    """A container on each of several instances; ranges of nodes may differ in theirs."""

    kind: Literal["multi-node"]
    nodes: int = Field(ge=1, le=MAX_NODES)
    main_node: int = Field(default=0, ge=0)
    instance_type: str | None = form(
        r"^[a-z0-9-]+\.[a-z0-9-]+$", "one instance type", "c7i.4xlarge", default=None
    )
    ranges: dict[str, StandaloneContainer] = Field(min_length=1, max_length=MAX_RANGES)

    @property
    def shape(self) -> Shape:
        """Return nodes."""
        return "nodes"

    @property
    def containers(self) -> Sequence[tuple[str, Process]]:
        """Return a container for each range, named as the range is spelt."""
        return list(self.ranges.items())

    @property
    def is_resizable(self) -> bool:
        """Say whether a submission may ask for another number of nodes: the last range has to be open."""
        return any(target.endswith(":") for target in self.ranges)

    @model_validator(mode="after")
    def _node_rules(self) -> MultiNodeJob:
        if self.main_node >= self.nodes:
            what = f"node {self.main_node} is none of {self.nodes} nodes, which count from 0"
            raise Broken(what, at=("main_node",), fix=f"write at most {self.nodes - 1}")
        for target, container in self.ranges.items():
            try:
                ec2.check_container(container)
            except Broken as fault:
                raise fault.under("ranges", target) from fault
        check_cover(self.nodes, list(self.ranges))
        return self


def span(target: str, nodes: int) -> range:
    """Return the node indices of a range.

    Args:
        target: `3`, `0:3`, `:3` or `1:`.
        nodes: how many nodes there are.

    Raises:
        Broken: it is no range of these nodes.
    """
    found = _RANGE.fullmatch(target)
    if not found or target == ":":
        what = "no range of nodes"
        raise Broken(what, at=("ranges", target), fix='write "0", "0:3", ":3" or "1:", between quotes')
    one, first, last = found.groups()
    start = int(one or first or 0)
    end = int(one or last or nodes - 1)
    if start > end or end >= nodes:
        what = f"nodes {start} to {end} are not all among 0 to {nodes - 1}"
        raise Broken(what, at=("ranges", target), fix="correct the range, or nodes")
    return range(start, end + 1)


def check_cover(nodes: int, targets: Sequence[str]) -> None:
    """Check that ranges cover every node once.

    Raises:
        Broken: a node is in none of them or in two.
    """
    owner: dict[int, str] = {}
    for target in targets:
        for node in span(target, nodes):
            if node in owner:
                what = f"node {node} is in the ranges {owner[node]} and {target}"
                raise Broken(what, at=("ranges", target), fix="end the one where the other starts")
            owner[node] = target
    missing = sorted(set(range(nodes)) - owner.keys())
    if missing:
        what = f"the ranges leave out node {missing[0]} of 0 to {nodes - 1}"
        raise Broken(what, at=("ranges",), fix=f'add a range such as "{missing[0]}:"')
