"""Terraform's `-json` stream as steps: one per resource that is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_DONE = {"create": "created", "update": "updated", "delete": "destroyed", "read": "read"}


@dataclass(frozen=True)
class Step:
    """One line of progress: `done` of `total` steps are over; `total` is 0 where it is unknown."""

    done: int
    total: int
    text: str

    def line(self) -> str:
        """Return the step as one line."""
        return f"[{self.done}/{self.total}] {self.text}" if self.total else self.text


Report = Callable[[Step], None]


def quiet(step: Step) -> None:
    """Report nothing."""


@dataclass
class Stream:
    """Reads the stream line by line, reports steps and keeps what came as diagnostics.

    Args:
        report: called for each resource that is done.
        total: how many there will be.
    """

    report: Report
    total: int = 0
    done: int = 0
    diagnostics: list[Mapping[str, Any]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def line(self, line: str) -> None:
        """Take one line."""
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            self.text.append(line)  # Terraform prints some early failures as plain text
            return
        kind = event.get("type")
        if kind == "diagnostic":
            self.diagnostics.append(event["diagnostic"])
        elif kind == "apply_complete":
            self._step(event["hook"], "")
        elif kind == "apply_errored":
            self._step(event["hook"], "not ")
        elif kind == "log" and "Interrupt" in event.get("@message", ""):
            self.report(Step(self.done, self.total, "stopping: Terraform finishes what it has begun"))

    def _step(self, hook: Mapping[str, Any], failed: str) -> None:
        if hook["action"] == "read":
            return
        self.done += 1
        verb, seconds = _DONE.get(hook["action"], hook["action"]), hook.get("elapsed_seconds", 0)
        total = max(self.total, self.done) if self.total else 0
        self.report(Step(self.done, total, f"{hook['resource']['addr']} {failed}{verb} in {seconds:.0f} s"))
