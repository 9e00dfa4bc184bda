"""Job definitions, from the jobs of a manifest and the templates of templates/job-definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchyard.manifest import AnyJob, ArrayJob, EksJob, Job, MultiContainerJob, MultiNodeJob
from batchyard.render import limits
from batchyard.render.definitions import ecs, eks, execution, placement
from batchyard.render.definitions.scope import Scope
from batchyard.render.deployment import Deployment
from batchyard.render.permissions import context, resolve
from batchyard.render.retries import strategy


def job_definition(deployment: Deployment, key: str, images: Mapping[str, str]) -> dict[str, Any]:
    """Return a job definition as the bundle holds it.

    Args:
        deployment: the workflow.
        key: the job's key in the manifest.
        images: the URI, with its tag, of every project image by name.

    Raises:
        ManifestError: the job does not fit its queue, or a name or the definition is too long.
    """
    placement.check(deployment, key)
    job = deployment.manifest.jobs[key]
    scope = Scope(
        deployment=deployment,
        key=key,
        job=job,
        images=images,
        scratch_mount=placement.scratch_mount(deployment, key),
        has_execution_role=execution.is_needed(job),
    )
    definition = _definition(scope, job)
    limits.fitting("job definition", definition, limits.JOB_DEFINITION_BYTES, scope.where)
    statements = resolve(job.permissions, context(deployment), deployment.where("jobs", key, "permissions"))
    return {
        **definition,
        "role": _role(scope, scope.role, statements),
        "execution_role": _role(scope, scope.execution_role, execution.statements(scope)),
    }


def _definition(scope: Scope, job: AnyJob) -> dict[str, Any]:
    names, workflow = scope.deployment.names, scope.deployment.workflow
    return {
        "name": limits.named("job definition", names.job_definition(workflow, scope.key), scope.where),
        "kind": job.kind,
        "type": "multinode" if job.shape == "nodes" else "container",
        "platform_capabilities": _capabilities(job),
        **_properties(scope, job),
        "parameters": job.defaults,
        "retry_strategy": strategy(job),
        "timeout_seconds": job.timeout,
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html: never with EKS
        "propagate_tags": job.shape != "eks",
        "scheduling_priority": job.scheduling_priority,
        "tags": job.tags,
        "queue": job.queue,
        "images": job.images,
        "array_size": job.size if isinstance(job, ArrayJob) else None,
        "nodes": job.nodes if isinstance(job, MultiNodeJob) else None,
    }


def _role(scope: Scope, name: str | None, statements: list[dict[str, Any]]) -> dict[str, Any] | None:
    if name is None:
        return None
    return {"name": limits.named("role", name, scope.where), "statements": statements}


def _capabilities(job: Job) -> list[str]:
    return [] if job.shape in ("nodes", "eks") else [job.runs_on.upper()]


def _properties(scope: Scope, job: AnyJob) -> dict[str, Any]:
    """Return the one member that holds the job's properties."""
    if isinstance(job, MultiContainerJob):
        return {"ecs_properties": ecs.ecs_properties(scope, job)}
    if isinstance(job, MultiNodeJob):
        return {"node_properties": ecs.node_properties(scope, job)}
    if isinstance(job, EksJob):
        return {"eks_properties": eks.eks_properties(scope, job)}
    return {"container_properties": ecs.container_properties(scope, job)}
