"""What is read from the text of a definition: whether it is sound, and which variables its states use."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator

from batchyard.asl import expressions, model
from batchyard.asl.model import State
from batchyard.asl.walk import pointer, walk
from batchyard.iam import rules
from batchyard.iam.services import has_action
from batchyard.local.states.api_errors import ApiError

_TEMPLATES = frozenset(
    ["Parameters", "ResultSelector", "ItemSelector", "BatchInput", "Assign", "Result", "Credentials"]
)
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'")
_VARIABLE = re.compile(r"(?<![\w$])\$([^\W\d]\w*)")
# The validator knows no APIs: which services and actions there are is looked up in botocore's models.
_UNKNOWN = (
    "SCHEMA_VALIDATION_FAILED: The resource provided {} is not recognized. The value is not a valid resource "
    "ARN, or the resource is not available in this region. at {}"
)
_NOT_VARIABLES = frozenset(["", "$", "states"])


def check(text: str, *, express: bool) -> None:
    """Check a definition as the service does before it takes one.

    Raises:
        ApiError: InvalidDefinition, with all errors in one sentence.
    """
    from batchyard.asl import validate

    found = validate.validate(text, express=express, severity="ERROR")
    if found.result == "FAIL":
        raise refused(validate.describe(found.diagnostics))
    for state in model.read(json.loads(text)).states:
        if state.call and state.call.kind == "sdk" and not has_action(state.call.service, state.call.action):
            raise refused(_UNKNOWN.format(state.call.resource, pointer(state.path, "Resource")))


def refused(reason: str) -> ApiError:
    return ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{reason}'")


@functools.lru_cache(maxsize=256)
def references(text: str) -> dict[str, list[str]]:
    """Return the variables that each state refers to, by its name; states without any are left out.

    Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
    """
    if "$" not in text:
        return {}
    found: dict[str, set[str]] = {}
    for state in model.read(json.loads(text)).states:
        names = set(_expressions(state) if state.jsonata else _paths(state))
        if names:
            found.setdefault(state.name, set()).update(names)
    return {name: sorted(names) for name, names in found.items()}


def _paths(state: State) -> Iterator[str]:
    for path, value in model.own_values(state):
        if isinstance(value, str) and "$" in value and _evaluated(path[len(state.path) :]):
            yield from _VARIABLE.findall(_QUOTED.sub("''", value))


def _evaluated(path: str) -> bool:
    """Say whether a field holds a path: below a template those whose name ends with `.$`."""
    parts = path.split("/")
    if parts[-1].endswith(".$"):
        return True
    return parts[-1].endswith(("Path", "Variable")) and not _TEMPLATES.intersection(parts[:-1])


def _expressions(state: State) -> Iterator[str]:
    for _, value in model.own_values(state):
        code = expressions.inner(value)
        if code is not None and "$" in code:
            yield from _free(code)


def _free(code: str) -> set[str]:
    """Return the variables that an expression neither calls nor binds itself."""
    try:
        nodes = list(expressions.walk(expressions.parse(code)))
    except expressions.ExpressionError:
        return set()
    used = {str(node.value) for node in nodes if node.type == "variable"}
    bound = {str(node.lhs.value) for node in nodes if node.type == "bind" and node.lhs is not None}
    for node in nodes:
        if node.type == "lambda":
            bound |= {str(argument.value) for argument in node.arguments or ()}
        bound |= expressions.functions(node) if node.type in ("function", "partial") else set()
    return used - bound - _NOT_VARIABLES


@functools.lru_cache(maxsize=256)
def waited_for(text: str) -> frozenset[str]:
    """Return the services whose `.sync` tasks end by events: `batch`, `ecs`, `states`."""
    calls = (state.call for state in model.read(json.loads(text)).states)
    return frozenset(
        call.service for call in calls if call and call.pattern == "sync" and call.service in rules.NAMES
    )


def label_of(text: str, label: str) -> str | None:
    """Return the definition of the Map state's item processor that has a label, as JSON, or None."""
    for state in model.read(json.loads(text)).states:
        if isinstance(state, model.Map) and state.body.get("Label") == label:
            return json.dumps(state.processor)
    return None


def at(text: str, pointer: str) -> str:
    """Return the part of a definition that a JSON pointer names, as JSON; the whole text for an empty one."""
    if not pointer:
        return text
    return json.dumps(next(value for path, value in walk(json.loads(text)) if path == pointer))
