"""What the intrinsic functions do.

Rules and limits: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from batchyard.asl.data import texts
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.java_random import JavaRandom
from batchyard.asl.data.refused import Refused
from batchyard.asl.data.values import key_of, same

MAX_RANGE = 1000  # elements that ArrayRange makes
_INT = 2**31


class Function(NamedTuple):
    """A function with the number of arguments that it takes."""

    least: int
    most: int
    function: Callable[[list[Value], Environment], Value]


def whole(value: Value, what: str) -> int:
    """Return a number rounded to the nearest integer, as the functions take theirs.

    Raises:
        Refused: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused(f"{what} must be a number")
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _array(value: Value) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("The first argument must be an array")
    return value


def _partition(args: list[Value], _: Environment) -> Value:
    items, count = _array(args[0]), whole(args[1], "The chunk size")
    if count <= 0:
        raise Refused("The chunk size must be greater than 0")
    return [items[at : at + count] for at in range(0, len(items), count)]


def _contains(args: list[Value], _: Environment) -> Value:
    return any(same(item, args[1]) for item in _array(args[0]))


def _range(args: list[Value], _: Environment) -> Value:
    first, last, step = (whole(arg, "A range's argument") for arg in args)
    if step == 0:
        raise Refused("The step must not be 0")
    found = range(first, last + (1 if step > 0 else -1), step)
    if len(found) > MAX_RANGE:
        raise Refused(f"A range has at most {MAX_RANGE} elements")
    return list(found)


def _get_item(args: list[Value], _: Environment) -> Value:
    items, index = _array(args[0]), args[1]
    if isinstance(index, bool) or not isinstance(index, int):
        raise Refused("The index must be an integer")
    if not 0 <= index < len(items):
        raise Refused(f"The index {index} is out of bounds for an array of length {len(items)}")
    return items[index]


def _length(args: list[Value], _: Environment) -> Value:
    return len(_array(args[0]))


def _unique(args: list[Value], _: Environment) -> Value:
    found: dict[object, Value] = {}
    for item in _array(args[0]):
        found.setdefault(key_of(item), item)
    return list(found.values())


def _merge(args: list[Value], _: Environment) -> Value:
    first, second, deep = args
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise Refused("The first two arguments must be JSON objects")
    if deep is not False:
        raise Refused("Only shallow merging is supported: the third argument must be false")
    return {**first, **second}


def _random(args: list[Value], env: Environment) -> Value:
    first, last = whole(args[0], "The start"), whole(args[1], "The end")
    if not first < last:
        raise Refused("The start must be less than the end")
    if len(args) == 3:
        return first + JavaRandom(whole(args[2], "The seed")).below(last - first)
    return env.random.randrange(first, last)


def _add(args: list[Value], _: Environment) -> Value:
    first, second = whole(args[0], "The first argument"), whole(args[1], "The second argument")
    if not all(-_INT <= each < _INT for each in (first, second)):
        raise Refused("The arguments must be integers between -2147483648 and 2147483647")
    return first + second


def random_uuid(env: Environment) -> str:
    """Return a version 4 UUID of the execution's own chance."""
    return str(uuid.UUID(int=env.random.getrandbits(128), version=4))


FUNCTIONS: dict[str, Function] = {
    "States.Format": Function(1, 1000, texts.format_),
    "States.StringToJson": Function(1, 1, texts.string_to_json),
    "States.JsonToString": Function(1, 1, texts.json_to_string),
    "States.Array": Function(0, 1000, lambda args, _: args),
    "States.ArrayPartition": Function(2, 2, _partition),
    "States.ArrayContains": Function(2, 2, _contains),
    "States.ArrayRange": Function(3, 3, _range),
    "States.ArrayGetItem": Function(2, 2, _get_item),
    "States.ArrayLength": Function(1, 1, _length),
    "States.ArrayUnique": Function(1, 1, _unique),
    "States.Base64Encode": Function(1, 1, texts.encode),
    "States.Base64Decode": Function(1, 1, texts.decode),
    "States.Hash": Function(2, 2, texts.hash_),
    "States.JsonMerge": Function(3, 3, _merge),
    "States.MathRandom": Function(2, 3, _random),
    "States.MathAdd": Function(2, 2, _add),
    "States.StringSplit": Function(2, 2, texts.split),
    "States.UUID": Function(0, 0, lambda _, env: random_uuid(env)),
}
