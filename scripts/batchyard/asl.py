"""A light, typed walk over a parsed Amazon States Language document.

It accepts any JSON value: what is not of the right shape is left out here and reported by the linter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from batchyard import expressions

Pattern = Literal["request", "sync", "waitForTaskToken"]
Kind = Literal["service", "sdk", "lambda", "activity"]
ScopeKind = Literal["machine", "branch", "item"]
EdgeKind = Literal["next", "choice", "default", "catch"]
Json = dict[str, Any]

STATE_TYPES = ("Task", "Parallel", "Map", "Pass", "Wait", "Choice", "Succeed", "Fail")
TERMINAL_TYPES = ("Succeed", "Fail")
MAX_DEPTH = 20

_FUNCTION = re.compile(r"^arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$")
_ACTIVITY = re.compile(r"^arn:aws[a-z-]*:states:[^:]+:[^:]+:activity:.+$")
_SERVICE = re.compile(
    r"^arn:aws[a-z-]*:states:[^:]*:[^:]*:(?P<sdk>aws-sdk:)?(?P<service>[A-Za-z0-9-]+):(?P<action>[A-Za-z0-9]+)"
    r"(\.(?P<pattern>sync|waitForTaskToken)(:2)?)?$"
)


@dataclass(frozen=True)
class Integration:
    """What a Task calls: the service and action of its Resource, and how the state waits for it."""

    kind: Kind
    service: str
    action: str
    pattern: Pattern
    resource: str


@dataclass(frozen=True)
class Edge:
    """A transition out of a state; `target` is as written, so it may be any JSON value."""

    kind: EdgeKind
    target: object
    path: str
    rule: Json = field(default_factory=dict, compare=False)


@dataclass(eq=False)
class Scope:
    """States that may name each other: the machine's, a Parallel branch's or a Map item processor's."""

    kind: ScopeKind
    body: Json
    path: str
    language: str
    express: bool
    depth: int
    owner: State | None = None
    states: list[State] = field(default_factory=list)

    @property
    def start(self) -> object:
        return self.body.get("StartAt")

    @cached_property
    def _by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    def named(self, name: object) -> State | None:
        """Return the state of that name in this scope."""
        return self._by_name.get(name) if isinstance(name, str) else None


@dataclass(eq=False)
class State:
    """One state with its place: `path` is its JSON pointer in the document."""

    name: str
    body: Json
    path: str
    scope: Scope
    children: list[Scope] = field(default_factory=list)

    @property
    def type(self) -> str:
        kind = self.body.get("Type")
        return kind if isinstance(kind, str) else ""

    @property
    def language(self) -> str:
        """Return the query language in force: the state's own, else its scope's."""
        own = self.body.get("QueryLanguage")
        return own if own in ("JSONPath", "JSONata") else self.scope.language

    @property
    def jsonata(self) -> bool:
        return self.language == "JSONata"

    @property
    def call(self) -> Integration | None:
        """Return what a Task calls; None for other states and for a Resource that is nothing known."""
        return integration(self.body.get("Resource")) if self.type == "Task" else None

    @property
    def arguments(self) -> object:
        """Return what a Task sends: Arguments with JSONata, Parameters with JSONPath."""
        return self.body.get("Arguments" if self.jsonata else "Parameters")

    @property
    def distributed(self) -> bool:
        """Say whether a Map runs its items as child executions with histories of their own."""
        config = as_dict(as_dict(self.body.get("ItemProcessor")).get("ProcessorConfig"))
        return self.type == "Map" and config.get("Mode") == "DISTRIBUTED"

    @property
    def edges(self) -> list[Edge]:
        return list(_edges(self))


@dataclass(eq=False)
class Machine:
    """A whole document; `scopes` is in document order, the machine's own first."""

    body: Json
    language: str
    express: bool
    scopes: list[Scope]

    @property
    def states(self) -> list[State]:
        return [state for scope in self.scopes for state in scope.states]


