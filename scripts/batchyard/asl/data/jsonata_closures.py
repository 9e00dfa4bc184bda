"""The plain forms of JSONata as closures, ten times as fast as the library and equal to it.

What is plain: paths from variables, literals, operators, conditions, objects and arrays, and a few functions.
All else, and every value that the library treats in a way of its own, is left to the library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from batchyard.asl.data.interface import Value
from batchyard.asl.data.jsonata import UNDEFINED, Expression, View
from batchyard.asl.data.jsonata_calls import CALLS
from batchyard.asl.data.jsonata_operators import OPERATORS, Unusual, boolean, negative


class _NotPlain(Exception):
    """An expression has a form that only the library knows."""


# Members of the library's nodes that say nothing about what is evaluated.
_PLACES = frozenset(["_outer_instance", "id", "position", "lbp", "bp", "type"])
_OF = {
    "path": {"steps"},
    "name": {"value"},
    "variable": {"value"},
    "string": {"value"},
    "number": {"value"},
    "value": {"value"},
    "binary": {"value", "lhs", "rhs"},
    "unary": {"value", "expression", "expressions", "lhs_object"},
    "condition": {"condition", "then", "_else"},
    "block": {"expressions"},
    "function": {"value", "procedure", "arguments"},
}
_ROOTS = {"input": "input", "result": "result", "errorOutput": "error"}


def closure(tree: Any, fallback: Expression) -> Expression:  # noqa: ANN401 - the library's nodes are untyped
    """Return a function that evaluates a parsed expression to a value or UNDEFINED.

    Args:
        fallback: evaluates it by the library.
    """
    try:
        fast = _node(tree)
    except _NotPlain:
        return fallback

    def evaluate(view: View) -> Value:
        try:
            return fast(view)
        except (Unusual, OverflowError):
            return fallback(view)

    return evaluate


def _node(node: Any) -> Expression:  # noqa: ANN401
    _plain(node)
    make = _MAKERS.get(node.type)
    if make is None:
        raise _NotPlain
    return make(node)


def _plain(node: Any) -> None:  # noqa: ANN401
    """Raise _NotPlain for a node with predicates, grouping, sorting and the like."""
    allowed = _OF.get(node.type, set())
    for name, value in vars(node).items():
        if value and name not in allowed and name not in _PLACES:
            raise _NotPlain


def _literal(node: Any) -> Expression:  # noqa: ANN401
    constant = node.value
    return lambda _: constant


def _variable(node: Any) -> Expression:  # noqa: ANN401
    name = str(node.value)
    if name in ("", "$", "states"):
        raise _NotPlain

    def variable(view: View) -> Value:
        try:
            return view.env.variables[name]
        except KeyError:
            raise Unusual from None  # a function, or nothing

    return variable


def _path(node: Any) -> Expression:  # noqa: ANN401
    first, *steps = node.steps
    names = []
    for step in steps:
        _plain(step)
        if step.type != "name":
            raise _NotPlain
        names.append(str(step.value))
    _plain(first)
    if first.type != "variable" or not names:
        raise _NotPlain
    root = _states(names.pop(0)) if first.value == "states" else _variable(first)
    return _descent(root, names) if names else root


def _states(name: str) -> Expression:
    if name == "context":
        return lambda view: view.env.context
    if name not in _ROOTS:
        raise _NotPlain
    if name == "input":
        return lambda view: view.input
    return (lambda view: view.result) if name == "result" else (lambda view: view.error)


def _descent(root: Expression, names: list[str]) -> Expression:
    def descent(view: View) -> Value:
        value = root(view)
        for name in names:
            if isinstance(value, dict):
                value = value.get(name, UNDEFINED)
            elif isinstance(value, list):
                raise Unusual  # the library maps over the elements
            else:
                return UNDEFINED
        return value

    return descent


def _binary(node: Any) -> Expression:  # noqa: ANN401
    name = str(node.value)
    left, right = _node(node.lhs), _node(node.rhs)
    if name == "and":
        return lambda view: boolean(left(view)) and boolean(right(view))
    if name == "or":
        return lambda view: boolean(left(view)) or boolean(right(view))
    operate = OPERATORS.get(name)
    if operate is None:
        raise _NotPlain
    return lambda view: operate(left(view), right(view))


def _unary(node: Any) -> Expression:  # noqa: ANN401
    if node.value == "-":
        inner = _node(node.expression)
        return lambda view: negative(inner(view))
    if node.value == "{":
        return _object(node.lhs_object or [])
    if node.value == "[":
        return _array(node.expressions or [])
    raise _NotPlain


def _object(pairs: list[Any]) -> Expression:
    fields = [(key.value, _node(value)) for key, value in pairs if key.type == "string"]
    if len({key for key, _ in fields}) < len(pairs):
        raise _NotPlain  # names that are made, or twice the same

    def make(view: View) -> Value:
        found = {key: evaluate(view) for key, evaluate in fields}
        if UNDEFINED in found.values():
            return {key: value for key, value in found.items() if value is not UNDEFINED}
        return found

    return make


def _array(nodes: list[Any]) -> Expression:
    items = [(_node(node), str(node.value) == "[") for node in nodes]

    def make(view: View) -> Value:
        found: list[Value] = []
        for evaluate, whole in items:
            value = evaluate(view)
            if isinstance(value, list) and not whole:
                found.extend(value)
            elif value is not UNDEFINED:
                found.append(value)
        return found

    return make


def _condition(node: Any) -> Expression:  # noqa: ANN401
    holds, then = _node(node.condition), _node(node.then)
    other = _node(node._else) if node._else is not None else (lambda _: UNDEFINED)
    return lambda view: then(view) if boolean(holds(view)) else other(view)


def _block(node: Any) -> Expression:  # noqa: ANN401
    if len(node.expressions or []) != 1:
        raise _NotPlain
    return _node(node.expressions[0])


def _function(node: Any) -> Expression:  # noqa: ANN401
    name = str(getattr(node.procedure, "value", ""))
    function = CALLS.get(name)
    if function is None or node.procedure.type != "variable" or len(node.arguments or []) != 1:
        raise _NotPlain
    _plain(node.procedure)
    argument = _node(node.arguments[0])

    def call(view: View) -> Value:
        if name in view.env.variables:
            raise Unusual
        return function(argument(view))

    return call


_MAKERS: dict[str, Callable[[Any], Expression]] = {
    "path": _path,
    "variable": _variable,
    "string": _literal,
    "number": _literal,
    "value": _literal,
    "binary": _binary,
    "unary": _unary,
    "condition": _condition,
    "block": _block,
    "function": _function,
}
