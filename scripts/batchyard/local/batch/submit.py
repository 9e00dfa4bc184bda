"""SubmitJob."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import uuid
from typing import Any

from batchyard.local.batch import arns, compute, containers, definitions, dependencies, resources, retry
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import Job, JobSpec
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

# https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
MOST_BYTES = 30 * 1024
MOST_DEPENDENCIES = 20
ARRAY_SIZES = (2, 10_000)
_SHARE = re.compile(r"[A-Za-z0-9]{1,255}\*?")
MOST_PRIORITY = 9_999
_NOT_YET = ("nodeOverrides", "eksPropertiesOverride", "ecsPropertiesOverride")


def submit(
    registry: Registry, ledger: Ledger, scope: Scope, payload: Payload, token: str | None = None
) -> Payload:
    """Add a job; with a token only if it has not made one yet."""
    made = ledger.find(scope, _job_id(scope, token)) if token else None
    if made:
        return _answer(made)
    _check(payload)
    queue = _queue(registry, scope, payload)
    definition = definitions.active(registry, scope, payload["jobDefinition"])
    _check_runnable(registry, queue, definition, payload)
    spec = _spec(_job_id(scope, token), scope, payload, queue, definition)
    _check_dependencies(ledger, scope, spec)
    job = Job(spec.id, ledger.next_seq(), spec)
    ledger.add(job)
    for number in range(spec.size or 0):
        ledger.add(Job(f"{spec.id}:{number}", ledger.next_seq(), spec, index=number))
    ledger.fresh.append(job)
    ledger.doomed.extend(dependencies.link(ledger, job))
    ledger.announce(job)
    return _answer(job)


def _answer(job: Job) -> Payload:
    return {"jobArn": job.arn, "jobName": job.spec.name, "jobId": job.id}


def _job_id(scope: Scope, token: str | None) -> str:
    if token is None:
        return str(uuid.uuid4())
    digest = hashlib.sha256(f"{scope.account} {scope.region} {token}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _check(payload: Payload) -> None:
    if len(json.dumps(payload, separators=(",", ":")).encode()) > MOST_BYTES:
        raise refused(f"SubmitJob payload size can not exceed {MOST_BYTES // 1024} KiB")
    resources.check_name(payload["jobName"], "Job name")
    if len(payload.get("dependsOn") or ()) > MOST_DEPENDENCIES:
        raise refused(f"A job can not depend on more than {MOST_DEPENDENCIES} jobs")
    least, most = ARRAY_SIZES
    size = (payload.get("arrayProperties") or {}).get("size")
    if size is not None and not least <= size <= most:
        raise refused(f"Array size must be between {least} and {most}")
    if not 0 <= (payload.get("schedulingPriorityOverride") or 0) <= MOST_PRIORITY:
        raise refused(f"schedulingPriorityOverride must be between 0 and {MOST_PRIORITY}")
    if (share := payload.get("shareIdentifier")) and not _SHARE.fullmatch(share):
        raise refused("shareIdentifier must be at most 255 letters and digits, an asterisk only at its end")
    retry.validate(payload.get("retryStrategy"))
    definitions.check_timeout(payload.get("timeout"))
    resources.check_tags(payload.get("tags"))


def _queue(registry: Registry, scope: Scope, payload: Payload) -> dict[str, Any]:
    name = payload["jobQueue"]
    arn = arns.full(scope, arns.QUEUE, name)
    queue = registry.get(arn) if arns.in_scope(scope, arn) else None
    if queue is None:
        raise ApiError(f"JobQueue {name} not found.")
    if queue["state"] != "ENABLED":
        raise ApiError(f"JobQueue {name} is not in ENABLED state.")
    if ("schedulingPolicyArn" in queue) != bool(payload.get("shareIdentifier")):
        wording = "must be" if "schedulingPolicyArn" in queue else "can not be"
        raise refused(f"shareIdentifier {wording} specified for this job queue")
    return queue


def _check_runnable(registry: Registry, queue: dict[str, Any], definition: Payload, payload: Payload) -> None:
    if "containerProperties" not in definition:
        raise ApiError(
            f"JobDefinition {payload['jobDefinition']} has no containerProperties: multi-node, "
            "multi-container and EKS jobs can be registered but not submitted to this environment"
        )
    if given := [key for key in _NOT_YET if payload.get(key)]:
        raise refused(f"{given[0]} can not be specified for a job definition with containerProperties")
    wanted = "FARGATE" in (definition.get("platformCapabilities") or ())
    for entry in queue["computeEnvironmentOrder"]:
        environment = registry.get(entry["computeEnvironment"])
        if environment and environment["type"] == "MANAGED" and compute.is_fargate(environment) != wanted:
            kind = "FARGATE" if wanted else "EC2"
            raise refused(f"JobQueue {queue['jobQueueName']} does not support platform capability {kind}")


def _spec(
    job_id: str, scope: Scope, payload: Payload, queue: dict[str, Any], definition: dict[str, Any]
) -> JobSpec:
    overrides = copy.deepcopy(payload.get("containerOverrides") or {})
    container = containers.overridden(definition["containerProperties"], overrides)
    timeout = payload.get("timeout") or definition.get("timeout") or {}
    propagate = payload.get("propagateTags")
    priority = payload.get("schedulingPriorityOverride")
    return JobSpec(
        id=job_id,
        scope=scope,
        name=payload["jobName"],
        queue=queue["jobQueueArn"],
        definition=definition["jobDefinitionArn"],
        definition_name=definition["jobDefinitionName"],
        vcpus=containers.vcpus(container),
        created=now_ms(),
        container=container,
        parameters={**definition["parameters"], **(payload.get("parameters") or {})},
        depends_on=copy.deepcopy(payload.get("dependsOn") or []),
        tags=dict(payload.get("tags") or {}),
        platforms=list(definition.get("platformCapabilities") or ()),
        retry=_retry(payload.get("retryStrategy") or definition.get("retryStrategy")),
        timeout=timeout.get("attemptDurationSeconds"),
        size=(payload.get("arrayProperties") or {}).get("size"),
        share=payload.get("shareIdentifier"),
        priority=definition.get("schedulingPriority") if priority is None else priority,
        propagate_tags=definition["propagateTags"] if propagate is None else propagate,
    )


def _retry(strategy: dict[str, Any] | None) -> dict[str, Any]:
    return {"attempts": 1, "evaluateOnExit": []} | copy.deepcopy(strategy or {})


def _check_dependencies(ledger: Ledger, scope: Scope, spec: JobSpec) -> None:
    for each in spec.depends_on:
        kind, other_id = each.get("type"), each.get("jobId")
        if kind == "SEQUENTIAL":
            _check_sequential(spec, other_id)
            continue
        other = ledger.find(scope, other_id) if other_id else None
        if other is None:
            raise refused(f"Job dependency {other_id} does not exist")
        if kind == "N_TO_N" and (spec.size is None or other.spec.size != spec.size or other.counts is None):
            raise refused("N_TO_N dependencies need array jobs of the same size on both sides")


def _check_sequential(spec: JobSpec, other_id: str | None) -> None:
    if spec.size is None:
        raise refused("SEQUENTIAL dependencies are for array jobs only")
    if other_id:
        raise refused("SEQUENTIAL dependencies can not name a job id")
