"""Documents of which every key knows its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchyard import strict
from batchyard.errors import ManifestError
from batchyard.strict import Place

__all__ = ["Marked", "Place", "read_json", "read_text", "read_yaml"]


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
    lines: dict[Place, int] = {(): 1}

    def note(place: Place, node: Any) -> None:  # noqa: ANN401 - a node of the YAML library
        lines[place] = node.start_mark.line + 1

    return Marked(strict.value_of(strict.compose(text, source), source, note), lines, source)


def read_json(text: str, source: str) -> Any:  # noqa: ANN401 - any JSON value
    """Parse a JSON document, refusing duplicate keys, NaN and infinities.

    Raises:
        ManifestError: it is not JSON in that strict sense.
    """
    try:
        return strict.decode(text)
    except strict.JsonError as error:
        raise ManifestError(error.what, where=f"{source}:{error.line}") from error


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
