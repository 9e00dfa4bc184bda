"""Tags of resources and jobs."""

from __future__ import annotations

from collections.abc import Callable

from batchyard.local.batch import arns, resources
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Scope
from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

Change = Callable[[dict[str, str]], dict[str, str]]


class Tagging:
    """List, add and remove tags by ARN."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def list(self, scope: Scope, payload: Payload) -> Payload:
        return {"tags": self._change(scope, payload["resourceArn"], None)}

    def add(self, scope: Scope, payload: Payload) -> Payload:
        self._change(scope, payload["resourceArn"], lambda tags: {**tags, **payload["tags"]})
        return {}

    def remove(self, scope: Scope, payload: Payload) -> Payload:
        gone = set(payload["tagKeys"])
        self._change(
            scope,
            payload["resourceArn"],
            lambda tags: {key: value for key, value in tags.items() if key not in gone},
        )
        return {}

    def _change(self, scope: Scope, arn: str, change: Change | None) -> dict[str, str]:
        if arns.kind_of(arn) == arns.JOB:
            return self._change_job(scope, arn, change)
        detail = self._registry.get(arn) if arns.in_scope(scope, arn) else None
        if detail is None:
            raise ApiError(f"Resource {arn} does not exist")
        if change:
            detail = {**detail, "tags": resources.check_tags(change(detail["tags"]))}
            self._registry.put(arn, detail)
        return dict(detail["tags"])

    def _change_job(self, scope: Scope, arn: str, change: Change | None) -> dict[str, str]:
        job = self._ledger.find(scope, arns.name_of(arn))
        if job is None:
            raise ApiError(f"Resource {arn} does not exist")
        if change:
            job.spec.tags = resources.check_tags(change(job.spec.tags))
            self._ledger.changed_spec(job.spec)
        return dict(job.spec.tags)
