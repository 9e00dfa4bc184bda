"""Amazon Resource Names of Batch and of the ECS parts that its answers mention."""

from __future__ import annotations

from batchyard.local.batch.host import Scope

COMPUTE = "compute-environment"
QUEUE = "job-queue"
DEFINITION = "job-definition"
POLICY = "scheduling-policy"
JOB = "job"


def arn(scope: Scope, kind: str, name: str) -> str:
    return f"arn:aws:batch:{scope.region}:{scope.account}:{kind}/{name}"


def ecs_arn(scope: Scope, kind: str, name: str) -> str:
    return f"arn:aws:ecs:{scope.region}:{scope.account}:{kind}/{name}"


def full(scope: Scope, kind: str, name_or_arn: str) -> str:
    """Return the ARN for what a request names either by name or by ARN."""
    return name_or_arn if name_or_arn.startswith("arn:") else arn(scope, kind, name_or_arn)


def in_scope(scope: Scope, resource: str) -> bool:
    return resource.startswith(f"arn:aws:batch:{scope.region}:{scope.account}:")


def kind_of(resource: str) -> str:
    """Return the resource type of a Batch ARN, or an empty string for anything else."""
    parts = resource.split(":", 5)
    return parts[5].split("/", 1)[0] if len(parts) == 6 and parts[2] == "batch" else ""


def name_of(resource: str) -> str:
    return resource.rsplit("/", 1)[-1]
