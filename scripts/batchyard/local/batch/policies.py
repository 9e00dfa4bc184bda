"""Scheduling policies (fair share): kept for queues to name; the scheduler itself is first in, first out."""

from __future__ import annotations

import copy

from batchyard.local.batch import arns, paging, resources
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

_POLICIES = ("fairsharePolicy", "quotaSharePolicy")


def create(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    resources.check_name(payload["name"], "Scheduling policy name")
    arn = arns.arn(scope, arns.POLICY, payload["name"])
    if registry.get(arn):
        raise ApiError("Object already exists", status=409)
    _check(payload)
    detail = {"name": payload["name"], "arn": arn, "tags": resources.check_tags(payload.get("tags"))}
    given = {key: copy.deepcopy(payload[key]) for key in _POLICIES if payload.get(key) is not None}
    registry.put(arn, detail | (given or {"fairsharePolicy": {}}))
    return {"name": payload["name"], "arn": arn}


def update(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    detail = resources.existing(registry, scope, arns.POLICY, payload["arn"])
    _check(payload)
    given = {key: copy.deepcopy(payload[key]) for key in _POLICIES if payload.get(key) is not None}
    registry.put(payload["arn"], detail | given)
    return {}


def describe(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    if not payload["arns"]:
        return {"schedulingPolicies": []}
    found, _ = resources.described(registry, scope, arns.POLICY, payload, "arns")
    return {"schedulingPolicies": found}


def listing(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    found, more = paging.page(list(registry.of(scope, arns.POLICY)), payload)
    return {"schedulingPolicies": [{"arn": each["arn"]} for each in found], **more}


def delete(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    arn = resources.existing(registry, scope, arns.POLICY, payload["arn"])["arn"]
    for queue in registry.of(scope, arns.QUEUE):
        if queue.get("schedulingPolicyArn") == arn:
            raise ApiError("Cannot delete, found existing JobQueue relationship")
    registry.remove(arn)
    return {}


def _check(payload: Payload) -> None:
    policy = payload.get("fairsharePolicy") or {}
    if not 0 <= (policy.get("computeReservation") or 0) <= 99:
        raise refused("computeReservation must be between 0 and 99")
    if not 0 <= (policy.get("shareDecaySeconds") or 0) <= 604_800:
        raise refused("shareDecaySeconds must be between 0 and 604800")
    for share in policy.get("shareDistribution") or ():
        if not 0.0001 <= share.get("weightFactor", 1.0) <= 999.9999:
            raise refused("weightFactor must be between 0.0001 and 999.9999")
