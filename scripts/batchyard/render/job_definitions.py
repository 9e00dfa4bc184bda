"""Job definitions, from the jobs of a manifest and the templates of templates/job-definitions."""

from __future__ import annotations

from typing import Any

from batchyard.errors import ManifestError
from batchyard.manifest import Job
from batchyard.manifest.marked import read_yaml
from batchyard.render import jinja, limits
from batchyard.render.deployment import Deployment
from batchyard.render.permissions import context, resolve
from batchyard.render.retries import strategy

SCRATCH = "/scratch"
# vCPUs that Fargate offers, with the least and most memory in MiB (AWS Batch API, ResourceRequirement).
_FARGATE = {
    0.25: (512, 2_048),
    0.5: (1_024, 4_096),
    1: (2_048, 8_192),
    2: (4_096, 16_384),
    4: (8_192, 30_720),
    8: (16_384, 61_440),
    16: (32_768, 122_880),
}


def job_definition(deployment: Deployment, key: str, image: str) -> dict[str, Any]:
    """Return a job definition as the bundle holds it.

    Args:
        deployment: the workflow.
        key: the job's key in the manifest.
        image: the image's URI with its tag.

    Raises:
        ManifestError: the job does not fit its queue, or a name or the definition is too long.
    """
    job, names = deployment.manifest.jobs[key], deployment.names
    where = f"{deployment.manifest_path}: jobs.{key}"
    name = limits.named("job definition", names.job_definition(deployment.workflow, key), where)
    role = limits.named("role", names.job_role(deployment.workflow, key), where)
    fargate = deployment.is_fargate(job, where)
    properties = _properties(deployment, job, image, role, fargate, where)
    definition = {
        "name": name,
        "type": "container",
        "platform_capabilities": ["FARGATE" if fargate else "EC2"],
        "container_properties": properties,
        "parameters": job.defaults,
        "retry_strategy": strategy(job, deployment.compute_type(job, where), where),
        "timeout_seconds": job.timeout,
        "propagate_tags": True,
        "queue": job.queue,
        "image": job.image,
    }
    limits.fitting("job definition", definition, limits.JOB_DEFINITION_BYTES, where)
    statements = resolve(job.permissions, context(deployment), f"{where}.permissions")
    return {**definition, "role": {"name": role, "statements": statements}}


def _properties(
    deployment: Deployment, job: Job, image: str, role: str, fargate: bool, where: str
) -> dict[str, Any]:
    """Return containerProperties, rendered from the template of the platform."""
    template = f"job-definitions/{'fargate' if fargate else 'ec2'}.yaml.j2"
    names = deployment.names
    if fargate:
        _check_fargate(job, where)
    # Made by the workflow module for workflows with jobs on Fargate.
    execution_role = limits.named("role", f"{names.state_machine(deployment.workflow)}-execution", where)
    text = jinja.render(
        template,
        {
            "job": job,
            "image": image,
            "job_role_arn": names.role_arn(role),
            "execution_role_arn": names.role_arn(execution_role),
            "resources": _resources(job),
            "variables": _variables(deployment, job),
            "scratch": SCRATCH,
        },
    )
    document = read_yaml(text, f"templates/{template}").data
    if not isinstance(document, dict):
        raise ManifestError("does not render to an object", where=f"templates/{template}")
    return document


def _resources(job: Job) -> list[dict[str, str]]:
    return [{"type": "VCPU", "value": f"{job.vcpus:g}"}, {"type": "MEMORY", "value": str(job.memory)}]


def _variables(deployment: Deployment, job: Job) -> list[dict[str, str]]:
    # Batch tells a container neither its region nor its vCPUs, which on EC2 are shares and no limit.
    own = {"AWS_DEFAULT_REGION": deployment.names.region, "BATCHYARD_VCPUS": f"{max(1, int(job.vcpus))}"}
    return [{"name": name, "value": value} for name, value in sorted({**own, **job.environment}.items())]


def _check_fargate(job: Job, where: str) -> None:
    if job.scratch:
        fix = "choose a queue over EC2 or SPOT, or scratch: false"
        raise ManifestError("Fargate has no scratch volume", where=f"{where}.scratch", fix=fix)
    least, most = _FARGATE.get(job.vcpus, (0, 0))
    if not least <= job.memory <= most:
        sizes = "; ".join(f"{vcpus:g} vCPU: {low}-{high}" for vcpus, (low, high) in _FARGATE.items())
        what = f"Fargate has no size of {job.vcpus:g} vCPU with {job.memory} MiB"
        raise ManifestError(what, where=where, fix=f"MiB by vCPU are {sizes}")
