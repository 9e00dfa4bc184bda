"""Values held against what is expected of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from batchyard.workflow_test.format import ANY

_SHOWN = 200  # characters of a value in a message


def differences(expected: object, actual: object, place: str, *, exact: bool = False) -> Iterator[str]:
    """Yield a sentence for each place where a value is not as expected.

    Args:
        expected: of objects only the named members are compared, unless `exact`; lists are compared whole.
        actual: what there is.
        place: names the value in the sentences.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            if key in actual:
                yield from differences(value, actual[key], f"{place}.{key}", exact=exact)
            else:
                yield f"{place}.{key}: expected {shown(value)}, and there is none"
        for key in actual if exact else ():
            if key not in expected:
                yield f"{place}.{key}: expected none, got {shown(actual[key])}"
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{place}: expected {len(expected)} items, got {len(actual)}: {shown(actual)}"
        for index, (left, right) in enumerate(zip(expected, actual, strict=False)):
            yield from differences(left, right, f"{place}[{index}]", exact=exact)
    elif not same(expected, actual):
        yield f"{place}: expected {shown(expected)}, got {shown(actual)}"


def fits(expected: object, actual: object) -> bool:
    """Say whether a value has all that is expected of it."""
    return not any(True for _ in differences(expected, actual, ""))


def same(left: object, right: object) -> bool:
    """Say whether two JSON scalars are equal; true is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def fits_sequence(expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Say whether names are as expected; `...` stands for any number of names, none included."""
    gaps = [index for index, name in enumerate(expected) if name == ANY]
    if not gaps:
        return list(expected) == list(actual)
    head, tail = expected[: gaps[0]], expected[gaps[-1] + 1 :]
    if len(head) + len(tail) > len(actual):
        return False
    if list(actual[: len(head)]) != list(head) or list(actual[len(actual) - len(tail) :]) != list(tail):
        return False
    left = list(actual[len(head) : len(actual) - len(tail)])
    for begin, end in itertools.pairwise(gaps):
        found = _after(left, list(expected[begin + 1 : end]))
        if found is None:
            return False
        left = left[found:]
    return True


def _after(names: list[str], part: list[str]) -> int | None:
    for start in range(len(names) - len(part) + 1):
        if names[start : start + len(part)] == part:
            return start + len(part)
    return None


def shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a value as JSON on one line, cut if it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
