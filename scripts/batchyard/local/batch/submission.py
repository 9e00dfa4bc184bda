"""What SubmitJob refuses of a job for its shape, its queue and its share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from batchyard.local.batch import (
    arns,
    compute,
    container_rules,
    containers,
    ecs,
    fairshare,
    fargate,
    needs,
)
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.registry import Registry

# What the service says of containerOverrides (and EKS's of nodeOverrides) for another shape:
# https://github.com/nextflow-io/nextflow/issues/5817 (EKS), and in the same words for ecsProperties.
_FOREIGN = {
    "ecsProperties": "Container overrides should not be set for ecsProperties jobs.",
    "nodeProperties": "Container overrides should not be set for multi-node parallel jobs.",
    "eksProperties": "Container overrides or node overrides should not be set for Batch on EKS jobs.",
}
# The override that goes with each shape of a job definition.
OVERRIDES = {
    "containerProperties": "containerOverrides",
    "ecsProperties": "ecsPropertiesOverride",
    "nodeProperties": "nodeOverrides",
    "eksProperties": "eksPropertiesOverride",
}


def check(
    registry: Registry,
    ledger: Ledger,
    queue: Mapping[str, Any],
    definition: Mapping[str, Any],
    payload: Mapping[str, Any],
) -> None:
    """Refuse a submission that the queue, the definition's shape or the fair share does not allow.

    queue, definition: as the API describes them. Raises ApiError naming member, rule and fix.
    """
    shape = shape_of(definition)
    _check_overrides(shape, payload)
    known = registry.all(arns.COMPUTE)
    environments = [known[each["computeEnvironment"]] for each in queue["computeEnvironmentOrder"]]
    _check_runs_here(shape, queue, definition, environments)
    _check_platform(queue, definition, environments)
    if shape == "nodeProperties":
        _check_nodes(queue, environments, payload)
    _check_amounts(shape, definition, payload)
    _check_share(ledger, queue, definition, payload)


def shape_of(definition: Mapping[str, Any]) -> str:
    """Return which of the properties a definition has: containerProperties, ecsProperties, ..."""
    return next(shape for shape in OVERRIDES if shape in definition)


def _check_overrides(shape: str, payload: Mapping[str, Any]) -> None:
    for override in OVERRIDES.values():
        if payload.get(override) and override != OVERRIDES[shape]:
            if override == "containerOverrides":
                raise refused(f"{_FOREIGN[shape]} Use {OVERRIDES[shape]}")
            raise refused(
                f"{override} can not be specified for a job definition with {shape}: use {OVERRIDES[shape]}"
            )


def _check_runs_here(
    shape: str,
    queue: Mapping[str, Any],
    definition: Mapping[str, Any],
    environments: Iterable[Mapping[str, Any]],
) -> None:
    """Refuse what is only registered and described here, never run."""
    if shape == "eksProperties":
        raise ApiError(
            f"JobDefinition {definition['jobDefinitionName']} has eksProperties: EKS jobs can be registered "
            "but not submitted to this environment, which has no Kubernetes cluster"
        )
    kinds = {"EKS" if compute.is_eks(each) else str(each["type"]) for each in environments}
    if kinds and "MANAGED" not in kinds:
        raise ApiError(
            f"JobQueue {queue['jobQueueName']} has only {' and '.join(sorted(kinds))} compute environments, "
            "which are described but run no jobs in this environment: submit to a queue with a managed one"
        )


def _check_platform(
    queue: Mapping[str, Any], definition: Mapping[str, Any], environments: Iterable[Mapping[str, Any]]
) -> None:
    wanted = _on_fargate(definition)
    for each in environments:
        if each["type"] == "MANAGED" and compute.is_fargate(each) != wanted:
            kind = "FARGATE" if wanted else "EC2"
            raise refused(f"JobQueue {queue['jobQueueName']} does not support platform capability {kind}")


def _check_nodes(
    queue: Mapping[str, Any], environments: Iterable[Mapping[str, Any]], payload: Mapping[str, Any]
) -> None:
    """Refuse multi-node jobs as arrays and on Spot.

    https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html
    """
    if payload.get("arrayProperties"):
        raise refused(
            "arrayProperties can not be specified for a multi-node parallel job: leave it out, or use a job "
            "definition of type container"
        )
    managed = [each for each in environments if each["type"] == "MANAGED"]
    if managed and all(compute.is_spot(each) for each in managed):
        raise refused(
            f"JobQueue {queue['jobQueueName']} has only compute environments that use Spot Instances, which "
            "do not support multi-node parallel jobs: submit to a queue with an EC2 one"
        )


def _check_amounts(shape: str, definition: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    """Refuse overridden vCPUs, memory and GPUs as RegisterJobDefinition does."""
    override = payload.get(OVERRIDES[shape])
    if not override:
        return
    on_fargate = _on_fargate(definition)
    for change in _changes(shape, override):
        if on_fargate:
            fargate.check_container(change)
        for requirement in change.get("resourceRequirements") or ():
            container_rules.check_requirement(requirement, on_fargate=on_fargate)
    if on_fargate and shape in ("containerProperties", "ecsProperties"):
        merge = containers.overridden if shape == "containerProperties" else ecs.overridden
        asked = needs.of(merge(definition[shape], override))
        fargate.check_pair(asked.vcpus, asked.memory_mib)


def _changes(shape: str, override: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the overrides of single containers, wherever they are."""
    if shape == "containerProperties":
        return [override]
    if shape == "ecsProperties":
        tasks = override.get("taskProperties") or ()
        return [each for task in tasks for each in task.get("containers") or ()]
    found: list[Mapping[str, Any]] = []
    for each in override.get("nodePropertyOverrides") or ():
        found += [each.get("containerOverrides") or {}]
        found += _changes("ecsProperties", each.get("ecsPropertiesOverride") or {})
    return found


def _on_fargate(definition: Mapping[str, Any]) -> bool:
    return "FARGATE" in (definition.get("platformCapabilities") or ())


def _check_share(
    ledger: Ledger, queue: Mapping[str, Any], definition: Mapping[str, Any], payload: Mapping[str, Any]
) -> None:
    """Hold a submission to https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html"""
    share, fair = payload.get("shareIdentifier"), "schedulingPolicyArn" in queue
    if share and not fairshare.IDENTIFIER.fullmatch(share):
        raise refused("shareIdentifier must be at most 255 letters and digits, an asterisk only at its end")
    if fair != bool(share):
        wording = "must be" if fair else "can not be"
        raise refused(f"shareIdentifier {wording} specified for this job queue")
    if share and payload.get("schedulingPriorityOverride", definition.get("schedulingPriority")) is None:
        # In the service's words: https://github.com/nextflow-io/nextflow/pull/3505
        raise refused(
            "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified."
        )
    if share and not fairshare.may_join(ledger.by_queue.get(queue["jobQueueArn"], ()), share):
        raise refused(
            f"JobQueue {queue['jobQueueName']} has {fairshare.MOST_ACTIVE} active share identifiers: "
            f"'{share}' can be added once one of them has no more jobs"
        )
