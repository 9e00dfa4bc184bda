"""Delimited text as the service reads it.

Its rules are its own, so the csv module does not do: quotation marks are also doubled in fields that are not
quoted, and a backslash escapes.
Source: https://docs.aws.amazon.com/step-functions/latest/dg/example-csv-parse-dist-map.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from batchyard.asl.errors import ITEM_READER_FAILED, StatesError
from batchyard.asl.items.lines import MAX_ITEM_BYTES, refuse_size

DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
MAX_HEADER_BYTES = 10 * 1024


def records(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the fields of every record; a field in quotation marks may go over several lines.

    Args:
        lines: without their ends.
        delimiter: one character.
    """
    waiting: list[str] = []
    for line in lines:
        if waiting:
            waiting.append(line)
            # Only a line with a quotation mark can end the record: others do not have it read again.
            if '"' not in line:
                continue
            line = "\n".join(waiting)
        elif '"' not in line and "\\" not in line:
            if line:
                yield line.split(delimiter)
            continue
        found = _fields(line, delimiter)
        if found is None:
            if len(line) > MAX_ITEM_BYTES:
                refuse_size()
            waiting = waiting or [line]
        else:
            waiting = []
            yield found
    if waiting:
        yield _fields("\n".join(waiting) + '"', delimiter) or waiting


def items(rows: Iterator[list[str]], headers: Sequence[str] | None) -> Iterator[dict[str, str]]:
    """Yield every record as an object: missing fields are empty, those without a header are left out.

    Args:
        headers: names of the columns; None to take them from the first record.

    Raises:
        StatesError: a header is there twice, or the headers are longer than the service takes.
    """
    names = next(rows, []) if headers is None else list(headers)
    if len(set(names)) < len(names):
        raise StatesError(ITEM_READER_FAILED, "CSV headers cannot contain duplicates.")
    if sum(len(name.encode()) + 1 for name in names) > MAX_HEADER_BYTES:
        raise StatesError(ITEM_READER_FAILED, f"CSV headers cannot exceed {MAX_HEADER_BYTES} bytes.")
    wanted = len(names)
    for row in rows:
        if len(row) < wanted:
            row.extend([""] * (wanted - len(row)))
        yield dict(zip(names, row, strict=False))


@cache
def _field(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(
        rf'(?:"((?:[^"\\]|""|\\.)*+)"(?={mark}|\Z)|((?:[^{mark}\\]|\\.)*))({mark}|\Z)', re.DOTALL
    )


_QUOTED = re.compile(r'"(?:[^"\\]|""|\\.)*+"', re.DOTALL)
_ESCAPED = re.compile(r'""|\\(.?)', re.DOTALL)


def _fields(text: str, delimiter: str) -> list[str] | None:
    """Return the fields of a record, or None if it ends within quotation marks."""
    field = _field(delimiter)
    at, found = 0, []
    while True:
        match = field.match(text, at)
        if match is None:
            return None
        quoted, plain, end = match.groups()
        if quoted is None and plain.startswith('"') and not _QUOTED.match(text, at):
            return None
        value = plain if quoted is None else quoted
        found.append(_unescaped(value) if '"' in value or "\\" in value else value)
        if not end:
            return found
        at = match.end()


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda match: match[1] if match[0][0] == "\\" else '"', value)
