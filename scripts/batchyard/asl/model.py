"""A whole document as typed, immutable objects; its parts are in `states` and `parts`.

Reading never fails: what is not of the right shape is left out here and reported by `batchyard.asl.validate`.
The language: https://states-language.net/spec.html and
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from batchyard.asl import source as sources
from batchyard.asl.parts import Catcher, Edge, EdgeKind, Retrier, Rule, number
from batchyard.asl.source import Source
from batchyard.asl.states import (
    MAX_DEPTH,
    STATE_TYPES,
    TERMINAL_TYPES,
    Choice,
    Fail,
    Language,
    Map,
    Parallel,
    Pass,
    Scope,
    ScopeKind,
    State,
    Succeed,
    Task,
    Wait,
)
from batchyard.asl.walk import Json, as_dict, plain, pointer, walk

__all__ = [
    "MAX_DEPTH",
    "STATE_TYPES",
    "TERMINAL_TYPES",
    "Catcher",
    "Choice",
    "Edge",
    "EdgeKind",
    "Fail",
    "Language",
    "Machine",
    "Map",
    "Parallel",
    "Pass",
    "Retrier",
    "Rule",
    "Scope",
    "ScopeKind",
    "State",
    "Succeed",
    "Task",
    "Wait",
    "own_values",
    "parse",
    "read",
]


@dataclass(frozen=True, eq=False)
class Machine:
    """A whole document; `document` is what was read where that is no object, and `body` then empty."""

    body: Json
    language: Language
    express: bool
    source: Source | None = field(default=None, repr=False)
    document: object = field(default=None, repr=False)

    @cached_property
    def scope(self) -> Scope:
        """Return the machine's own states."""
        return Scope("machine", self.body, "", self.language, self.express, 0, None, self.source)

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Return all scopes in document order, the machine's own first."""
        found, waiting = [], [self.scope]
        while waiting:
            scope = waiting.pop()
            found.append(scope)
            waiting.extend(reversed([child for state in scope.states for child in state.children]))
        return tuple(found)

    @cached_property
    def states(self) -> tuple[State, ...]:
        return tuple(state for scope in self.scopes for state in scope.states)

    @property
    def timeout(self) -> float | None:
        """Return the seconds after which an execution is timed out."""
        seconds = number(self.body.get("TimeoutSeconds"), -1)
        return None if seconds < 0 else seconds

    @cached_property
    def _by_path(self) -> dict[str, Scope]:
        return {scope.path: scope for scope in self.scopes}

    def scope_at(self, path: str) -> Scope | None:
        """Return the scope at a JSON pointer: "" for the machine's own."""
        return self._by_path.get(path)


def read(definition: object, *, express: bool = False, source: Source | None = None) -> Machine:
    """Read a parsed document.

    Args:
        definition: any value that a JSON or YAML parser returns.
        express: whether the machine is of type EXPRESS, which the document itself does not say.
        source: the text that it was parsed from, so that states know where they stand.
    """
    document = plain(definition)
    body = as_dict(document)
    language: Language = "JSONata" if body.get("QueryLanguage") == "JSONata" else "JSONPath"
    return Machine(body, language, express, source, document)


def parse(text: str, *, express: bool = False, name: str = "") -> Machine:
    """Read a text, JSON or YAML; its states know their place in it.

    Args:
        text: the definition.
        express: whether the machine is of type EXPRESS.
        name: the file's name for messages.

    Raises:
        ManifestError: it is neither JSON nor YAML in the strict sense; says where.
    """
    source = sources.parse(text, name)
    return read(source.value, express=express, source=source)


def own_values(state: State) -> Iterator[tuple[str, object]]:
    """Yield every value in a state with its pointer, without its comment and the states inside it."""
    for key, value in state.body.items():
        if key not in ("Comment", "Branches", "ItemProcessor", "Iterator"):
            yield from walk(value, pointer(state.path, key))
