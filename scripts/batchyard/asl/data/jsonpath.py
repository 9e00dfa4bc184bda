"""JSONPath as the service reads it: reference paths by closures of our own, the rest by python-jsonpath.

https://states-language.net/spec.html#path and https://github.com/json-path/JsonPath, whose rules it follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from batchyard.asl.data.aggregates import AGGREGATES
from batchyard.asl.data.interface import Environment, Value
from batchyard.asl.data.reference import Missing, Read, parse, reader

_START = re.compile(r"\$(\$|[^\W\d]\w*)?(?=[.\[]|$)")
_CALL = re.compile(rf"^(?P<path>\$.*)\.(?P<name>{'|'.join(AGGREGATES)})\(\)$", re.DOTALL)
_NAMES = re.compile(r"""^(?P<path>\$.*)\[\s*(?P<names>'[^']*'(?:\s*,\s*'[^']*')+)\s*\]$""", re.DOTALL)
_NAME = re.compile(r"'([^']*)'")
# These need an array where they stand at the root: https://github.com/localstack/localstack/pull/12366
_ARRAY_FIRST = re.compile(r"^\$\[\s*(?:-?\d*\s*:|-?\d+\s*,|\?)")
_NOT_REFERENCE = re.compile(r"[@,:?*]|\.\.")


@lru_cache(maxsize=8192)
def compile_path(text: str) -> Read:
    """Return a function of the input and the environment that reads at a path; it raises Missing.

    A path that can match many nodes gives an array of them, which may be empty.

    Raises:
        ValueError: the text is no path.
    """
    reference = parse(text)
    if reference is not None:
        return reader(reference)
    start = _START.match(text)
    if start is None:
        raise ValueError("a path begins with $, $$ or the name of a variable")
    select = _selector("$" + text[start.end() :])
    root = start.group(1)
    if root is None:
        return lambda value, _: select(value)
    base = reader(parse(start.group()) or _no_root())
    return lambda value, env: select(base(value, env))


def check(text: str) -> str | None:
    """Return why a text is no path, or None."""
    try:
        compile_path(text)
    except ValueError as error:
        return str(error)
    return None


def check_reference(text: str) -> str | None:
    """Return why a text is no reference path, or None.

    https://states-language.net/spec.html#ref-paths
    """
    if parse(text) is None:
        return check(text) or "a reference path names one node only, without @ , : ? * and .."
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
    if _NOT_REFERENCE.search(bare):
        return "a reference path names one node only, without @ , : ? * and .."
    return None


def _selector(text: str) -> Callable[[Value], Value]:
    if call := _CALL.match(text):
        return _aggregate(compile_path(call["path"]), AGGREGATES[call["name"]])
    names = _NAMES.match(text)
    if names and "'" not in names["path"].partition("?")[2] and parse(names["path"]) is not None:
        return _several(compile_path(names["path"]), tuple(_NAME.findall(names["names"])))
    return _library(text)


def _aggregate(read: Read, function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    return lambda value: function(read(value, _nothing()))


def _several(read: Read, names: tuple[str, ...]) -> Callable[[Value], Value]:
    def select(value: Value) -> Value:
        found = read(value, _nothing())
        if not isinstance(found, dict):
            raise Missing(f"Expected to find an object with property {names}")
        return {name: found[name] for name in names if name in found}

    return select


def _library(text: str) -> Callable[[Value], Value]:
    """Compile a path that may match many nodes."""
    import jsonpath

    try:
        path = jsonpath.JSONPathEnvironment().compile(text)
    except (jsonpath.JSONPathError, ValueError, re.error, RecursionError) as error:
        raise ValueError(str(error).partition("\n")[0] or "it is no path") from error
    if isinstance(path, jsonpath.CompoundJSONPath):
        raise ValueError("it is more than one path")  # a form of the library's own
    array_first = bool(_ARRAY_FIRST.match(text))

    def select(value: Value) -> Value:
        if array_first and not isinstance(value, list):
            raise Missing("Filter can only be applied to arrays")
        if not isinstance(value, dict | list):
            return []
        try:
            found: list[Any] = path.findall(value)
        except (jsonpath.JSONPathError, RecursionError) as error:
            raise Missing(str(error).partition("\n")[0]) from error
        return found

    return select


def _nothing() -> Environment:
    return _NOTHING


def _no_root() -> Any:  # noqa: ANN401
    raise ValueError("a path begins with $, $$ or the name of a variable")


_NOTHING: Environment = None  # type: ignore[assignment] # paths from `$` never look at it
