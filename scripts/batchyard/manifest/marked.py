"""YAML and JSON read strictly: nothing is lost or guessed, and every key knows its line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from batchyard.errors import ManifestError

Place = tuple[str | int, ...]

_NULL, _BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))
_NO_NUMBER = "!no-number"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2's core schema: `on` and `no` are words, 010 is ten, and a date is a string."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's own way to reset the schema


_Loader.add_implicit_resolver(_NULL, re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(_INT, re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    _FLOAT, re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"), list("-+.0123456789")
)
_Loader.add_implicit_resolver(
    _NO_NUMBER, re.compile(r"^(?:NaN|-?Infinity|\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$"), list("NI-+.")
)


@dataclass(frozen=True)
class Marked:
    """A document and the line of everything in it.

    Args:
        data: plain JSON values.
        lines: line number, from 1, by place; a place is the path of keys and indices.
        source: the file's name for messages.
    """

    data: Any
    lines: Mapping[Place, int]
    source: str

    def where(self, place: Place) -> str:
        """Return `file:line` of a place, or of the nearest thing around it."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return f"{self.source}:{self.lines[place[:length]]}"
        return self.source


def read_yaml(text: str, source: str) -> Marked:
    """Parse a YAML document.

    Args:
        text: the document.
        source: the file's name for messages.

    Raises:
        ManifestError: it is not YAML, repeats a key, or holds what JSON can not.
    """
    try:
        node = _Loader(text).get_single_node()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1}" if mark else source
        raise ManifestError(f"not valid YAML: {_reason(error)}", where=where) from error
    lines: dict[Place, int] = {(): 1}
    return Marked(None if node is None else _Reader(source, lines).value(node, ()), lines, source)


def read_json(text: str, source: str) -> Any:  # noqa: ANN401 - any JSON value
    """Parse a JSON document, refusing duplicate keys, NaN and infinities.

    Raises:
        ManifestError: it is not JSON in that strict sense.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            keys = [key for key, _ in items]
            raise ManifestError(f"key {max(keys, key=keys.count)} is given twice", where=source)
        return found

    def constant(name: str) -> Any:  # noqa: ANN401
        raise ManifestError(f"{name} is no JSON value", where=source)

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise ManifestError(f"not valid JSON: {error.msg}", where=f"{source}:{error.lineno}") from error


def read_text(path: Path) -> str:
    """Read a UTF-8 file.

    Raises:
        ManifestError: it is missing, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ManifestError("no such file", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise ManifestError("not UTF-8", where=str(path), fix="save it as UTF-8") from error


class _Reader:
    """Turns composed nodes into plain values and notes their lines."""

    def __init__(self, source: str, lines: dict[Place, int]) -> None:
        self._source, self._lines, self._open = source, lines, set[int]()

    def value(self, node: yaml.Node, place: Place) -> Any:  # noqa: ANN401
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise self._error("an alias that holds itself", node)
        self._open.add(id(node))
        found = self._mapping(node, place) if isinstance(node, yaml.MappingNode) else self._list(node, place)
        self._open.discard(id(node))
        return found

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error("a key has to be a plain word", key_node)
            key = str(key_node.value)
            if key in found:
                raise self._error(f"key {key} is given twice", key_node)
            self._lines[(*place, key)] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, (*place, key))
        return found

    def _list(self, node: yaml.Node, place: Place) -> list[Any]:
        found = []
        for index, item in enumerate(node.value):
            self._lines[(*place, index)] = item.start_mark.line + 1
            found.append(self.value(item, (*place, index)))
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401
        text = node.value
        if node.tag == _NULL:
            return None
        if node.tag == _BOOL:
            return text == "true"
        if node.tag == _INT:
            return int(text)
        if node.tag == _FLOAT and math.isfinite(float(text)):
            return float(text)
        if node.tag in (_FLOAT, _NO_NUMBER):
            raise self._error(f"{text} is no JSON value; a text of that kind has to be quoted", node)
        return text

    def _error(self, what: str, node: yaml.Node) -> ManifestError:
        return ManifestError(what, where=f"{self._source}:{node.start_mark.line + 1}")


def _reason(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).strip().replace("\n", " ")
