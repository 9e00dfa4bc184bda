"""JSONata expressions of a state machine, parsed (never evaluated) with jsonata-python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from batchyard.asl.walk import walk as walk_document
from batchyard.errors import BatchyardError

_EXPRESSION = re.compile(r"^\s*\{%(.*)%\}\s*$", re.DOTALL)
_HALF = re.compile(r"^\s*\{%|%\}\s*$")
_PLACEHOLDER = re.compile(r"\{\{\{?\w+\}?\}\}")
_ARN = re.compile(r"arn:aws[a-z-]*:[^\s'\"]+")
_QUOTED_ARN = re.compile(r"'(arn:aws[a-z-]*:[^'{}]+)'")
_NUMERIC_OPERATORS = frozenset("+-*/%")
_NUMERIC_FUNCTIONS = frozenset(
    [
        "abs",
        "average",
        "ceil",
        "count",
        "floor",
        "length",
        "max",
        "millis",
        "min",
        "number",
        "power",
        "random",
        "round",
        "sqrt",
        "sum",
        "toMillis",
    ]
)
_NOT_BELOW = frozenset(
    ["_outer_instance", "environment", "slot", "ancestor", "type", "value", "id", "position", "lbp"]
)
# The parser trips over some texts that are no JSONata at all before it can report them itself.
_PARSER_FAULTS = (RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError)


class ExpressionError(BatchyardError):
    """A text between `{%` and `%}` is not JSONata."""


def inner(value: object) -> str | None:
    """Return the text between `{%` and `%}` if the value is an expression, else None."""
    found = _EXPRESSION.match(value) if isinstance(value, str) else None
    return found.group(1) if found else None


def is_half(value: str) -> bool:
    """Say whether a text has one of the two delimiters of an expression, but not both."""
    return inner(value) is None and bool(_HALF.search(value))


@lru_cache(maxsize=4096)
def parse(text: str) -> Any:  # noqa: ANN401 - the library's nodes are untyped
    """Parse the inside of an expression.

    Args:
        text: JSONata without its delimiters.

    Raises:
        ExpressionError: it is not JSONata; says the parser's reason.
    """
    import regex  # type: ignore[import-untyped] # what jsonata-python compiles patterns with
    from jsonata import Jsonata
    from jsonata.jexception import JException

    try:
        return Jsonata(text).ast
    except JException as error:
        raise ExpressionError(_reason(error), fix="correct the JSONata expression") from error
    except (*_PARSER_FAULTS, regex.error) as error:
        raise ExpressionError(
            str(error) or type(error).__name__, fix="correct the JSONata expression"
        ) from error


def _reason(error: Any) -> str:  # noqa: ANN401 - the library's exception
    """Return the parser's reason as the service words it: tokens stand in double quotes."""
    template = error.error_codes.get(error.error)
    told = [error.current, error.expected, error.extra]
    parts = _PLACEHOLDER.split(template or "")
    if template is None or len(parts) > len(told) + 1:
        return str(error) or type(error).__name__
    quoted = (json.dumps(str(each), ensure_ascii=False) for each in told)
    return parts[0] + "".join(token + part for token, part in zip(quoted, parts[1:], strict=False))


def children(node: Any) -> list[Any]:  # noqa: ANN401
    """Return the nodes directly below a node."""
    found: list[Any] = []
    for name, value in vars(node).items():
        # Most of a node's forty fields hold nothing, so that is asked first.
        if value and name not in _NOT_BELOW:
            waiting = [value]
            while waiting:
                item = waiting.pop()
                if isinstance(item, list | tuple):
                    waiting.extend(reversed(item))
                elif hasattr(item, "lbp"):
                    found.append(item)
    return found


def walk(node: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield a node and all below it, each once."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        yield at
        waiting.extend(children(at))


def literals(node: Any) -> list[str]:  # noqa: ANN401
    """Return the string literals that are values by themselves, not pieces that `&` joins to others."""
    nodes = list(walk(node))
    joins = [each for each in nodes if each.type == "binary" and each.value == "&"]
    pieces = {id(part) for join in joins for part in walk(join)}
    return [each.value for each in nodes if each.type == "string" and id(each) not in pieces]


def functions(node: Any) -> set[str]:  # noqa: ANN401
    """Return the names of the functions that an expression calls, without `$`."""
    calls = (each.procedure for each in walk(node) if each.type in ("function", "partial") and each.procedure)
    return {str(call.value) for call in calls if call.type == "variable"}


def is_numeric(node: Any) -> bool:  # noqa: ANN401
    """Say whether an expression is obviously a number: a literal, arithmetic, or a call that counts."""
    if node.type == "block" and node.expressions:
        return is_numeric(node.expressions[-1])
    if node.type == "condition":
        return is_numeric(node.then) or (node._else is not None and is_numeric(node._else))
    if node.type == "function" and node.procedure is not None:
        return node.procedure.value in _NUMERIC_FUNCTIONS
    if node.type == "unary" and node.value == "-":
        return True
    return node.type == "number" or (node.type == "binary" and str(node.value) in _NUMERIC_OPERATORS)


def steps(node: Any) -> list[str]:  # noqa: ANN401
    """Return a path's steps such as `["states", "result"]`, or nothing for what is no plain path."""
    if node.type == "variable":
        return [str(node.value)]
    if node.type == "path" and node.steps:
        return [str(step.value) for step in node.steps]
    return []


def arns_in(text: str) -> list[str]:
    """Return the ARNs that a text holds in full; see `literal_arns`."""
    if _ARN.fullmatch(text):
        return [text]
    if text.startswith("States."):
        return _QUOTED_ARN.findall(text)
    code = inner(text) if "arn:" in text else None
    if code is None:
        return []
    try:
        return [each for each in literals(parse(code)) if _ARN.fullmatch(each)]
    except ExpressionError:
        return []


def literal_arns(value: object) -> list[str]:
    """Return the ARNs that are written out in full anywhere in a value.

    They may stand alone, in quotes within a JSONPath intrinsic function, or as a whole string literal of a
    JSONata expression; pieces that are joined to something else at run time are none.
    """
    found: dict[str, None] = {}
    for _, item in walk_document(value):
        if isinstance(item, str):
            found.update(dict.fromkeys(arns_in(item)))
    return list(found)
