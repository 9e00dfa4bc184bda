"""Operators of JSONata on the plain kinds of values; see `jsonata_closures`.

https://docs.jsonata.org/comparison-operators and the pages beside it
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from batchyard.asl.data.interface import Value
from batchyard.asl.data.jsonata import UNDEFINED

# Texts of larger integers are not their digits: JSONata has fifteen significant ones.
_EXACT = 10**15


class Unusual(Exception):
    """A value is of a kind that the library is left to deal with."""


def boolean(value: Value) -> bool:
    """Return whether a value counts as true: https://docs.jsonata.org/boolean-functions#boolean."""
    if value is UNDEFINED or value is None:
        return False
    if isinstance(value, list):
        raise Unusual
    return bool(value)


def negative(value: Value) -> Value:
    """Return a number with the other sign."""
    return _whole(-_number(value))


def _number(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unusual
    number = float(value)
    if not math.isfinite(number):
        raise Unusual
    return number


def _whole(number: float) -> Value:
    if not math.isfinite(number):
        raise Unusual
    return int(number) if number.is_integer() else number


def _arithmetic(operate: Callable[[float, float], float]) -> Callable[[Value, Value], Value]:
    def calculate(left: Value, right: Value) -> Value:
        one, other = _number(left), _number(right)
        try:
            return _whole(operate(one, other))
        except (ZeroDivisionError, ValueError):
            raise Unusual from None

    return calculate


def _comparable(value: Value) -> Any:  # noqa: ANN401
    """Return a scalar so that Python's `==` compares it as JSONata does."""
    if isinstance(value, bool | str) or value is None:
        return (type(value), value)
    return (float, _number(value))


def _equal(left: Value, right: Value) -> Value:
    if left is UNDEFINED or right is UNDEFINED:
        return False
    return bool(_comparable(left) == _comparable(right))


def _unequal(left: Value, right: Value) -> Value:
    if left is UNDEFINED or right is UNDEFINED:
        return False
    return bool(_comparable(left) != _comparable(right))


def _order(compare: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    def ordered(left: Value, right: Value) -> Value:
        if type(left) is type(right) and isinstance(left, str | int) and not isinstance(left, bool):
            return bool(compare(left, right))
        return bool(compare(_number(left), _number(right)))

    return ordered


def _joined(left: Value, right: Value) -> Value:
    return _text(left) + _text(right)


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if value is UNDEFINED:
        return ""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and -_EXACT < value < _EXACT:
        return str(value)
    raise Unusual


OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "%": _arithmetic(math.fmod),
    "=": _equal,
    "!=": _unequal,
    "<": _order(operator.lt),
    "<=": _order(operator.le),
    ">": _order(operator.gt),
    ">=": _order(operator.ge),
    "&": _joined,
}
