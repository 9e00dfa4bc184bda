"""JSONata expressions: that they parse, and read only what there is.

Measured with ValidateStateMachineDefinition (codes, wording, locations):
https://github.com/floci-io/floci/issues/2670 and https://github.com/floci-io/floci/issues/2745.
The rules: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import re
from typing import Any

from batchyard.asl import expressions
from batchyard.asl.model import own_values
from batchyard.asl.states import State
from batchyard.asl.validate.diagnostics import Report

INVALID = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED = "UNSUPPORTED_JSONATA_EXPRESSION"
_IN_CATCHER = re.compile(r"/Catch/\d+/(Output|Assign)(/|$)")


def check(report: Report, state: State) -> None:
    """Check all expressions of a JSONata state."""
    for path, value in own_values(state):
        if not isinstance(value, str):
            continue
        code = expressions.inner(value)
        if code is not None:
            _expression(report, path, code, in_catcher=bool(_IN_CATCHER.match(path, len(state.path))))
        elif expressions.is_half(value):
            report.error("delimiter", "JSONata string must start with {% and end with %}", path)


def _expression(report: Report, path: str, code: str, *, in_catcher: bool) -> None:
    try:
        node = expressions.parse(code)
    except expressions.ExpressionError as error:
        report.error("jsonata", error.what, path, code=INVALID)
        return
    for name in _outside(node):
        message = f"Reference to '{name}' at the top level is not supported."
        report.error("jsonata", message, path, code=UNSUPPORTED)
    for each in expressions.walk(node):
        if each.type == "variable" and each.value == "$":
            report.error("jsonata", "Reference to '$$' is not supported.", path, code=UNSUPPORTED)
        if not in_catcher and expressions.steps(each)[:2] == ["states", "errorOutput"]:
            message = "Reference to '$states.errorOutput' is not supported."
            report.error("jsonata", message, path, code=UNSUPPORTED)


def _outside(root: Any) -> list[str]:  # noqa: ANN401 - the library's nodes are untyped
    """Return what an expression reads of a context item, which at its top level there is none of.

    Only the first step of a path is read there; its later steps, predicates, sort terms and groups have the
    value before them as their context item.
    """
    found: dict[str, None] = {}
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop(0)
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if node.type == "path":
            waiting[:0] = node.steps[:1]
        elif node.type in ("name", "wildcard", "descendant"):
            found[str(node.value)] = None
        elif node.type == "variable":
            found |= {"$": None} if node.value == "" else {}
        elif node.type != "transform":
            nested = {id(each) for each in _nested(node)}
            waiting[:0] = [each for each in expressions.children(node) if id(each) not in nested]
    return list(found)


def _nested(node: Any) -> list[Any]:  # noqa: ANN401
    """Return the nodes below a node that have its own value as their context item."""
    found: list[Any] = []
    waiting = [getattr(node, name, None) for name in ("predicate", "stages", "group")]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list | tuple):
            waiting.extend(item)
        elif item is not None:
            found.append(item)
    return found
