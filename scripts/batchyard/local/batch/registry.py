"""Compute environments, queues, definitions and policies, as the API describes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard.local.batch import arns
from batchyard.local.batch.host import Scope


class Registry:
    """Resources by ARN; what changed since the last save is remembered in `dirty`."""

    def __init__(self) -> None:
        self._items: dict[str, dict[str, dict[str, Any]]] = {}
        self._revisions: dict[str, list[str]] = {}
        self.dirty: dict[str, dict[str, Any] | None] = {}

    def load(self, arn: str, detail: dict[str, Any]) -> None:
        kind = arns.kind_of(arn)
        if arn not in self._items.setdefault(kind, {}) and kind == arns.DEFINITION:
            revisions = self._revisions.setdefault(arn.rpartition(":")[0], [])
            revisions.append(arn)
            revisions.sort(key=lambda each: int(each.rpartition(":")[2]))
        self._items[kind][arn] = detail

    def put(self, arn: str, detail: dict[str, Any]) -> None:
        self.load(arn, detail)
        self.dirty[arn] = detail

    def remove(self, arn: str) -> None:
        del self._items[arns.kind_of(arn)][arn]
        self.dirty[arn] = None

    def get(self, arn: str) -> dict[str, Any] | None:
        return self._items.get(arns.kind_of(arn), {}).get(arn)

    def of(self, scope: Scope, kind: str) -> Iterator[dict[str, Any]]:
        """Yield the resources of one kind in the order in which they were made."""
        for arn, detail in self._items.get(kind, {}).items():
            if arns.in_scope(scope, arn):
                yield detail

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        return self._items.get(kind, {})

    def revisions(self, prefix: str) -> list[dict[str, Any]]:
        """Return the revisions of a definition, oldest first; `prefix` is its ARN without revision."""
        items = self._items.get(arns.DEFINITION, {})
        return [items[arn] for arn in self._revisions.get(prefix, ())]
