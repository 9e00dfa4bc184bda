"""The table of rules: each is a small function that yields hits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from batchyard import asl
from batchyard.asl.validate import Diagnostic, Kind, diagnose
from batchyard.lint.findings import Level
from batchyard.lint.history import Counter


class Hit(NamedTuple):
    """One place where a rule is broken; `fix` overrides the rule's own."""

    path: str
    state: str
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Subject:
    """What is looked at: a state machine, and the bundle that it belongs to if that is known."""

    machine: asl.Machine
    definition: object
    bundle: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _diagnostics(self) -> dict[Kind, list[Diagnostic]]:
        found: dict[Kind, list[Diagnostic]] = {}
        for each in diagnose(self.machine):
            found.setdefault(each.kind, []).append(each)
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {state.path: state.name for state in self.machine.states}

    def diagnosed(self, *kinds: Kind) -> Iterator[Hit]:
        """Yield what validation says of these kinds, with the state that it is in."""
        for kind in kinds:
            for each in self._diagnostics.get(kind, ()):
                yield Hit(each.path, self._state_at(each.path), each.message)

    def _state_at(self, path: str) -> str:
        while path and path not in self._names:
            path = path.rpartition("/")[0]
        return self._names.get(path, "")

    @cached_property
    def counter(self) -> Counter:
        """Return the counter of history events; it remembers what it has counted."""
        return Counter(self.machine)

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """Return the bundle's job definitions that are objects, by key."""
        return _objects(self.bundle.get("job_definitions"))

    @property
    def functions(self) -> dict[str, dict[str, Any]]:
        """Return the bundle's functions that are objects, by key."""
        return _objects(self.bundle.get("functions"))


Check = Callable[[Subject], Iterator[Hit]]


@dataclass(frozen=True)
class Rule:
    """A rule of the linter; `summary` says what it forbids, `fix` what to do about it."""

    id: str
    level: Level
    summary: str
    fix: str
    check: Check


RULES: dict[str, Rule] = {}


def rule(id: str, level: Level, summary: str, *, fix: str) -> Callable[[Check], Check]:  # noqa: A002
    """Register a check under its id; ids are never used again for something else."""

    def register(check: Check) -> Check:
        if id in RULES:
            raise ValueError(f"rule {id} is registered twice")
        RULES[id] = Rule(id, level, summary, fix, check)
        return check

    return register


def at(state: asl.State, message: str, *parts: object, fix: str = "") -> Hit:
    """Return a hit in a state, or in a field of it."""
    return Hit(asl.pointer(state.path, *parts), state.name, message, fix)


def _objects(value: object) -> dict[str, dict[str, Any]]:
    return {key: item for key, item in asl.as_dict(value).items() if isinstance(item, dict)}
