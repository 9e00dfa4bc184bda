"""Functions of JSONata that our closures know; see `jsonata_closures`.

https://docs.jsonata.org/boolean-functions and https://docs.jsonata.org/aggregation-functions
"""

from __future__ import annotations

from collections.abc import Callable

from batchyard.asl.data.interface import Value
from batchyard.asl.data.jsonata import UNDEFINED
from batchyard.asl.data.jsonata_operators import Unusual, boolean


def _exists(value: Value) -> Value:
    return value is not UNDEFINED


def _not(value: Value) -> Value:
    if value is UNDEFINED:
        raise Unusual
    return not boolean(value)


def _count(value: Value) -> Value:
    if not isinstance(value, list):
        raise Unusual
    return len(value)


CALLS: dict[str, Callable[[Value], Value]] = {"exists": _exists, "not": _not, "count": _count}
