"""YAML read strictly: the JSON schema of YAML 1.2, and nothing that JSON can not hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from batchyard.errors import ManifestError
from batchyard.strict.json_text import NumberError, finite, whole

Place = tuple[str | int, ...]
Note = Callable[[Place, Any], None]

# What aliases unfold to counts in full: a few lines of YAML can stand for billions of values.
MAX_VALUES = 1_000_000
# The library's composer in C ends the process where a document is nested some thousand levels deep.
MAX_NESTING = 500
_DEEP_BLOCKS = re.compile(rf"^[ ?-]{{{MAX_NESTING}}}", re.MULTILINE)
_NO_NUMBER = "!no-number"
_NULL, _BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))


def compose(text: str, source: str) -> Any:  # noqa: ANN401 - a node of the library, or None
    """Return the root node of a YAML document, with the JSON schema of YAML 1.2.

    Raises:
        ManifestError: it is not YAML.
    """
    import yaml

    try:
        if _may_be_deep(text) and _depth(text) > MAX_NESTING:
            raise ManifestError("nested too deeply", where=source)
        return _loader()(text).get_single_node()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1}" if mark else source
        reason = str(getattr(error, "problem", None) or error).strip().replace("\n", " ")
        raise ManifestError(f"not valid YAML: {reason}", where=where) from error


def _may_be_deep(text: str) -> bool:
    return text.count("[") + text.count("{") > MAX_NESTING or _DEEP_BLOCKS.search(text) is not None


def _depth(text: str) -> int:
    import yaml

    deepest = depth = 0
    for event in yaml.parse(text, Loader=_loader()):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_NESTING:
            break
    return deepest


def value_of(root: Any, source: str, note: Note | None = None) -> Any:  # noqa: ANN401
    """Return the plain value of a composed YAML document.

    Args:
        root: what `compose` returned.
        source: the file's name for messages.
        note: is told the node that shows where each place of the document is.

    Raises:
        ManifestError: it repeats a key, or holds what JSON can not.
    """
    if root is None:
        return None
    try:
        return _Reader(source, note or (lambda _place, _node: None)).value(root, ())
    except RecursionError as error:
        raise ManifestError("nested too deeply", where=source) from error


@cache
def _loader() -> Any:  # noqa: ANN401
    """Return a loader of YAML 1.2's core schema: `on` is a word, 010 is ten, and a date is a text."""
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("_Loader", (base,), {"yaml_implicit_resolvers": {}})
    for tag, pattern, first in (
        (_NULL, r"^(?:~|null|)$", ["~", "n", ""]),
        (_BOOL, r"^(?:true|false)$", list("tf")),
        (_INT, r"^[-+]?[0-9]+$", list("-+0123456789")),
        (_FLOAT, r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
        (_NO_NUMBER, r"^(?:NaN|-?Infinity|\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$", list("NI-+.")),
    ):
        loader.add_implicit_resolver(tag, re.compile(pattern), first)
    return loader


class _Reader:
    """Turns composed nodes into plain values."""

    def __init__(self, source: str, note: Note) -> None:
        self._source, self._note = source, note
        self._open: set[int] = set()
        self._left = MAX_VALUES

    def value(self, node: Any, place: Place) -> Any:  # noqa: ANN401
        self._left -= 1
        if self._left < 0:
            raise self._error(f"more than {MAX_VALUES:,} values", node)
        if node.id == "scalar":
            return self._scalar(node)
        if id(node) in self._open:
            raise self._error("an alias that holds itself", node)
        self._open.add(id(node))
        found = self._mapping(node, place) if node.id == "mapping" else self._list(node, place)
        self._open.discard(id(node))
        return found

    def _mapping(self, node: Any, place: Place) -> dict[str, Any]:  # noqa: ANN401
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id != "scalar":
                raise self._error("a key has to be a plain word", key_node)
            key = str(key_node.value)
            if key in found:
                raise self._error(f"key {key} is given twice", key_node)
            self._note((*place, key), key_node)
            found[key] = self.value(value_node, (*place, key))
        return found

    def _list(self, node: Any, place: Place) -> list[Any]:  # noqa: ANN401
        found = []
        for index, item in enumerate(node.value):
            self._note((*place, index), item)
            found.append(self.value(item, (*place, index)))
        return found

    def _scalar(self, node: Any) -> Any:  # noqa: ANN401
        text = node.value
        try:
            if node.tag == _NULL:
                return None
            if node.tag == _BOOL:
                return text == "true"
            if node.tag == _INT:
                return whole(text)
            if node.tag == _FLOAT:
                return finite(text)
        except NumberError:
            pass
        if node.tag in (_INT, _FLOAT, _NO_NUMBER):
            shown = text if len(text) < 80 else f"{text[:60]}..."
            raise self._error(f"{shown} is no JSON value; a text of that kind has to be quoted", node)
        return text

    def _error(self, what: str, node: Any) -> ManifestError:  # noqa: ANN401
        return ManifestError(what, where=f"{self._source}:{node.start_mark.line + 1}")
