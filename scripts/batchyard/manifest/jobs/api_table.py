"""The table of docs/job-definitions.md; `python -m batchyard.manifest.jobs.api_table` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from batchyard.manifest.jobs.api_fields import NOT_SUPPORTED, SUPPORTED
from batchyard.paths import project_root

BEGIN, END = "<!-- api fields: begin -->", "<!-- api fields: end -->"
COMMAND = "python -m batchyard.manifest.jobs.api_table"


def document() -> Path:
    """Return the document that shows the table."""
    return project_root() / "docs" / "job-definitions.md"


def table() -> str:
    """Return both halves of the table as Markdown."""
    supported = [f"| `{path}` | {_key(SUPPORTED[path])} |" for path in sorted(SUPPORTED)]
    missing = [f"| `{path}` | {NOT_SUPPORTED[path]} |" for path in sorted(NOT_SUPPORTED)]
    return "\n".join(
        [
            "### Not supported",
            "",
            "| field of the API, with all below it | why |",
            "| --- | --- |",
            *missing,
            "",
            "### Supported",
            "",
            "| field of the API | key of the manifest |",
            "| --- | --- |",
            *supported,
        ]
    )


def renewed(text: str) -> str:
    """Return the document's text with the table as the data has it.

    Args:
        text: the document, with the two marks that the table stands between.
    """
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


def _key(said: str) -> str:
    """Return what is said with keys as code; what is derived is said in words."""
    if re.match(r"derived|always", said):
        return said
    keys, _, words = said.partition(" (")
    shown = ", ".join(f"`{key}`" for key in keys.split(", "))
    return f"{shown} ({words}" if words else shown


if __name__ == "__main__":
    document().write_text(renewed(document().read_text(encoding="utf-8")), encoding="utf-8")
