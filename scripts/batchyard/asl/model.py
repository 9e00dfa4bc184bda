"""The Amazon States Language as typed, immutable objects.

Reading never fails: what is not of the right shape is left out here and reported by `batchyard.asl.validate`.
The language: https://states-language.net/spec.html and
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from batchyard.asl.resource import Integration, integration
from batchyard.asl.walk import Json, as_dict, as_list, plain, pointer, walk

Language = Literal["JSONPath", "JSONata"]
ScopeKind = Literal["machine", "branch", "item"]
EdgeKind = Literal["next", "choice", "default", "catch"]

STATE_TYPES = ("Task", "Parallel", "Map", "Pass", "Wait", "Choice", "Succeed", "Fail")
TERMINAL_TYPES = ("Succeed", "Fail")
MAX_DEPTH = 20


@dataclass(frozen=True)
class Edge:
    """A transition out of a state; `target` is as written, so it may be any JSON value."""

    kind: EdgeKind
    target: object
    path: str
    rule: Json = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Retrier:
    """One entry of Retry, with the defaults of the language; seconds.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """

    errors: tuple[str, ...]
    interval: float = 1
    attempts: int = 3
    backoff: float = 2.0
    max_delay: float | None = None
    full_jitter: bool = False


@dataclass(frozen=True)
class Catcher:
    """One entry of Catch; `body` holds what its query language reads (ResultPath, Output, Assign)."""

    errors: tuple[str, ...]
    next: str
    body: Json = field(compare=False)
    path: str


@dataclass(frozen=True)
class Rule:
    """One entry of Choices; `body` holds its condition, Output and Assign."""

    next: str
    body: Json = field(compare=False)
    path: str


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
    def type(self) -> str:
        kind = self.body.get("Type")
        return kind if isinstance(kind, str) else ""

    @cached_property
    def language(self) -> Language:
        """Return the query language in force: the state's own, else its scope's."""
        own: Language | None = self.body.get("QueryLanguage")
        return own if own in ("JSONPath", "JSONata") else self.scope.language

    @property
    def jsonata(self) -> bool:
        return self.language == "JSONata"

    @cached_property
    def next(self) -> str | None:
        """Return the state that follows this one when it succeeds; None at an end, and for a Choice."""
        target = self.body.get("Next")
        return target if isinstance(target, str) else None

    @cached_property
    def retriers(self) -> tuple[Retrier, ...]:
        return tuple(_retrier(each) for each in as_list(self.body.get("Retry")) if isinstance(each, dict))

    @cached_property
    def catchers(self) -> tuple[Catcher, ...]:
        path = pointer(self.path, "Catch")
        return tuple(
            Catcher(_errors(each), _text(each.get("Next")), each, pointer(path, index))
            for index, each in enumerate(as_list(self.body.get("Catch")))
            if isinstance(each, dict)
        )

    @cached_property
    def children(self) -> tuple[Scope, ...]:
        """Return the branches of a Parallel, or the item processor of a Map."""
        return tuple(_children(self)) if self.scope.depth < MAX_DEPTH else ()

    @property
    def call(self) -> Integration | None:
        """Return what a Task calls; None for other states and for a Resource that is nothing known."""
        return None

    @property
    def arguments(self) -> object:
        """Return what a Task sends: Arguments with JSONata, Parameters with JSONPath."""
        return self.body.get("Arguments" if self.jsonata else "Parameters")

    @property
    def distributed(self) -> bool:
        """Say whether a Map runs its items as child executions with histories of their own."""
        return False

    @property
    def edges(self) -> list[Edge]:
        return list(_edges(self))


class Task(State):
    @cached_property
    def call(self) -> Integration | None:
        return integration(self.body.get("Resource"))


class Map(State):
    @property
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
            Rule(_text(each.get("Next")), each, pointer(path, index))
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


@dataclass(frozen=True, eq=False)
class Machine:
    """A whole document."""

    body: Json
    language: Language
    express: bool

    @cached_property
    def scope(self) -> Scope:
        """Return the machine's own states."""
        return Scope("machine", self.body, "", self.language, self.express, 0)

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
        seconds = self.body.get("TimeoutSeconds")
        return seconds if isinstance(seconds, int | float) and not isinstance(seconds, bool) else None


_TYPES: dict[str, type[State]] = {
    each.__name__: each for each in (Task, Parallel, Map, Pass, Wait, Choice, Succeed, Fail)
}


def read(definition: object, *, express: bool = False) -> Machine:
    """Read a parsed document.

    Args:
        definition: any value that a JSON or YAML parser returns.
        express: whether the machine is of type EXPRESS, which the document itself does not say.
    """
    body = as_dict(plain(definition))
    return Machine(body, "JSONata" if body.get("QueryLanguage") == "JSONata" else "JSONPath", express)


def own_values(state: State) -> Iterator[tuple[str, object]]:
    """Yield every value in a state with its pointer, without its comment and the states inside it."""
    for key, value in state.body.items():
        if key not in ("Comment", "Branches", "ItemProcessor", "Iterator"):
            yield from walk(value, pointer(state.path, key))


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
        language = "JSONata" if body.get("QueryLanguage") == "JSONata" else state.scope.language
        express = state.scope.express
        if kind == "item" and state.distributed:
            express = as_dict(body.get("ProcessorConfig")).get("ExecutionType") == "EXPRESS"
        yield Scope(kind, body, path, language, express, state.scope.depth + 1, state)


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


def _retrier(body: Json) -> Retrier:
    return Retrier(
        _errors(body),
        _number(body.get("IntervalSeconds"), 1),
        int(_number(body.get("MaxAttempts"), 3)),
        _number(body.get("BackoffRate"), 2.0),
        _number(body["MaxDelaySeconds"], 0) if "MaxDelaySeconds" in body else None,
        body.get("JitterStrategy") == "FULL",
    )


def _errors(body: Json) -> tuple[str, ...]:
    return tuple(each for each in as_list(body.get("ErrorEquals")) if isinstance(each, str))


def _number(value: Any, default: float) -> float:  # noqa: ANN401 - any JSON value
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
