"""Accepted findings: `lint: ignore BY101 reason` in the Comment of a state or of the machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, rule

_MARK = re.compile(r"lint:\s*ignore\s+(?P<id>BY\d{3})\b[ \t:,-]*(?P<reason>[^;\n]*)")
_ANY = re.compile(r"lint:\s*ignore\b")
_MINIMUM_REASON = 8


@dataclass(frozen=True)
class Suppressions:
    """Which rules are accepted in which state (by path; the empty path is the machine)."""

    accepted: dict[str, set[str]]

    @classmethod
    def of(cls, machine: asl.Machine) -> Suppressions:
        """Read the comments of a machine; marks without a reason count for nothing."""
        accepted: dict[str, set[str]] = {}
        for path, _, comment in _comments(machine):
            ids = {mark["id"] for mark in _MARK.finditer(comment) if _reasoned(mark)}
            accepted[path] = ids
        return cls(accepted)

    def covers(self, rule_id: str, path: str) -> bool:
        """Say whether a finding is accepted by the innermost state around its path, or by the machine."""
        owners = [
            owner for owner in self.accepted if owner and (path == owner or path.startswith(owner + "/"))
        ]
        owner = max(owners, key=len, default="")
        return rule_id in self.accepted.get(owner, set())


def _comments(machine: asl.Machine) -> Iterator[tuple[str, str, str]]:
    yield "", "", str(machine.body.get("Comment", ""))
    for state in machine.states:
        yield state.path, state.name, str(state.body.get("Comment", ""))


def _reasoned(mark: re.Match[str]) -> bool:
    return len(mark["reason"].strip()) >= _MINIMUM_REASON


@rule(
    "BY901",
    "error",
    "a `lint: ignore` mark needs a rule id and a reason",
    fix="write `lint: ignore BY101 why it is right here` (marks are separated by ;)",
)
def unreasoned_mark(subject: Subject) -> Iterator[Hit]:
    for path, state, comment in _comments(subject.machine):
        good = sum(_reasoned(mark) for mark in _MARK.finditer(comment))
        if good < len(_ANY.findall(comment)):
            yield Hit(asl.pointer(path, "Comment"), state, "a lint: ignore mark without rule id or reason")
