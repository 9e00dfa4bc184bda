"""Texts of calls of intrinsic functions, parsed.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from batchyard.asl.data import jsonpath
from batchyard.asl.data.functions import FUNCTIONS
from batchyard.asl.data.interface import Value
from batchyard.asl.data.reference import Read

MAX_NESTING = 10  # https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
_NAME = re.compile(r"\s*(States\.[A-Za-z0-9]+)\s*\(")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=\s*[,)])")
_WORD = re.compile(r"(true|false|null)(?=\s*[,)])")
_SPACE = re.compile(r"\s*")
_ESCAPED = re.compile(r"\\(['\\{}])")
_WORDS = {"true": True, "false": False, "null": None}


class Literal(NamedTuple):
    """A value as written; `raw` is a text before its escapes are resolved."""

    value: Value
    raw: str | None = None


class Path(NamedTuple):
    text: str
    read: Read


class Call(NamedTuple):
    name: str
    arguments: tuple[Literal | Path | Call, ...]
    text: str


Argument = Literal | Path | Call


def parse(text: str) -> Call:
    """Return a text as a call.

    Raises:
        ValueError: it is none; says why.
    """
    call, at = _call(text, 0, 1)
    if text[at:].strip():
        raise ValueError(f"there is more after the call: {text[at:].strip()}")
    return call


def _call(text: str, at: int, depth: int) -> tuple[Call, int]:
    name = _NAME.match(text, at)
    if name is None:
        raise ValueError("a call is a function's name with arguments in brackets")
    if depth > MAX_NESTING:
        raise ValueError(f"calls are nested deeper than {MAX_NESTING}")
    if name.group(1) not in FUNCTIONS:
        raise ValueError(f"there is no intrinsic function {name.group(1)}")
    arguments, end = _arguments(text, name.end(), depth)
    function = FUNCTIONS[name.group(1)]
    if not function.least <= len(arguments) <= function.most:
        raise ValueError(f"{name.group(1)} does not take {len(arguments)} arguments")
    return Call(name.group(1), tuple(arguments), text[at:end].strip()), end


def _arguments(text: str, at: int, depth: int) -> tuple[list[Argument], int]:
    found: list[Argument] = []
    at = _skip(text, at)
    while text[at : at + 1] != ")" or found:
        argument, at = _argument(text, at, depth)
        found.append(argument)
        at = _skip(text, at)
        mark = text[at : at + 1]
        if mark == ")":
            break
        if mark != ",":
            raise ValueError(
                "arguments are not closed" if not mark else f"unexpected {mark} after an argument"
            )
        at = _skip(text, at + 1)
    return found, at + 1


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _argument(text: str, at: int, depth: int) -> tuple[Argument, int]:
    if found := _STRING.match(text, at):
        return Literal(unescape(found[1]), found[1]), found.end()
    if found := _NUMBER.match(text, at):
        number = found.group()
        return Literal(int(number) if number.lstrip("-").isdigit() else float(number)), found.end()
    if found := _WORD.match(text, at):
        return Literal(_WORDS[found.group()]), found.end()
    if text.startswith("$", at):
        end = _path_end(text, at)
        path = text[at:end].strip()
        return Path(path, jsonpath.compile_path(path)), end
    if text.startswith("States.", at):
        return _call(text, at, depth + 1)
    raise ValueError(f"no argument: {text[at : at + 20] or 'the text ends'}")


def _path_end(text: str, at: int) -> int:
    """Return where a path ends: at a comma or a bracket that is not inside the path's own."""
    depth, quote = 0, ""
    for index in range(at, len(text)):
        mark = text[index]
        if quote:
            quote = "" if mark == quote and text[index - 1] != "\\" else quote
        elif mark in "'\"":
            quote = mark
        elif mark in "[(":
            depth += 1
        elif mark in "])" and depth:
            depth -= 1
        elif mark in ",)" and not depth:
            return index
    return len(text)


def unescape(raw: str) -> str:
    """Return a quoted text with its escapes resolved; a backslash before other characters stays."""
    return _ESCAPED.sub(r"\1", raw) if "\\" in raw else raw
