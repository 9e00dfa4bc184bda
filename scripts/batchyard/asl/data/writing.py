"""Writing at reference paths: ResultPath.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultpath.html
"""

from __future__ import annotations

from collections.abc import Callable

from batchyard.asl.data.interface import Value
from batchyard.asl.data.reference import Key, parse
from batchyard.asl.data.text import dump
from batchyard.asl.errors import RESULT_PATH, StatesError

Write = Callable[[Value, Value], Value]


class _Stuck(Exception):
    """The input has something else where the path needs an object or an array element."""


def writer(path: object) -> Write:
    """Return a function of the input and a result that returns both combined.

    Args:
        path: `$` for the result alone, None for the input alone, or a reference path, whose missing objects
            are made. https://states-language.net/spec.html#filters
    """
    if path is None:
        return lambda value, _: value
    reference = parse(path) if isinstance(path, str) else None
    if reference is None or reference.root != "$":
        return lambda value, _: _refuse(path, value)
    keys = reference.keys
    if not keys:
        return lambda _, result: result

    def write(value: Value, result: Value) -> Value:
        try:
            return put(value, keys, result)
        except _Stuck:
            return _refuse(path, value)

    return write


def put(value: Value, keys: tuple[Key, ...], result: Value) -> Value:
    """Return a copy of a value with something else at a path; what is not on the path is shared.

    Raises:
        _Stuck: the path does not fit the value.
    """
    key, rest = keys[0], keys[1:]
    if isinstance(key, int):
        if not isinstance(value, list) or not -len(value) <= key < len(value):
            raise _Stuck
        items = list(value)
        items[key] = put(items[key], rest, result) if rest else result
        return items
    if not isinstance(value, dict):
        raise _Stuck
    below = value.get(key, {}) if rest else None
    return {**value, key: put(below, rest, result) if rest else result}


def _refuse(path: object, value: Value) -> Value:
    raise StatesError(RESULT_PATH, f"Unable to apply ReferencePath {path} to input {dump(value)}")
