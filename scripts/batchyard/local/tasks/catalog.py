"""Which API operation a Resource names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from batchyard.asl.resource import Integration
from batchyard.iam.services import client_name, model
from batchyard.local.tasks import casing, failures
from batchyard.local.tasks.facts import OPTIMIZED, Fact
from batchyard.local.tasks.shapes import Style, epoch_ms, iso

_SDK_STYLE = Style(casing.sdk_member, iso)
_WAITS = {("service", "batch"), ("service", "states")}


@dataclass(frozen=True, slots=True)
class Target:
    """An operation to call.

    Args:
        client: boto3's name of the service.
        operation: its model.
        style: how its members are written.
        fact: of an optimized integration; None for `aws-sdk:`.
        prefix: of the errors' names.
    """

    client: str
    operation: Any
    style: Style
    fact: Fact | None
    prefix: str

    @property
    def name(self) -> str:
        return str(self.operation.name)

    def failure(self, refusal: failures.Refusal) -> failures.TaskError:
        """Return the failure of a task whose service refused."""
        return failures.optimized(self.fact, refusal) if self.fact else failures.sdk(self.prefix, refusal)


@cache
def target(call: Integration) -> Target:
    """Return what a Resource calls.

    Raises:
        TaskError: there is no such service or action, or the local environment does not have it.
    """
    found = _sdk(call) if call.kind == "sdk" else _optimized(call)
    if found.operation.has_event_stream_output:
        raise failures.local_gap(call.resource, "it answers with a stream of events")
    if call.pattern == "sync" and (call.kind, call.service) not in _WAITS:
        reason = (
            "its ECS runs no containers, so the task would never end" if call.service == "ecs" else "no .sync"
        )
        raise failures.local_gap(call.resource, reason)
    return found


def _optimized(call: Integration) -> Target:
    fact = OPTIMIZED.get(call.service)
    if fact is None or call.action not in fact.actions:
        raise failures.local_gap(call.resource, "it does not have this integration; aws-sdk: may do")
    style = Style(casing.capital, epoch_ms, fact.filled)
    name = casing.capital(call.action)
    return Target(fact.client, model(fact.client).operation_model(name), style, fact, fact.prefix)


def _sdk(call: Integration) -> Target:
    client = client_name(call.service)
    if client is None:
        raise failures.absent(call.resource)
    found = model(client)
    names = {casing.lower_first(name): name for name in found.operation_names}
    name = names.get(call.action)
    if name is None:
        raise failures.absent(call.resource)
    prefix = casing.sdk_service(found.metadata["serviceId"])
    return Target(client, found.operation_model(name), _SDK_STYLE, None, prefix)
