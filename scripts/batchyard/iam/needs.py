"""What one statement of a role must allow, and why; and how such needs become statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Statement = dict[str, Any]


@dataclass(frozen=True, order=True)
class Need:
    """One action on one resource, for one state (`path` and `state` are empty for the machine itself)."""

    sid: str
    action: str
    resource: str
    path: str = ""
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, order=True)
class Gap:
    """A Task whose permissions can not be read off the document."""

    path: str
    state: str
    message: str
    fix: str


def statements(needs: Iterable[Need]) -> list[Statement]:
    """Merge needs into sorted policy statements.

    Needs with the same Sid share a statement as far as their actions have the same resources; a further
    set of resources gets the Sid with a number. So no action is allowed on more than some need says, and
    nothing is allowed twice.
    """
    by_sid: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    taken: set[tuple[str, str]] = set()
    for need in sorted(needs):
        if (need.action, need.resource) not in taken:
            taken.add((need.action, need.resource))
            by_sid[need.sid][need.action].add(need.resource)
    merged = []
    for sid in sorted(by_sid):
        groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for action in sorted(by_sid[sid]):
            groups[tuple(sorted(by_sid[sid][action]))].append(action)
        for index, (resources, actions) in enumerate(sorted(groups.items(), key=lambda item: item[1])):
            name = sid if index == 0 else f"{sid}{index + 1}"
            merged.append({"Sid": name, "Effect": "Allow", "Action": actions, "Resource": list(resources)})
    return merged


def pairs(policy: Iterable[Statement]) -> set[tuple[str, str]]:
    """Return the (action, resource) pairs that statements allow."""
    return {
        (action, resource)
        for statement in policy
        for action in _many(statement.get("Action"))
        for resource in _many(statement.get("Resource"))
    }


def uncovered(needs: Iterable[Need], policy: Iterable[Statement]) -> list[Need]:
    """Return the needs that no statement allows, by equality: the proof that a role is enough."""
    allowed = pairs(policy)
    return [need for need in needs if (need.action, need.resource) not in allowed]


def unneeded(needs: Iterable[Need], policy: Iterable[Statement]) -> list[tuple[str, str]]:
    """Return the pairs that are allowed without a need: the proof that a role is no more than enough."""
    return sorted(pairs(policy) - {(need.action, need.resource) for need in needs})


def _many(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []
