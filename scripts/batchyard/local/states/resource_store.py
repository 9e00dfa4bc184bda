"""Records of resources, all in memory; what has changed is written with the next commit of the store."""

from __future__ import annotations

from collections.abc import Iterator

from batchyard.local.states.interface import Json


class Resources:
    """Records by kind and ARN, all in memory."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Json]] = {}
        self.changed: set[tuple[str, str]] = set()

    def put(self, kind: str, arn: str, record: Json) -> None:
        self.records.setdefault(kind, {})[arn] = record
        self.changed.add((kind, arn))

    def get(self, kind: str, arn: str) -> Json | None:
        return self.records.get(kind, {}).get(arn)

    def delete(self, kind: str, arn: str) -> None:
        if self.records.get(kind, {}).pop(arn, None) is not None:
            self.changed.add((kind, arn))

    def all(self, kind: str) -> Iterator[Json]:
        yield from list(self.records.get(kind, {}).values())
