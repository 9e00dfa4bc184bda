"""The documentation's table of what is supported is that of the cases."""

from __future__ import annotations

import re
from pathlib import Path

from .case import categories

ROW = re.compile(r"^\| (\w+) \| (\d+) \|", re.MULTILINE)


def test_the_table_counts_the_cases(project_root: Path) -> None:
    text = (project_root / "docs" / "states-language.md").read_text(encoding="utf-8")
    told = {name: int(count) for name, count in ROW.findall(text)}
    assert told == {name: len(cases) for name, cases in categories().items()}
