"""What the smoke tests of an environment found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from batchyard.runs.health import MISSING, Check


@dataclass(frozen=True)
class WorkflowResult:
    """What the smoke run of one workflow gave; `problems` is empty when all was well."""

    workflow: str
    execution_arn: str
    status: str
    seconds: float
    problems: list[str] = field(default_factory=list)
    look: str = ""

    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "workflow": self.workflow,
            "executionArn": self.execution_arn,
            "status": self.status,
            "seconds": self.seconds,
            "ok": not self.problems,
            "problems": self.problems,
            "look": self.look,
        }


@dataclass(frozen=True)
class SmokeResult:
    """All that was checked."""

    checks: list[Check]
    workflows: list[WorkflowResult]

    @property
    def unready(self) -> list[Check]:
        """Return the checks that failed."""
        return [check for check in self.checks if not check.ok]

    @property
    def nothing_there(self) -> bool:
        """Say whether everything is missing, as before the first apply."""
        return bool(self.checks) and all(check.found == MISSING for check in self.checks)

    @property
    def ok(self) -> bool:
        return not self.unready and not any(item.problems for item in self.workflows)

    def failures(self) -> list[str]:
        """Return what is wrong, a line each, with where to look."""
        found = [check.fault() for check in self.unready]
        for item in self.workflows:
            found += [f"{item.workflow}: {problem}" for problem in item.problems]
            found += [f"{item.workflow}: look at it: {item.look}"] if item.look else []
        return found

    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "ok": self.ok,
            "checks": [check.document() for check in self.checks],
            "workflows": [item.document() for item in self.workflows],
        }
