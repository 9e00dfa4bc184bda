"""Intrinsic functions on texts.

Rules and limits: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.refused import Refused
from batchyard.asl.data.text import dump, load

MAX_TEXT = 10_000  # characters that Base64Encode, Base64Decode and Hash take
ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_MARKS = re.compile(r"\\([\\{}'])|\{\}")


def _text(value: Value, what: str = "The argument") -> str:
    if not isinstance(value, str):
        raise Refused(f"{what} must be a string")
    return value


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise Refused(f"The text is longer than {MAX_TEXT} characters")
    return text


def format_parts(template: str) -> list[str]:
    """Split a template at its `{}`; `\\{`, `\\}`, `\\'` and `\\\\` stand for themselves."""
    parts, part, at = list[str](), "", 0
    for mark in _MARKS.finditer(template):
        part += template[at : mark.start()]
        at = mark.end()
        if mark[1]:
            part += mark[1]
        else:
            parts.append(part)
            part = ""
    return [*parts, part + template[at:]]


def format_text(parts: list[str], values: list[Value]) -> str:
    """Fill a split template; what is no text is written as JSON."""
    if len(values) != len(parts) - 1:
        raise Refused(
            f"Number of arguments to States.Format do not match the occurrences of {{}}: {len(values)}"
        )
    shown = [value if isinstance(value, str) else dump(value) for value in values]
    return parts[0] + "".join(value + part for value, part in zip(shown, parts[1:], strict=True))


def format_(args: list[Value], _: Environment) -> Value:
    return format_text(format_parts(_text(args[0], "The template")), args[1:])


def string_to_json(args: list[Value], _: Environment) -> Value:
    text = _text(args[0])
    try:
        return load(text)
    except ValueError as error:
        raise Refused(f"Invalid JSON: {error}") from error


def json_to_string(args: list[Value], _: Environment) -> Value:
    return dump(args[0])


def encode(args: list[Value], _: Environment) -> Value:
    return base64.b64encode(_short(_text(args[0])).encode("utf-8", "replace")).decode()


def decode(args: list[Value], _: Environment) -> Value:
    text = _short(_text(args[0]))
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise Refused("Invalid Base64") from error


def digest(text: str, algorithm: Value) -> str:
    """Return a text's hash in hexadecimal.

    Raises:
        Refused: the algorithm is none of the five.
    """
    name = ALGORITHMS.get(algorithm) if isinstance(algorithm, str) else None
    if name is None:
        raise Refused(f"The algorithm must be one of {', '.join(ALGORITHMS)}")
    return hashlib.new(name, text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def hash_(args: list[Value], _: Environment) -> Value:
    text = args[0] if isinstance(args[0], str) else dump(args[0])
    return digest(_short(text), args[1])


def split(args: list[Value], _: Environment) -> Value:
    text, marks = _text(args[0]), _text(args[1], "The splitter")
    # Every character of the splitter splits; nothing is left between two that meet.
    pieces = re.split(f"[{re.escape(marks)}]", text) if marks else [text]
    return [piece for piece in pieces if piece]
