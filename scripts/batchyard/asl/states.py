"""Scopes and states as typed, immutable objects, one class for each type of state.

Reading never fails: what is not of the right shape is left out here and reported by `batchyard.asl.validate`.
The language: https://states-language.net/spec.html and
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from batchyard.asl.parts import Catcher, Edge, Retrier, Rule, errors_of, text
from batchyard.asl.resource import Integration, integration
from batchyard.asl.source import Position, Source
from batchyard.asl.walk import Json, as_dict, as_list, pointer

Language = Literal["JSONPath", "JSONata"]
ScopeKind = Literal["machine", "branch", "item"]

STATE_TYPES = ("Task", "Parallel", "Map", "Pass", "Wait", "Choice", "Succeed", "Fail")
TERMINAL_TYPES = ("Succeed", "Fail")
MAX_DEPTH = 20


@dataclass(frozen=True, eq=False)
class Scope:
    """States that may name each other: the machine's, a Parallel branch's or a Map item processor's."""

    kind: ScopeKind
    body: Json
    path: str
    language: Language
    express: bool
    depth: int
    owner: State | None = None
    source: Source | None = field(default=None, repr=False)

    @property
    def start(self) -> object:
        return self.body.get("StartAt")

    @cached_property
    def states(self) -> tuple[State, ...]:
        found = as_dict(self.body.get("States")).items()
        return tuple(_state(name, body, self) for name, body in found if isinstance(body, dict))

    @cached_property
    def _by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    def named(self, name: object) -> State | None:
        """Return the state of that name in this scope."""
        return self._by_name.get(name) if isinstance(name, str) else None


@dataclass(frozen=True, eq=False)
class State:
    """One state with its place: `path` is its JSON pointer in the document."""

    name: str
    body: Json
    path: str
    scope: Scope

    @property
    def position(self) -> Position | None:
        """Return where the state stands in its text, if it was read from one."""
        return self.scope.source.position(self.path) if self.scope.source else None

    @cached_property
    def type(self) -> str:
        kind = self.body.get("Type")
        return kind if isinstance(kind, str) else ""

    @cached_property
    def language(self) -> Language:
        """Return the query language in force: the state's own, else its scope's."""
        own: Language | None = self.body.get("QueryLanguage")
        return own if own in ("JSONPath", "JSONata") else self.scope.language

    @cached_property
    def jsonata(self) -> bool:
        return self.language == "JSONata"

    @cached_property
    def next(self) -> str | None:
        """Return the state that follows this one when it succeeds; None at an end, and for a Choice."""
        target = self.body.get("Next")
        return target if isinstance(target, str) else None

    @cached_property
    def retriers(self) -> tuple[Retrier, ...]:
        return tuple(Retrier.of(each) for each in as_list(self.body.get("Retry")) if isinstance(each, dict))

    @cached_property
    def catchers(self) -> tuple[Catcher, ...]:
        path = pointer(self.path, "Catch")
        return tuple(
            Catcher(errors_of(each), text(each.get("Next")), each, pointer(path, index))
            for index, each in enumerate(as_list(self.body.get("Catch")))
            if isinstance(each, dict)
        )

    @cached_property
    def children(self) -> tuple[Scope, ...]:
        """Return the branches of a Parallel, or the item processor of a Map."""
        return tuple(_children(self)) if self.scope.depth < MAX_DEPTH else ()

    @cached_property
    def call(self) -> Integration | None:
        """Return what a Task calls; None for other states and for a Resource that is nothing known."""
        return None

    @property
    def arguments(self) -> object:
        """Return what a Task sends: Arguments with JSONata, Parameters with JSONPath."""
        return self.body.get("Arguments" if self.jsonata else "Parameters")

    @cached_property
    def distributed(self) -> bool:
        """Say whether a Map runs its items as child executions with histories of their own."""
        return False

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Return the transitions in order: rules of a Choice, Default, Next, catchers."""
        return tuple(_edges(self))


class Task(State):
    @cached_property
    def call(self) -> Integration | None:
        return integration(self.body.get("Resource"))


class Map(State):
    @cached_property
    def processor(self) -> Json:
        return as_dict(self.body.get("ItemProcessor", self.body.get("Iterator")))

    @cached_property
    def distributed(self) -> bool:
        return as_dict(self.processor.get("ProcessorConfig")).get("Mode") == "DISTRIBUTED"


class Choice(State):
    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        path = pointer(self.path, "Choices")
        return tuple(
            Rule(text(each.get("Next")), each, pointer(path, index))
            for index, each in enumerate(as_list(self.body.get("Choices")))
            if isinstance(each, dict)
        )

    @cached_property
    def default(self) -> str | None:
        target = self.body.get("Default")
        return target if isinstance(target, str) else None


class Parallel(State):
    """Its branches are `children`."""


class Pass(State):
    pass


class Wait(State):
    pass


class Succeed(State):
    pass


class Fail(State):
    pass


_TYPES: dict[str, type[State]] = {
    each.__name__: each for each in (Task, Parallel, Map, Pass, Wait, Choice, Succeed, Fail)
}


def _state(name: str, body: Json, scope: Scope) -> State:
    kind = body.get("Type")
    make = _TYPES.get(kind, State) if isinstance(kind, str) else State
    return make(name, body, pointer(scope.path, "States", name), scope)


def _children(state: State) -> Iterator[Scope]:
    found: list[tuple[ScopeKind, str, object]] = []
    if isinstance(state, Parallel):
        branches = enumerate(as_list(state.body.get("Branches")))
        found = [("branch", pointer(state.path, "Branches", index), branch) for index, branch in branches]
    elif isinstance(state, Map):
        keys = [key for key in ("ItemProcessor", "Iterator") if key in state.body]
        found = [("item", pointer(state.path, key), state.body[key]) for key in keys]
    for kind, path, value in found:
        body = as_dict(value)
        # A Map or a branch has no query language to hand down: states inside ask the machine's own.
        express = state.scope.express
        if kind == "item" and state.distributed:
            express = as_dict(body.get("ProcessorConfig")).get("ExecutionType") == "EXPRESS"
        yield Scope(
            kind, body, path, state.scope.language, express, state.scope.depth + 1, state, state.scope.source
        )


def _edges(state: State) -> Iterator[Edge]:
    body = state.body
    for index, rule in enumerate(as_list(body.get("Choices")) if state.type == "Choice" else []):
        if isinstance(rule, dict) and "Next" in rule:
            yield Edge("choice", rule["Next"], pointer(state.path, "Choices", index, "Next"), rule)
    if state.type == "Choice" and "Default" in body:
        yield Edge("default", body["Default"], pointer(state.path, "Default"))
    if "Next" in body:
        yield Edge("next", body["Next"], pointer(state.path, "Next"))
    for index, rule in enumerate(as_list(body.get("Catch"))):
        if isinstance(rule, dict) and "Next" in rule:
            yield Edge("catch", rule["Next"], pointer(state.path, "Catch", index, "Next"), rule)
