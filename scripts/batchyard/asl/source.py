"""The text of a definition: its value, and where in the text each part of it stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from batchyard import strict
from batchyard.errors import ManifestError

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html, `definition`
MAX_BYTES = 1_048_576
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(strict=True)


class Position(NamedTuple):
    """A place in a text; both numbers from 1."""

    line: int
    column: int


@dataclass(frozen=True, eq=False)
class Source:
    """A parsed text.

    Args:
        text: as it was read.
        value: plain JSON values.
        name: the file's name for messages; may be empty.
        form: what it was parsed as.
    """

    text: str = field(repr=False)
    value: Any = field(repr=False)
    name: str = ""
    form: Literal["json", "yaml"] = "json"

    @property
    def too_long(self) -> bool:
        """Say whether it is over the 1 MiB that Step Functions takes."""
        return len(self.text) > MAX_BYTES or len(self.text.encode(errors="replace")) > MAX_BYTES

    def position(self, pointer: str) -> Position:
        """Return where a part stands: its key, or the item of a list; what is not there, where it would be.

        Args:
            pointer: RFC 6901.
        """
        parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        if self.form == "yaml":
            return self._in_yaml(parts)
        return Position(*strict.line_and_column(self.text, self._in_json(parts)))

    def where(self, pointer: str) -> str:
        """Return `file:line:column` of a part; without a name, `line:column`."""
        return ":".join(str(each) for each in (self.name, *self.position(pointer)) if each != "")

    @cached_property
    def _root(self) -> Any:  # noqa: ANN401 - a node of the YAML library
        return strict.compose(self.text, self.name)

    @cached_property
    def _known(self) -> dict[int, dict[str, tuple[Any, Any]]]:
        """Hold the parts of what has been looked into: for each key its place, and that of its value."""
        return {}

    def _in_json(self, parts: list[str]) -> int:
        at = shown = _past_space(self.text, 0)
        for part in parts:
            if at not in self._known:
                self._known[at] = _parts(self.text, at)
            if part not in self._known[at]:
                break
            shown, at = self._known[at][part]
        return shown

    def _in_yaml(self, parts: list[str]) -> Position:
        node = shown = self._root
        for part in parts:
            if id(node) not in self._known:
                self._known[id(node)] = _parts_of_node(node)
            if part not in self._known[id(node)]:
                break
            shown, node = self._known[id(node)][part]
        return Position(shown.start_mark.line + 1, shown.start_mark.column + 1) if shown else Position(1, 1)


def parse(text: str, name: str = "") -> Source:
    """Parse a definition, JSON or YAML, refusing duplicate keys, NaN and infinities.

    Args:
        text: the document.
        name: the file's name for messages.

    Raises:
        ManifestError: it is neither; says where.
    """
    if text.lstrip(" \t\n\r")[:1] in ("{", "["):
        try:
            return Source(text, strict.decode(text), name)
        except strict.JsonError as error:
            json_error = error
        try:
            return _yaml(text, name)  # YAML's own braces: `{StartAt: A}`
        except ManifestError:
            where = ":".join(str(each) for each in (name, json_error.line, json_error.column) if each != "")
            raise ManifestError(json_error.what, where=where) from json_error
    return _yaml(text, name)


def _yaml(text: str, name: str) -> Source:
    return Source(text, strict.value_of(strict.compose(text, name), name), name, "yaml")


def _parts(text: str, at: int) -> dict[str, tuple[int, int]]:
    """Return where keys and values of an object are, or the items of an array; values are skipped whole."""
    found: dict[str, tuple[int, int]] = {}
    kind, here = text[at], _past_space(text, at + 1)
    while kind == "{" and text[here] == '"':
        key, end = _DECODER.raw_decode(text, here)
        value = _past_space(text, _past_space(text, end) + 1)
        found[key] = here, value
        here = _next(text, value)
    while kind == "[" and text[here] != "]":
        found[str(len(found))] = here, here
        here = _next(text, here)
    return found


def _parts_of_node(node: Any) -> dict[str, tuple[Any, Any]]:  # noqa: ANN401 - a node of the YAML library
    kind = getattr(node, "id", "")
    if kind == "mapping":
        return {key.value: (key, value) for key, value in node.value}
    return {str(index): (item, item) for index, item in enumerate(node.value if kind == "sequence" else ())}


def _next(text: str, at: int) -> int:
    """Return where the next key or item begins, or the bracket that ends them, after the value here."""
    at = _past_space(text, _DECODER.raw_decode(text, at)[1])
    return _past_space(text, at + 1) if text[at] == "," else at


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
