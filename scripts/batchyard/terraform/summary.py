"""A plan in a few lines: destroys first, tag-only noise folded, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Action = Literal["destroy", "replace", "create", "update", "import", "forget"]

_ORDER: tuple[Action, ...] = ("destroy", "replace", "create", "update", "import", "forget")
_MARK = {"destroy": "-", "replace": "±", "create": "+", "update": "~", "import": "=", "forget": "."}
_PAST = {
    "destroy": "destroyed",
    "replace": "replaced",
    "create": "created",
    "update": "updated",
    "import": "imported",
    "forget": "forgotten",
}
_ACTIONS: dict[tuple[str, ...], Action] = {
    ("delete",): "destroy",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create",): "create",
    ("update",): "update",
    ("forget",): "forget",
    ("create", "forget"): "replace",
}
_TAGS = {"tags", "tags_all"}
# A first apply creates hundreds of resources, among which the dangerous lines would drown.
_MOST_CREATED = 40


@dataclass(frozen=True)
class Change:
    """One resource that the plan changes.

    `attributes` are the top-level names that differ (or force the replacement), never their values.
    """

    address: str
    action: Action
    attributes: list[str] = field(default_factory=list)
    create_first: bool = False
    tags_only: bool = False

    def line(self) -> str:
        """Return the change as one line."""
        why = ", ".join(self.attributes)
        if self.action == "replace":
            order = "created before destroyed" if self.create_first else "destroyed before created"
            why = f"{why}; {order}" if why else order
        return f"{_MARK[self.action]} {self.action:<8} {self.address}" + (f" ({why})" if why else "")


@dataclass(frozen=True)
class Summary:
    """All changes of a plan, most dangerous first."""

    changes: list[Change]
    outputs: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many resources each action touches, in the order of danger."""
        counted = Counter(change.action for change in self.changes)
        return {action: counted[action] for action in _ORDER if counted[action] or action in _ORDER[:4]}

    @property
    def operations(self) -> int:
        """Return how many steps an apply takes: a replacement takes two."""
        steps = {"replace": 2, "import": 0, "forget": 0}
        return sum(steps.get(change.action, 1) for change in self.changes)

    @property
    def empty(self) -> bool:
        """Say whether nothing changes, outputs included."""
        return not self.changes and not self.outputs

    def past(self) -> str:
        """Return what was done, once it is applied."""
        done = ", ".join(f"{count} {_PAST[action]}" for action, count in self.counts.items() if count)
        return done or "nothing to change"

    def fits(self, most: int) -> bool:
        """Say whether the changes take at most so many lines; those of tags alone are folded into one."""
        return sum(not change.tags_only for change in self.changes) <= most

    def lines(self, *, most: int | None = None, every: bool = False) -> Iterator[str]:
        """Yield the summary for people.

        Args:
            most: only the counts when there are more changes than this.
            every: list each resource that is created; many are otherwise counted by module.
        """
        counts = ", ".join(f"{count} to {action}" for action, count in self.counts.items())
        yield "no changes" if self.empty else counts
        if most is not None and not self.fits(most):
            return
        created = Counter(_module(change) for change in self.changes if change.action == "create")
        by_module = not every and created.total() > _MOST_CREATED
        for change in self.changes:
            if not change.tags_only and not (by_module and change.action == "create"):
                yield f"  {change.line()}"
        if by_module:
            yield from (f"  + create   {count:>3} in {module}" for module, count in sorted(created.items()))
        folded = sum(change.tags_only for change in self.changes)
        if folded:
            yield f"  ~ update   {folded} more, only in tags"
        if self.outputs:
            yield f"  outputs    {', '.join(self.outputs)}"

    def document(self) -> dict[str, Any]:
        """Return the summary for programs."""
        changes = [asdict(change) for change in self.changes]
        return {"counts": self.counts, "changes": changes, "outputs": self.outputs, "empty": self.empty}


def _module(change: Change) -> str:
    """Return the module that a resource lies in, without its key."""
    parts = change.address.split(".")
    return f"module.{parts[1].partition('[')[0]}" if parts[0] == "module" else "the root"


def summarize(plan: Mapping[str, Any]) -> Summary:
    """Return what a plan changes.

    Args:
        plan: the document of `terraform show -json`.
    """
    changes = [change for item in plan.get("resource_changes", []) if (change := _change(item)) is not None]
    changes.sort(key=lambda change: (_ORDER.index(change.action), change.address))
    outputs = sorted(
        name
        for name, item in plan.get("output_changes", {}).items()
        if item["actions"] not in (["no-op"], ["read"])
    )
    return Summary(changes, outputs)


def _change(item: Mapping[str, Any]) -> Change | None:
    change = item["change"]
    actions: Sequence[str] = change["actions"]
    action = _ACTIONS.get(tuple(actions))
    if action is None and change.get("importing"):
        action = "import"
    if action is None or item.get("mode") == "data":  # no-op, or a data source read during apply
        return None
    attributes = (
        _differing(change) if action == "update" else _replacing(change) if action == "replace" else []
    )
    only_tags = action == "update" and bool(attributes) and set(attributes) <= _TAGS
    return Change(
        item["address"], action, attributes, actions[0] == "create" and len(actions) == 2, only_tags
    )


def _differing(change: Mapping[str, Any]) -> list[str]:
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    names = before.keys() | after.keys() | unknown.keys()
    return sorted(name for name in names if _holds(unknown.get(name)) or before.get(name) != after.get(name))


def _holds(unknown: Any) -> bool:  # noqa: ANN401 - as deep as the attribute is
    """Say whether anything is unknown: Terraform writes false and empty blocks for what is known."""
    if isinstance(unknown, dict | list):
        return any(_holds(part) for part in (unknown.values() if isinstance(unknown, dict) else unknown))
    return bool(unknown)


def _replacing(change: Mapping[str, Any]) -> list[str]:
    return sorted({str(path[0]) for path in change.get("replace_paths", []) if path})
