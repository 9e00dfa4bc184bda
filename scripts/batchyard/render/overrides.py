"""What a submission overrides, in the object that the job's kind has for it.

A job takes the overrides of its own shape only; AWS Batch refuses all others. Source: the members of
https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from batchyard.render.jsonata import expression

Case = Callable[[str], str]
# The member of SubmitJob by kind of job; kinds that are not named have ContainerOverrides.
MEMBERS = {
    "multi-container": "ecsPropertiesOverride",
    "multi-node": "nodeOverrides",
    "eks": "eksPropertiesOverride",
}
PLAIN = "containerOverrides"


def member(kind: str) -> str:
    """Return the member of SubmitJob that overrides a job of a kind, such as `nodeOverrides`."""
    return MEMBERS.get(kind, PLAIN)


@dataclass(frozen=True)
class Overrides:
    """What one submission changes of its definition.

    Args:
        kind: the job's.
        environment: expressions by variable, for the one container; by container or range of nodes, then by
            variable, where a kind has several.
        memory: an expression for a run's own MiB, which may give nothing; None where a run can not ask.
        first: names of the containers that initialise a pod.
        nodes: how many nodes, a number or an expression; None for as many as the definition has.
    """

    kind: str
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    memory: str | None = None
    nodes: int | str | None = None
    first: Collection[str] = ()

    def request(self, case: Case) -> dict[str, Any]:
        """Return the members of a SubmitJob request, with names as `case` writes them; empty for none."""
        found = {
            "ecsPropertiesOverride": self._containers,
            "nodeOverrides": self._nodes,
            "eksPropertiesOverride": self._pod,
            PLAIN: self._container,
        }[member(self.kind)](case)
        return {case(member(self.kind)): found} if found else {}

    def _container(self, case: Case) -> Any:  # noqa: ANN401 - an object, or an expression that gives one
        variables = self._variables("", case)
        if self.memory is None:
            return {case("environment"): variables} if variables else {}
        entry = f"{{'{case('type')}': 'MEMORY', '{case('value')}': $string({self.memory})}}"
        asked, member = f"$exists({self.memory})", case("resourceRequirements")
        if not variables:
            return expression(f"{asked} ? {{'{member}': [{entry}]}} : {{}}")
        return {case("environment"): variables, member: expression(f"{asked} ? [{entry}] : []")}

    def _containers(self, case: Case) -> dict[str, Any]:
        containers = [
            {case("name"): name, case("environment"): self._variables(name, case)}
            for name in self.environment
        ]
        return {case("taskProperties"): [{case("containers"): containers}]} if containers else {}

    def _nodes(self, case: Case) -> dict[str, Any]:
        ranges = [
            {
                case("targetNodes"): target,
                case("containerOverrides"): {case("environment"): self._variables(target, case)},
            }
            for target in self.environment
        ]
        count = {} if self.nodes is None else {case("numNodes"): number(self.nodes)}
        return {**count, **({case("nodePropertyOverrides"): ranges} if ranges else {})}

    def _pod(self, case: Case) -> dict[str, Any]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for name in self.environment:
            group = case("initContainers" if name in self.first else "containers")
            entry = {case("name"): name, case("env"): self._variables(name, case)}
            groups.setdefault(group, []).append(entry)
        return {case("podProperties"): groups} if groups else {}

    def _variables(self, owner: str, case: Case) -> list[dict[str, str]]:
        return [
            {case("name"): name, case("value"): expression(f"$string({code})")}
            for name, code in sorted(self.environment.get(owner, {}).items())
        ]


def number(value: int | str) -> int | str:
    """Return a whole number as a state has it: itself, or an expression that gives one."""
    return value if isinstance(value, int) else expression(f"$number({value})")
