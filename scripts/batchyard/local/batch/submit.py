"""SubmitJob."""

from __future__ import annotations

import copy
import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any

from batchyard.local.batch import (
    arns,
    containers,
    definitions,
    dependencies,
    ecs,
    needs,
    nodes,
    resources,
    retry,
    submission,
)
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import Job, JobSpec, Shape
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload

# https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
MOST_BYTES = 30 * 1024
MOST_DEPENDENCIES = 20
ARRAY_SIZES = (2, 10_000)
MOST_PRIORITY = 9_999
_SHAPES: dict[str, Shape] = {
    "containerProperties": "container",
    "ecsProperties": "ecs",
    "nodeProperties": "nodes",
}
_OVERRIDDEN: dict[str, Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]] = {
    "containerProperties": containers.overridden,
    "ecsProperties": ecs.overridden,
    "nodeProperties": nodes.overridden,
}


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
    submission.check(registry, ledger, queue, definition, payload)
    _check_ranges(definition)
    spec = _spec(_job_id(scope, token), scope, payload, queue, definition)
    _check_dependencies(ledger, scope, spec)
    job = Job(spec.id, ledger.next_seq(), spec)
    ledger.add(job)
    for number in range(spec.size or 0):
        ledger.add(Job(f"{spec.id}:{number}", ledger.next_seq(), spec, index=number))
    for number in range(spec.properties["numNodes"] if spec.shape == "nodes" else 0):
        ledger.add(Job(f"{spec.id}#{number}", ledger.next_seq(), spec, index=number))
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
    return queue


def _check_ranges(definition: Payload) -> None:
    """Refuse nodes that would run as pods, as any other EKS job is refused."""
    for each in definition.get("nodeProperties", {}).get("nodeRangeProperties", ()):
        if "eksProperties" in each:
            raise ApiError(
                f"JobDefinition {definition['jobDefinitionName']} has eksProperties for nodes "
                f"{each['targetNodes']}: EKS jobs can be registered but not submitted to this environment, "
                "which has no Kubernetes cluster"
            )


def _spec(
    job_id: str, scope: Scope, payload: Payload, queue: dict[str, Any], definition: dict[str, Any]
) -> JobSpec:
    properties = _properties(definition, payload)
    shape = _SHAPES[submission.shape_of(definition)]
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
        vcpus=needs.of(properties).vcpus,
        created=now_ms(),
        container=properties if shape == "container" else {},
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
        shape=shape,
        properties={} if shape == "container" else properties,
    )


def _properties(definition: Payload, payload: Payload) -> dict[str, Any]:
    """Return the properties of the definition's shape, with those of the submission merged in."""
    given = submission.shape_of(definition)
    overrides = copy.deepcopy(payload.get(submission.OVERRIDES[given]) or {})
    return _OVERRIDDEN[given](definition[given], overrides)


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
