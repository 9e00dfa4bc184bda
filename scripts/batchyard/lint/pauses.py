"""How long a Wait pauses and what a Choice compares with: JSONata arithmetic to bound a polling loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import floor
from typing import Any

from batchyard import asl
from batchyard.asl import expressions

Pause = Callable[[float], float]
# More rounds than this are beyond any history, so they need not be counted out.
MOST_ROUNDS = 30_000
_COMPARISONS = ("<", "<=", ">", ">=", "=")


class _UnknownError(Exception):
    """A value is not known before the execution."""


def of(state: asl.State) -> Pause | None:
    """Return the seconds that a Wait pauses, by the seconds since the loop began, or None if unknown."""
    seconds = state.body.get("Seconds") if state.type == "Wait" else None
    if isinstance(seconds, int) and seconds > 0:
        return lambda _: float(seconds)
    node = _parsed(seconds) if state.jsonata else None
    if node is None:
        return None

    def pause(elapsed: float) -> float:
        return _number(node, elapsed)

    try:
        return pause if pause(0.0) > 0 else None
    except _UnknownError:
        return None


def rounds(pause: Pause, limit: float) -> int:
    """Return how many pauses fit into a number of seconds, and the one that goes beyond it."""
    elapsed, count = 0.0, 0
    while elapsed <= limit and count < MOST_ROUNDS:
        elapsed += max(pause(elapsed), 0.0)
        count += 1
    return count + 1


def time_limits(choice: asl.State) -> Iterator[float]:
    """Yield the seconds after which a Choice goes another way: numbers that `$millis()` is compared with."""
    for number, timed in _compared(choice):
        if timed:
            yield number / 1000


def counts(choice: asl.State) -> Iterator[int]:
    """Yield the numbers that a Choice compares a count with."""
    for number, timed in _compared(choice):
        if not timed and number >= 1:
            yield floor(number)


def _compared(choice: asl.State) -> Iterator[tuple[float, bool]]:
    """Yield each number that a Choice compares something with, and whether that is a time."""
    for path, value in asl.walk(choice.body.get("Choices")):
        key = path.rsplit("/", 1)[-1]
        if key.startswith("Numeric") and isinstance(value, int | float):
            yield float(value), False
        node = _parsed(value) if key == "Condition" else None
        for each in expressions.walk(node) if node is not None else ():
            if each.type == "binary" and each.value in _COMPARISONS:
                sides = (each.lhs, each.rhs)
                timed = "millis" in expressions.functions(each)
                yield from (
                    (float(side.value), timed) for side in sides if side is not None and side.type == "number"
                )


def _parsed(value: object) -> Any:  # noqa: ANN401 - a node of the parser
    code = expressions.inner(value)
    try:
        return None if code is None else expressions.parse(code)
    except expressions.ExpressionError:
        return None


def _number(node: Any, elapsed: float) -> float:  # noqa: ANN401
    """Evaluate arithmetic with `$millis()` as the time elapsed, so that a path taken from it counts as 0."""
    if node.type == "number":
        return float(node.value)
    if node.type == "path":
        return 0.0
    if node.type == "block" and len(node.expressions) == 1:
        return _number(node.expressions[0], elapsed)
    if node.type == "binary" and node.value in _ARITHMETIC:
        left, right = _number(node.lhs, elapsed), _number(node.rhs, elapsed)
        if node.value == "-" and node.rhs.type == "path" and "millis" not in expressions.functions(node.lhs):
            raise _UnknownError
        if node.value == "/" and right == 0:
            raise _UnknownError
        return _ARITHMETIC[node.value](left, right)
    if node.type == "function" and node.procedure is not None:
        return _call(str(node.procedure.value), node.arguments or [], elapsed)
    raise _UnknownError


def _call(name: str, arguments: list[Any], elapsed: float) -> float:
    if name == "millis":
        return elapsed * 1000
    single = len(arguments) == 1
    if name in ("floor", "ceil", "round") and single:
        return float(floor(_number(arguments[0], elapsed)))
    listed = arguments[0].expressions if single and arguments[0].type == "unary" else None
    if name in ("max", "min") and listed:
        return (max if name == "max" else min)(_number(item, elapsed) for item in listed)
    raise _UnknownError


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