def as_dict(value: object) -> Json:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return the value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def pointer(base: str, *parts: object) -> str:
    """Return the JSON pointer (RFC 6901) of something below `base`."""
    return base + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def plain(value: object, _within: tuple[int, ...] = ()) -> Any:  # noqa: ANN401 - any JSON value
    """Return a document as JSON has it: YAML knows other keys than text, and lists that hold themselves."""
    if id(value) in _within:
        return None
    inside = (*_within, id(value))
    if isinstance(value, dict):
        return {str(key): plain(item, inside) for key, item in value.items()}
    return [plain(item, inside) for item in value] if isinstance(value, list) else value


def integration(resource: object) -> Integration | None:
    """Return what a Task's Resource calls, or None if it is no ARN of a kind that Step Functions takes."""
    if not isinstance(resource, str):
        return None
    if _FUNCTION.match(resource):
        return Integration("lambda", "lambda", "invoke", "request", resource)
    if _ACTIVITY.match(resource):
        return Integration("activity", "states", "activity", "request", resource)
    found = _SERVICE.match(resource)
    if not found:
        return None
    pattern: Pattern = found["pattern"] or "request"  # type: ignore[assignment]
    return Integration(
        "sdk" if found["sdk"] else "service", found["service"], found["action"], pattern, resource
    )


def read(definition: object, *, express: bool = False) -> Machine:
    """Read a parsed document.

    Args:
        definition: any value that a JSON or YAML parser returns.
        express: whether the machine is of type EXPRESS, which the document itself does not say.
    """
    body = as_dict(plain(definition))
    language = "JSONata" if body.get("QueryLanguage") == "JSONata" else "JSONPath"
    root = Scope("machine", body, "", language, express, 0)
    machine = Machine(body, language, express, [])
    waiting = [root]
    while waiting:
        scope = waiting.pop()
        machine.scopes.append(scope)
        for name, state in as_dict(scope.body.get("States")).items():
            if isinstance(state, dict):
                scope.states.append(State(name, state, pointer(scope.path, "States", name), scope))
        if scope.depth < MAX_DEPTH:
            below = [child for state in scope.states for child in _children(state)]
            waiting.extend(reversed(below))
    return machine


def _children(state: State) -> list[Scope]:
    found: list[tuple[ScopeKind, str, object]] = []
    if state.type == "Parallel":
        branches = enumerate(as_list(state.body.get("Branches")))
        found = [("branch", pointer(state.path, "Branches", index), branch) for index, branch in branches]
    elif state.type == "Map":
        keys = [key for key in ("ItemProcessor", "Iterator") if key in state.body]
        found = [("item", pointer(state.path, key), state.body[key]) for key in keys]
    for kind, path, value in found:
        body = as_dict(value)
        language = body["QueryLanguage"] if body.get("QueryLanguage") == "JSONata" else state.scope.language
        express = state.scope.express
        if kind == "item" and state.distributed:
            express = as_dict(body.get("ProcessorConfig")).get("ExecutionType") == "EXPRESS"
        state.children.append(Scope(kind, body, path, language, express, state.scope.depth + 1, state))
    return state.children


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


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value in a JSON document with its pointer, the outermost first."""
    waiting: list[tuple[str, object]] = [(path, value)]
    while waiting:
        at, item = waiting.pop()
        yield at, item
        pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        waiting.extend(reversed([(pointer(at, key), below) for key, below in pairs]))


def own_values(state: State) -> Iterator[tuple[str, object]]:
    """Yield every value in a state with its pointer, without its comment and the states inside it."""
    for key, value in state.body.items():
        if key not in ("Comment", "Branches", "ItemProcessor", "Iterator"):
            yield from walk(value, pointer(state.path, key))


def literal_arns(value: object) -> list[str]:
    """Return the ARNs that are written out in full anywhere in a value.

    They may stand alone, in quotes within a JSONPath intrinsic function, or as a whole string literal of a
    JSONata expression; pieces that are joined to something else at run time are none.
    """
    found: dict[str, None] = {}
    for _, item in walk(value):
        if isinstance(item, str):
            found.update(dict.fromkeys(expressions.arns_in(item)))
    return list(found)
