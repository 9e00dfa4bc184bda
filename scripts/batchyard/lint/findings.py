"""Findings: what the linter says, and the shape in which it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing found.

    Args:
        id: the rule's, such as `BY002`.
        level: `error` for what AWS refuses, what fails at run time or what is unsafe; `warning` for hazards.
        path: `<source>#<JSON pointer>`.
        state: name of the state it is about; empty for the machine or a job definition.
        message: what is wrong.
        fix: what to do.
        where: `file:line:column`, if the text is known.
    """

    id: str
    level: Level
    path: str
    state: str
    message: str
    fix: str
    where: str = field(default="", compare=False)

    def line(self) -> str:
        """Return the finding as people read it."""
        owner = f" ({self.state})" if self.state else ""
        return f"{self.id} {self.level} {self.where or self.path}{owner}: {self.message}\n  {self.fix}"


def report(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the document of `lint --output json`."""
    listed = list(findings)
    return {
        "findings": [_document(finding) for finding in listed],
        "errors": sum(finding.level == "error" for finding in listed),
        "warnings": sum(finding.level == "warning" for finding in listed),
    }


def _document(finding: Finding) -> dict[str, Any]:
    found = asdict(finding)
    return found if finding.where else {key: value for key, value in found.items() if key != "where"}
