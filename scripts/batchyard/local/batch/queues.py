"""Job queues."""

from __future__ import annotations

import copy
from typing import Any

from batchyard.local.batch import arns, compute, resources
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

# https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
MOST_ENVIRONMENTS = 3
_TIME_LIMIT_SECONDS = (600, 86_400)
# https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
_REASONS = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)


def create(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    name = payload["jobQueueName"]
    resources.check_name(name, "Job queue name")
    arn = arns.arn(scope, arns.QUEUE, name)
    if registry.get(arn):
        raise ApiError("Object already exists", status=409)
    detail = {
        "jobQueueName": name,
        "jobQueueArn": arn,
        "state": payload.get("state") or "ENABLED",
        "status": "VALID",
        "statusReason": "JobQueue Healthy",
        "tags": resources.check_tags(payload.get("tags")),
        "jobStateTimeLimitActions": [],
    }
    _check_kind(payload)
    if policy := payload.get("schedulingPolicyArn"):
        resources.existing(registry, scope, arns.POLICY, policy)
        detail["schedulingPolicyArn"] = policy
    _apply(registry, scope, detail, {"computeEnvironmentOrder": [], **payload})
    registry.put(arn, detail)
    return {"jobQueueName": name, "jobQueueArn": arn}


def update(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    detail = copy.deepcopy(resources.existing(registry, scope, arns.QUEUE, payload["jobQueue"]))
    _update_policy(registry, scope, detail, payload.get("schedulingPolicyArn"))
    _apply(registry, scope, detail, payload)
    registry.put(detail["jobQueueArn"], detail)
    return {key: detail[key] for key in ("jobQueueName", "jobQueueArn")}


def describe(registry: Registry, scope: Scope, payload: Payload) -> Payload:
    found, more = resources.described(registry, scope, arns.QUEUE, payload, "jobQueues")
    return {"jobQueues": found, **more}


def deletable(registry: Registry, scope: Scope, payload: Payload) -> str:
    """Return the ARN of the queue that a delete request names, once it may be deleted."""
    detail = resources.existing(registry, scope, arns.QUEUE, payload["jobQueue"])
    if detail["state"] != "DISABLED":
        raise ApiError("Cannot delete, state must be DISABLED")
    return str(detail["jobQueueArn"])


def _apply(registry: Registry, scope: Scope, detail: dict[str, Any], payload: Payload) -> None:
    if payload.get("computeEnvironmentOrder") is not None:
        detail["computeEnvironmentOrder"] = _order(registry, scope, payload["computeEnvironmentOrder"])
        first = registry.get(detail["computeEnvironmentOrder"][0]["computeEnvironment"])
        detail["jobQueueType"] = compute.kind(first or {})
    if payload.get("priority") is not None:
        if not 0 <= payload["priority"] <= 10_000:
            raise refused("Priority must be between 0 and 10000")
        detail["priority"] = payload["priority"]
    if payload.get("state"):
        detail["state"] = payload["state"]
    if payload.get("jobStateTimeLimitActions") is not None:
        detail["jobStateTimeLimitActions"] = _time_limits(payload["jobStateTimeLimitActions"])


def _order(registry: Registry, scope: Scope, given: list[Payload]) -> list[Payload]:
    if not given:
        raise refused("At least one compute environment is required.")
    if len(given) > MOST_ENVIRONMENTS:
        raise refused(f"A job queue can not have more than {MOST_ENVIRONMENTS} compute environments.")
    if len({each["order"] for each in given}) < len(given):
        raise refused("Compute environment order must be unique.")
    found = [_environment(registry, scope, each["computeEnvironment"]) for each in given]
    if len({each["computeEnvironmentArn"] for each in found}) < len(found):
        raise refused("A compute environment can not be in a job queue twice.")
    _check_mix(found)
    entries = [
        {"order": each["order"], "computeEnvironment": environment["computeEnvironmentArn"]}
        for each, environment in zip(given, found, strict=True)
    ]
    return sorted(entries, key=lambda entry: int(entry["order"]))


def _check_mix(found: list[dict[str, Any]]) -> None:
    """Hold environments of one queue to https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html"""
    if len({compute.is_fargate(each) for each in found}) > 1:
        raise refused("EC2 and Fargate compute environments can not be mixed in one job queue.")
    if len({compute.is_eks(each) for each in found}) > 1:
        raise refused("ECS and EKS compute environments can not be mixed in one job queue.")
    if len({compute.is_arm(each) for each in found if "computeResources" in each}) > 1:
        raise refused("All compute environments of a job queue must share the same architecture.")


def _check_kind(payload: Payload) -> None:
    if payload.get("serviceEnvironmentOrder") or payload.get("jobQueueType") == "SAGEMAKER_TRAINING":
        raise refused(
            "Service environments are not supported by this environment: use computeEnvironmentOrder"
        )


def _environment(registry: Registry, scope: Scope, name: str) -> dict[str, Any]:
    detail = registry.get(arns.full(scope, arns.COMPUTE, name))
    if detail is None:
        raise refused(f"computeEnvironment {name} does not exist.")
    if detail["status"] != "VALID":
        raise refused(f"computeEnvironment {name} is not valid.")
    return detail


def _update_policy(registry: Registry, scope: Scope, detail: dict[str, Any], policy: str | None) -> None:
    if policy is None:
        return
    # A queue is first-in-first-out or fair-share for life; only the policy itself may be swapped.
    if "schedulingPolicyArn" not in detail:
        raise ApiError("Cannot add a scheduling policy to a job queue that was created without one.")
    if not policy:
        raise ApiError("Cannot remove the scheduling policy of a job queue.")
    resources.existing(registry, scope, arns.POLICY, policy)
    detail["schedulingPolicyArn"] = policy


def _time_limits(given: list[Payload]) -> list[Payload]:
    least, most = _TIME_LIMIT_SECONDS
    for each in given:
        if not least <= each["maxTimeSeconds"] <= most:
            raise refused(f"maxTimeSeconds must be between {least} and {most}")
        if each["reason"] not in _REASONS:
            raise refused(f"reason of jobStateTimeLimitActions must be one of {', '.join(_REASONS)}")
        if each["action"] != "CANCEL":
            raise refused("The only action of jobStateTimeLimitActions for this job queue is CANCEL")
    return copy.deepcopy(given)
