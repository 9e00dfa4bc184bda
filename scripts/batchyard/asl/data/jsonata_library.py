"""Evaluation by jsonata-python; imported late, for it takes a tenth of a second."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import regex  # type: ignore[import-untyped] # what the library compiles patterns with
from jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

from batchyard.asl import expressions
from batchyard.asl.data import jsonata_mends  # noqa: F401 - for what it mends
from batchyard.asl.data.interface import Value
from batchyard.asl.data.jsonata import UNDEFINED, UNSUPPORTED, Expression, View
from batchyard.asl.data.jsonata_closures import closure
from batchyard.asl.data.jsonata_errors import TOO_DEEP, TOO_LONG, Exceeded
from batchyard.asl.data.jsonata_functions import Current, own_functions

# The service ends an expression whose evaluations nest deeper than this, as measured:
# https://github.com/floci-io/floci/pull/2783
MAX_DEPTH = 100
# The service allows some seconds; steps are counted instead, so that an execution's replay ends the same.
MAX_STEPS = 2_000_000
_UNBOUNDED = re.compile(r"\bfunction\b|\u03bb")
_STATES = re.compile(r"\$states(?:\.(?:input|result|errorOutput)\b)?")

_current = Current()
_engine = Jsonata("0")
_base = _engine.create_frame(Jsonata.static_frame)
_base.bindings.update(own_functions(_current))


class _Bounds:
    """Counts how deep and how long an expression is evaluated."""

    def __init__(self) -> None:
        self.depth = self.steps = 0

    def enter(self, _: Any, __: Any, environment: Any) -> None:  # noqa: ANN401
        self.steps += 1
        self.depth += not environment.is_parallel_call
        if self.depth > MAX_DEPTH:
            raise Exceeded(TOO_DEEP)
        if self.steps > MAX_STEPS:
            raise Exceeded(TOO_LONG)

    def leave(self, _: Any, __: Any, environment: Any, ___: Any) -> None:  # noqa: ANN401
        self.depth -= not environment.is_parallel_call


@lru_cache(maxsize=4096)
def library(text: str) -> Expression:
    """Return a function that evaluates an expression to a value or UNDEFINED.

    Raises:
        ExpressionError: the text is no JSONata.
    """
    tree = expressions.parse(text)
    return closure(tree, by_library(text))


def by_library(text: str) -> Expression:
    """Return the function that `library` returns, without our own closures in front."""
    tree = expressions.parse(text)
    names = {str(node.value) for node in expressions.walk(tree) if node.type == "variable"}
    bounded = len(text) > MAX_DEPTH or bool(_UNBOUNDED.search(text))
    context = "context" in text or any(found == "$states" for found in _STATES.findall(text))

    def evaluate(view: View) -> Value:
        frame = _engine.create_frame(_base)
        bindings = frame.bindings
        for name in names:
            if name in view.env.variables:
                bindings[name] = _null(view.env.variables[name])
        bindings["states"] = _states(view, context)
        if bounded:
            bounds = _Bounds()
            bindings["__evaluate_entry"], bindings["__evaluate_exit"] = bounds.enter, bounds.leave
        outer, _current.env = _current.env, view.env
        try:
            return _result(_engine.eval(tree, None, frame))
        except (regex.error, TimeoutError) as error:
            raise ValueError(str(error)) from error
        finally:
            _current.env = outer

    return evaluate


def _null(value: Value) -> Any:  # noqa: ANN401
    return Utils.NULL_VALUE if value is None else value


def _states(view: View, context: bool) -> dict[str, Value]:
    states = {"input": view.input}
    if context:
        states["context"] = view.env.context
    if view.result is not UNDEFINED:
        states["result"] = view.result
    if view.error is not UNDEFINED:
        states["errorOutput"] = view.error
    return states


def _result(value: Any) -> Value:  # noqa: ANN401
    if value is None:
        return UNDEFINED
    return UNSUPPORTED if _is_function(value) else plain(value)


def _is_function(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, Jsonata.JFunctionCallable | Parser.Symbol | regex.Pattern)


def plain(value: Any) -> Value:  # noqa: ANN401
    """Return a value of the library as JSON, the same object where nothing is to be changed."""
    if value is None or value is Utils.NULL_VALUE:
        return None
    if isinstance(value, dict):
        return _plain_dict(value)
    if isinstance(value, list):
        items = [plain(item) for item in value]
        same = type(value) is list and all(new is old for new, old in zip(items, value, strict=True))
        return value if same else items
    if isinstance(value, str | bool | int | float):
        return _number(value) if isinstance(value, float) else value
    return ""  # functions within values are empty texts, as $string has them


def _plain_dict(value: dict[str, Any]) -> Value:
    fields = {key: plain(item) for key, item in value.items()}
    return value if all(fields[key] is item for key, item in value.items()) else fields


def _number(value: float) -> Value:
    # The service gives numbers that JSON does not have as texts: https://github.com/floci-io/floci/pull/2783
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value
