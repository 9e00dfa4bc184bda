"""Reference paths, which name at most one node: `$.a.b[0]['c']`, `$$.Execution.Id`, `$variable.a`.

https://states-language.net/spec.html#ref-paths
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from batchyard.asl.data.interface import Environment, Value

Key = str | int
Read = Callable[[Value, Environment], Value]

_ROOT = re.compile(r"\$(\$|[^\W\d]\w*)?(?=[.\[]|$)")
_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]()*?\s'"]+)
    |\[\s*'(?P<single>(?:[^'\\]|\\.)*)'\s*\]
    |\[\s*"(?P<double>(?:[^"\\]|\\.)*)"\s*\]
    |\[\s*(?P<index>-?\d{1,9})\s*\]""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")


class Missing(Exception):
    """A path leads nowhere.

    Args:
        what: which part of it, as `No results for path: $['a']`.
    """

    def __init__(self, what: str = "") -> None:
        super().__init__(what)
        self.what = what


class Reference(NamedTuple):
    """A parsed reference path; `root` is `$`, `$$` or a variable as `$name`."""

    root: str
    keys: tuple[Key, ...]


@lru_cache(maxsize=8192)
def parse(text: str) -> Reference | None:
    """Return a path's root and steps if it is one that names at most one node, else None."""
    root = _ROOT.match(text)
    if root is None:
        return None
    at, keys = root.end(), list[Key]()
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            return None
        at = step.end()
        keys.append(_key(step))
    return Reference(root.group(), tuple(keys))


def _key(step: re.Match[str]) -> Key:
    if step["index"] is not None:
        return int(step["index"])
    if step["name"] is not None:
        return step["name"]
    quoted = step["single"] if step["single"] is not None else step["double"]
    return _ESCAPED.sub(r"\1", quoted)


def shown(keys: tuple[Key, ...]) -> str:
    """Return steps as the service's messages write them: `$['a'][0]`."""
    return "$" + "".join(f"['{key}']" if isinstance(key, str) else f"[{key}]" for key in keys)


def descend(value: Value, keys: tuple[Key, ...]) -> Value:
    """Return what a path's steps lead to.

    Raises:
        Missing: they lead nowhere.
    """
    for depth, key in enumerate(keys):
        # A step by name into an array, or by number into an object or a text, leads nowhere.
        if isinstance(key, str):
            there = isinstance(value, dict) and key in value
        else:
            there = isinstance(value, list) and -len(value) <= key < len(value)
        if not there:
            last = depth == len(keys) - 1
            what = "No results for path: " if last else "Missing property in path "
            raise Missing(what + shown(keys[: depth + 1]))
        value = value[key]
    return value


def reader(reference: Reference) -> Read:
    """Return a function of the input and the environment that reads at a path; it raises Missing."""
    root, keys = reference
    if root == "$$":
        return lambda _, env: descend(env.context, keys)
    if root != "$":
        return _variable(root[1:], keys)
    if not keys:
        return lambda value, _: value
    if any(isinstance(key, int) for key in keys):
        return lambda value, _: descend(value, keys)
    return _by_names(keys)


def _variable(name: str, keys: tuple[Key, ...]) -> Read:
    def read(_: Value, env: Environment) -> Value:
        try:
            value = env.variables[name]
        except KeyError:
            raise Missing(f"No results for path: $['{name}']") from None
        return descend(value, keys)

    return read


def _by_names(keys: tuple[Key, ...]) -> Read:
    # Most paths are names only: then a failed look-up tells a missing one, and nothing is asked before.
    if len(keys) == 1:
        first = keys[0]

        def read_one(value: Value, _: Environment) -> Value:
            try:
                return value[first]
            except (KeyError, TypeError):
                return descend(value, keys)

        return read_one

    def read(value: Value, _: Environment) -> Value:
        at = value
        try:
            for key in keys:
                at = at[key]
        except (KeyError, TypeError):
            return descend(value, keys)
        return at

    return read
