"""JSON as text: how executions write and read values."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import orjson

from batchyard.asl.errors import RUNTIME, StatesError

# States, tasks and executions take and give at most so many bytes of UTF-8.
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
LIMIT = 262_144
# orjson makes a float of an integer that needs more than 64 bits, which has at least 19 digits.
_BIG = re.compile(r"\d{19}")


def dump(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a value as compact JSON; characters beyond ASCII stay as they are.

    Raises:
        StatesError: it is nested too deep to be written.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # integers of more than 64 bits, halves of surrogate pairs, or deep nesting
        return _dump_any(value)


def _dump_any(value: Any) -> str:  # noqa: ANN401
    try:
        return _finite(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
    except RecursionError as error:
        raise StatesError(RUNTIME, "The value is nested too deep to be written as JSON.") from error


def load(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read JSON text strictly.

    Raises:
        ValueError: it is not JSON; NaN and Infinity are none.
    """
    if not _BIG.search(text):
        # json knows more texts, such as halves of surrogate pairs, and says better what is wrong
        with suppress(ValueError):
            return orjson.loads(text)
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def size(text: str) -> int:
    """Return how many bytes a text takes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def too_large(text: str) -> bool:
    """Say whether a text exceeds what states, tasks and executions may take and give."""
    # UTF-8 takes at most three bytes for a character that Python counts as one, four for those beyond.
    return len(text) * 4 > LIMIT and size(text) > LIMIT


def _refuse(name: str) -> Any:  # noqa: ANN401
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> str:
    if "NaN" in text or "Infinity" in text:
        plain = json.loads(text, parse_constant=lambda name: None)  # noqa: ARG005 - as orjson writes them
        return json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
    return text
