"""What test cases went through of a state machine: states, rules of choices, retriers and catchers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from batchyard.asl.model import Choice, Machine, State
from batchyard.workflow_test.running import Outcome
from batchyard.workflow_test.variant import Prepared

KINDS = ("states", "choices", "retriers", "catchers")
Label = tuple[str, str]  # kind, and name for people


@dataclass
class Coverage:
    """One shape of a state machine; variants that differ only in names and numbers share it.

    Args:
        labels: all that there is, in the order of the definition.
    """

    labels: tuple[Label, ...]
    variants: list[str] = field(default_factory=list)
    covered: set[Label] = field(default_factory=set)

    def count(self, kind: str) -> tuple[int, int]:
        """Return how many of a kind are covered, of how many."""
        there = [label for label in self.labels if label[0] == kind]
        return sum(label in self.covered for label in there), len(there)

    @property
    def missing(self) -> list[Label]:
        return [label for label in self.labels if label not in self.covered]


def measure(outcomes: Iterable[Outcome]) -> list[Coverage]:
    """Return what executions covered together, for each shape of the state machine."""
    shapes: dict[tuple[Label, ...], Coverage] = {}
    names: dict[Prepared, dict[tuple[str, str, int | None], Label]] = {}
    for outcome in outcomes:
        prepared = outcome.prepared
        if prepared not in names:
            names[prepared] = _labels(prepared.machine)
        there = names[prepared]
        labels = tuple(there.values())
        shape = shapes.setdefault(labels, Coverage(labels))
        if prepared.variant.label not in shape.variants:
            shape.variants.append(prepared.variant.label)
        shape.covered.update(there[key] for key in _taken(outcome))
    return list(shapes.values())


def percent(coverages: Iterable[Coverage]) -> float:
    """Return the share of all that is covered, 0 to 100; rounded down, so that 100 means all."""
    pairs = [each.count(kind) for each in coverages for kind in KINDS]
    total = sum(there for _, there in pairs)
    return sum(covered for covered, _ in pairs) * 1000 // total / 10 if total else 100.0


def _taken(outcome: Outcome) -> Iterable[tuple[str, str, int | None]]:
    paths = {state.name: state.path for state in outcome.prepared.machine.states}
    yield from (("states", paths[name], None) for name in outcome.visits)
    taken = outcome.taken
    for kind, steps in (("choices", taken.rules), ("retriers", taken.retriers), ("catchers", taken.catchers)):
        yield from ((kind, path, index) for path, index in steps)


def _labels(machine: Machine) -> dict[tuple[str, str, int | None], Label]:
    found: dict[tuple[str, str, int | None], Label] = {}
    for kind in KINDS:
        for state in machine.states:
            for index, text in _of(kind, state):
                found[kind, state.path, index] = (kind, text)
    return found


def _of(kind: str, state: State) -> Iterable[tuple[int | None, str]]:
    if kind == "states":
        yield None, state.name
    elif kind == "choices" and isinstance(state, Choice):
        for index, rule in enumerate(state.rules):
            yield index, f"{state.name}: rule {index} → {rule.next}"
        if state.default is not None:
            yield None, f"{state.name}: default → {state.default}"
    elif kind == "retriers":
        for index, retrier in enumerate(state.retriers):
            yield index, f"{state.name}: retrier {index} ({', '.join(retrier.errors)})"
    elif kind == "catchers":
        for index, catcher in enumerate(state.catchers):
            yield index, f"{state.name}: catcher {index} ({', '.join(catcher.errors)}) → {catcher.next}"
