"""Rules on permissions: BY112 for derived roles, BY407 for declared ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard import asl
from batchyard.iam.star import STAR_ONLY
from batchyard.iam.states import required
from batchyard.lint.registry import Hit, Subject, rule
from batchyard.names import Names

# Only the gaps are of interest here; they do not depend on where the machine will be deployed.
_ANYWHERE = Names("lint", "lint", "000000000000", "us-east-1")


@rule(
    "BY112",
    "error",
    "a Task whose permissions can not be derived",
    fix="write the resources' ARNs into the arguments",
)
def underivable(subject: Subject) -> Iterator[Hit]:
    _, gaps = required(subject.machine, _ANYWHERE, state_machine="lint")
    for gap in gaps:
        yield Hit(gap.path, gap.state, gap.message, gap.fix)


@rule(
    "BY407",
    "error",
    "a declared permission on * that could be narrower",
    fix="name the resources; batchyard.iam.star lists the few actions that support only *",
)
def needless_star(subject: Subject) -> Iterator[Hit]:
    for key, items in (("job_definitions", subject.jobs), ("functions", subject.functions)):
        for name, item in items.items():
            for role in ("role", "execution_role"):
                listed = asl.as_list(asl.as_dict(item.get(role)).get("statements"))
                for index, statement in enumerate(listed):
                    wide = _too_wide(asl.as_dict(statement))
                    if wide:
                        path = asl.pointer("", key, name, role, "statements", index)
                        yield Hit(path, "", f"{', '.join(wide)} on *")


def _too_wide(statement: dict[str, Any]) -> list[str]:
    resources, actions = (_many(statement.get(key)) for key in ("Resource", "Action"))
    wildcards = [action for action in actions if "*" in action]
    return wildcards or [action for action in actions if "*" in resources and action not in STAR_ONLY]


def _many(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, str)]
