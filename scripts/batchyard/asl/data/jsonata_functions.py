"""Functions that Step Functions adds to JSONata, and those whose chance and clock are the execution's own.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html; how they treat odd arguments as
measured: https://github.com/floci-io/floci/pull/2676
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jsonata import Jsonata
from jsonata.functions import Functions

from batchyard.asl.data.functions import random_uuid
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.java_random import JavaRandom
from batchyard.asl.data.jsonata_errors import TOO_LARGE, Exceeded
from batchyard.asl.data.refused import Refused
from batchyard.asl.data.text import load
from batchyard.asl.data.texts import digest

# The service makes no longer ranges, as measured: https://github.com/floci-io/floci/pull/2783
MAX_RANGE = 873_782


class Current:
    """Holds the environment of the expression that is being evaluated."""

    env: Environment

    def __init__(self) -> None:
        self.env = Environment(dict, {}, None, 0.0)  # type: ignore[arg-type] # replaced before it is used


def own_functions(current: Current) -> dict[str, Any]:
    """Return the functions by name, as the library takes them; `$eval` is nothing."""

    def random(seed: Value = None) -> Value:
        return current.env.random.random() if seed is None else JavaRandom(int(seed)).unit()

    def millis() -> Value:
        return math.floor(current.env.now * 1000)

    def now(picture: Value = None, zone: Value = None) -> Value:
        return Functions.datetime_from_millis(millis(), picture, zone)

    def shuffle(items: Value) -> Value:
        return None if items is None else current.env.random.sample(list(items), len(items))

    return {
        "eval": None,
        "partition": _function("partition", _partition, "<a-n:a>"),
        "range": _function("range", _range, "<n-nn:a>"),
        "hash": _function("hash", _hash, "<s-s:s>"),
        "parse": _function("parse", _parse, "<s-:x>"),
        "random": _function("random", random, "<n?:n>"),
        "uuid": _function("uuid", lambda: random_uuid(current.env), "<:s>"),
        "now": _function("now", now, "<s?s?:s>"),
        "millis": _function("millis", millis, "<:n>"),
        "shuffle": _function("shuffle", shuffle, "<a:a>"),
    }


def _function(name: str, function: Callable[..., Value], signature: str) -> Any:  # noqa: ANN401
    made = Jsonata.JFunction(Jsonata.JLambda(function), signature)
    made.function_name = name
    made.signature.set_function_name(name)
    return made


def _partition(items: Value, size: Value) -> Value:
    if items is None or size is None:
        return None
    count = int(size)
    if count <= 0:
        raise Refused("The chunk size must be greater than 0")
    return [list(items[at : at + count]) for at in range(0, len(items), count)]


def _range(first: Value, last: Value, step: Value) -> Value:
    if first is None or last is None or step is None:
        return None
    start, end, width = int(first), int(last), int(step)
    if width == 0:
        raise Refused("The step must not be 0")
    found = range(start, end + (1 if width > 0 else -1), width)
    if found and (found[-1] - found[0]) // width >= MAX_RANGE:
        raise Exceeded(TOO_LARGE)
    return list(found)


def _hash(text: Value, algorithm: Value) -> Value:
    return None if text is None or algorithm is None else digest(text, algorithm)


def _parse(text: Value) -> Value:
    if text is None:
        return None
    try:
        found = load(text)
    except ValueError as error:
        raise Refused(f"Invalid JSON: {error}") from error
    return found
