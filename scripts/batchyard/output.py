"""All printing goes through here: tables and lines for people, one JSON document for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Literal

Format = Literal["text", "json"]


class Output:
    """Prints results to standard output and everything else to standard error.

    Args:
        form: `text` for people, or `json`: then only `data` writes to standard output, exactly once.
    """

    def __init__(self, form: Format = "text") -> None:
        self.form = form

    def line(self, text: str = "") -> None:
        """Print a line for people; nothing in JSON form."""
        if self.form == "text":
            print(text, flush=True)  # noqa: T201

    def note(self, text: str) -> None:
        """Print progress or advice to standard error."""
        print(text, file=sys.stderr, flush=True)  # noqa: T201

    def error(self, text: str) -> None:
        """Print an error to standard error."""
        print(f"error: {text}", file=sys.stderr, flush=True)  # noqa: T201

    def data(self, document: Any) -> None:  # noqa: ANN401 - any JSON value
        """Print the JSON document; nothing in text form."""
        if self.form == "json":
            print(json.dumps(document, indent=2, sort_keys=True, default=str), flush=True)  # noqa: T201

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
        """Print a table for people; tab-separated where there is no terminal; nothing in JSON form."""
        if self.form != "text":
            return
        if not sys.stdout.isatty():
            for row in (columns, *rows):
                print("\t".join(str(cell) for cell in row), flush=True)  # noqa: T201
            return
        from rich.console import Console
        from rich.table import Table

        table = Table(*columns, title=title or None, title_justify="left")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        Console().print(table)
