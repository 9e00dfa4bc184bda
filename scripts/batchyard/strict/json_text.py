"""JSON read strictly."""

from __future__ import annotations

import json
import math
import re
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_MEMBER = re.compile(r"\s*:")


class NumberError(Exception):
    """A number that JSON does not have, or that can not be held."""


class JsonError(ValueError):
    """A text is not JSON in the strict sense.

    Args:
        what: the reason.
        offset: of the character that it is about.
    """

    def __init__(self, what: str, text: str, offset: int) -> None:
        super().__init__(what)
        self.what, self.offset = what, offset
        self.line, self.column = line_and_column(text, offset)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of a character, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def decode(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Parse a JSON document.

    Raises:
        JsonError: it is not JSON, repeats a key, or holds NaN, an infinity or a number too long to be held.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=finite, parse_int=whole
        )
    except json.JSONDecodeError as error:
        raise JsonError(f"not valid JSON: {error.msg}", text, error.pos) from error
    except _TwiceError as error:
        raise JsonError(f"key {error} is given twice", text, _second_key(text)) from error
    except NumberError as error:
        word = re.escape(str(error))
        found = re.search(rf"(?<![\w.]){word}(?![\w.])", text)
        raise JsonError(f"{error} is no JSON value", text, found.start() if found else 0) from error
    except RecursionError as error:
        raise JsonError("nested too deeply", text, 0) from error


class _TwiceError(Exception):
    pass


def _object(items: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(items)
    if len(found) < len(items):
        keys = [key for key, _ in items]
        raise _TwiceError(max(keys, key=keys.count))
    return found


def _constant(name: str) -> Any:  # noqa: ANN401
    raise NumberError(name)


def finite(text: str) -> float:
    """Return a number.

    Raises:
        NumberError: it is too large for a float.
    """
    if not math.isfinite(number := float(text)):
        raise NumberError(text)
    return number


def whole(text: str) -> int:
    """Return a whole number.

    Raises:
        NumberError: it has more digits than Python converts.
    """
    try:
        return int(text)
    except ValueError as error:
        raise NumberError(text) from error


def _second_key(text: str) -> int:
    """Return where the first key stands that its object has already; the text is JSON otherwise."""
    objects: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word in "{[":
            objects.append(set())
        elif word in "}]":
            objects.pop()
        elif _MEMBER.match(text, token.end()):
            key = json.loads(word, strict=False)
            if key in objects[-1]:
                return token.start()
            objects[-1].add(key)
    return 0
