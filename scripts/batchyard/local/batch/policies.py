"""Scheduling policies (fair share), which queues name; `fairshare` reads them."""

from __future__ import annotations

import copy

from batchyard.local.batch import arns, fairshare, paging, resources
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

_POLICIES = ("fairsharePolicy", "quotaSharePolicy")
# https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html and API_ShareAttributes.html
MOST_RESERVED, MOST_DECAY = 99, 604_800
WEIGHTS = (0.0001, 999.9999)


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
    """Hold a policy to https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html"""
    policy = payload.get("fairsharePolicy") or {}
    if not 0 <= (policy.get("computeReservation") or 0) <= MOST_RESERVED:
        raise refused(f"computeReservation must be between 0 and {MOST_RESERVED}")
    if not 0 <= (policy.get("shareDecaySeconds") or 0) <= MOST_DECAY:
        raise refused(f"shareDecaySeconds must be between 0 and {MOST_DECAY}")
    shares = policy.get("shareDistribution") or ()
    if len(shares) > fairshare.MOST_ACTIVE:
        raise refused(f"shareDistribution can not have more than {fairshare.MOST_ACTIVE} elements")
    least, most = WEIGHTS
    for share in shares:
        name = share["shareIdentifier"]
        if not fairshare.IDENTIFIER.fullmatch(name):
            raise refused(
                f"shareIdentifier '{name}' must be at most 255 letters and digits, "
                "an asterisk only at its end"
            )
        if not least <= share.get("weightFactor", 1.0) <= most:
            raise refused(f"weightFactor must be between {least} and {most}")
    _check_overlap([share["shareIdentifier"] for share in shares])


def _check_overlap(names: list[str]) -> None:
    """Refuse a prefix that another entry begins with, as UserA* is of UserA1, and an entry given twice.

    https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html
    """
    for number, name in enumerate(names):
        for other in names[:number] + names[number + 1 :]:
            prefix = name.endswith("*") and other.startswith(name[:-1])
            if prefix or name == other:
                raise refused(
                    f"shareIdentifier '{name}' overlaps '{other}': each share can match one entry only"
                )
