"""All printing goes through here: tables and lines for people, one JSON document for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TextIO

Format = Literal["text", "json"]
Advance = Callable[[int, int, str], None]


class ReaderGone(Exception):
    """Nobody reads the standard output any more, as after `| head -1`."""


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
            _put(text)

    def note(self, text: str) -> None:
        """Print progress or advice to standard error."""
        print(text, file=sys.stderr, flush=True)  # noqa: T201

    def error(self, text: str) -> None:
        """Print an error to standard error."""
        print(f"error: {text}", file=sys.stderr, flush=True)  # noqa: T201

    def data(self, document: Any) -> None:  # noqa: ANN401 - any JSON value
        """Print the JSON document; nothing in text form."""
        if self.form == "json":
            import json

            _put(json.dumps(document, indent=2, sort_keys=True, default=str))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
        """Print a table for people; tab-separated where there is no terminal; nothing in JSON form."""
        if self.form != "text":
            return
        if not _terminal(sys.stdout):
            for row in (columns, *rows):
                _put("\t".join(str(cell) for cell in row))
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(
            title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0)
        )
        for name in columns:  # on a narrow terminal cells go on below; nothing is cut off
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*(Text(str(cell)) for cell in row))
        Console().print(table)

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """Show progress on standard error: a bar on a terminal, else a line per step.

        Yields:
            A function of how many steps are done, of how many (0: unknown), and a line about the last.
        """
        if not _terminal(sys.stderr):
            yield lambda done, total, text: self.note(f"[{done}/{total}] {text}" if total else text)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.text import Text

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=None)

            def advance(done: int, total: int, text: str) -> None:
                bar.update(task, completed=done, total=total or None)
                bar.print(Text(text))

            yield advance


def _put(text: str) -> None:
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError as error:
        # Nothing may be left for the interpreter to flush at its end (docs.python.org/3/library/signal.html).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ReaderGone from error


def _terminal(stream: TextIO | None) -> bool:
    """Say whether a person looks at a stream; Python has None for one that was closed from the start."""
    return stream is not None and stream.isatty()
