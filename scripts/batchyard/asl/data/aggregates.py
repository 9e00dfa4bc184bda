"""Functions that may end a path, such as `$.items.length()`.

https://github.com/json-path/JsonPath#functions
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, pstdev

from batchyard.asl.data.interface import Value
from batchyard.asl.data.reference import Missing


def _length(value: Value) -> Value:
    if isinstance(value, str | list | dict):
        return len(value)
    raise Missing("length() of something that has none")


def _keys(value: Value) -> Value:
    if isinstance(value, dict):
        return list(value)
    raise Missing("keys() of something that has none")


def _numeric(reduce: Callable[[list[float]], float]) -> Callable[[Value], Value]:
    def function(value: Value) -> Value:
        items = value if isinstance(value, list) else []
        numbers = [item for item in items if isinstance(item, int | float) and not isinstance(item, bool)]
        if not numbers:
            raise Missing("Aggregation function attempted to calculate value using empty array")
        try:
            return reduce([float(number) for number in numbers])
        except OverflowError as error:
            raise Missing("Aggregation function attempted to calculate a value that is too large") from error

    return function


def _end(index: int) -> Callable[[Value], Value]:
    def function(value: Value) -> Value:
        if not isinstance(value, list) or not value:
            raise Missing("Aggregation function attempted to calculate value using empty array")
        return value[index]

    return function


AGGREGATES: dict[str, Callable[[Value], Value]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "min": _numeric(min),
    "max": _numeric(max),
    "avg": _numeric(fmean),
    "sum": _numeric(sum),
    "stddev": _numeric(pstdev),
    "first": _end(0),
    "last": _end(-1),
}
