"""Whether a job fits its queue: the compute environments behind it have to be of the job's platform."""

from __future__ import annotations

from typing import NoReturn

from batchyard.environments import Compute
from batchyard.errors import ManifestError
from batchyard.manifest import Job
from batchyard.manifest.jobs import EksJob
from batchyard.manifest.jobs.storage import SCRATCH_PATH
from batchyard.render.definitions import capacity
from batchyard.render.deployment import Deployment


def check(deployment: Deployment, key: str) -> None:
    """Check the queues of a job.

    Args:
        deployment: the workflow.
        key: the job's key.

    Raises:
        ManifestError: a queue is unknown, of another platform, or has what the job can not use.
    """
    job = deployment.manifest.jobs[key]
    _check_queue(deployment, key, job, "queue")
    if job.share and deployment.queue(job.queue, "").fair_share is None:
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html: shareIdentifier
        what = (
            f"AWS Batch takes a share only where the queue has a fair-share policy, and {job.queue} has none"
        )
        _refuse(deployment, key, "share", what, "leave it out, or name a queue with fair share")
    _check_privileged(deployment, key, job)
    if job.on_demand_queue is None:
        return
    _check_queue(deployment, key, job, "on_demand_queue")
    spot = [name for name, each in _behind(deployment, job.on_demand_queue).items() if each.is_spot]
    if spot:
        what = f"the last attempt goes to {job.on_demand_queue}, whose environment {spot[0]} is Spot"
        _refuse(deployment, key, "on_demand_queue", what, "name a queue over EC2 or FARGATE alone")


def _check_privileged(deployment: Deployment, key: str, job: Job) -> None:
    name = f"{deployment.workflow}/{key}"
    if name in deployment.environment.privileged_jobs:
        return
    for container, process in job.containers:
        if process.privileged:
            what = "a privileged container is root on its host, and this environment does not allow it"
            fix = (
                f'leave it out; or write privileged_jobs = ["{name}"] in the environment\'s tfvars and, in '
                "this job, # checkov:skip=CKV_BATCHYARD_1:<why>, without which make lint refuses it"
            )
            raise ManifestError(
                what, where=deployment.where("jobs", key, *_keys(job, container), "privileged"), fix=fix
            )


def _keys(job: Job, container: str) -> tuple[str, ...]:
    """Return the keys from a job of the manifest to one of its containers."""
    if isinstance(job, EksJob):
        group = "containers" if container in job.pod.containers else "init_containers"
        return ("pod", group, container)
    groups = {"ecs": "containers", "nodes": "ranges"}
    return (groups[job.shape], container) if job.shape in groups else ()


def scratch_mount(deployment: Deployment, key: str) -> str:
    """Return where hosts of a job's queue mount their scratch volume.

    Raises:
        ManifestError: the job asks for scratch, and an environment of its queues has none or another place.
    """
    job = deployment.manifest.jobs[key]
    queues = [queue for queue in (job.queue, job.on_demand_queue) if queue]
    hosts = {name: each for queue in queues for name, each in _behind(deployment, queue).items()}
    mounts = {name: each.scratch.mount for name, each in hosts.items() if _is_made_here(each)}
    if any(getattr(container, "scratch", False) for _, container in job.containers):
        bare = [name for name in mounts if hosts[name].scratch.kind == "none"]
        if bare:
            what = f"the job asks for scratch, and instances of {bare[0]} have none"
            _refuse(deployment, key, "queue", what, f"give compute.{bare[0]} scratch, or name another queue")
        if len(set(mounts.values())) > 1:
            what = f"scratch is mounted at different places: {', '.join(sorted(set(mounts.values())))}"
            _refuse(deployment, key, "queue", what, "mount it at one place in all of its environments")
    return next(iter(mounts.values()), SCRATCH_PATH)


def _is_made_here(compute: Compute) -> bool:
    return compute.arn is None and compute.type in ("EC2", "SPOT")


def _check_queue(deployment: Deployment, key: str, job: Job, field: str) -> None:
    name, platform = getattr(job, field), job.runs_on.upper()
    deployment.queue(name, deployment.where("jobs", key, field))
    compute = _behind(deployment, name)
    wrong = [each for each, made in compute.items() if made.platform != platform]
    if wrong:
        what = (
            f"kind {job.kind} runs on {platform}, and the queue {name} leads to {wrong[0]}, "
            f"which is {compute[wrong[0]].type}"
        )
        _refuse(deployment, key, field, what, _fix(deployment, job, platform))
    if job.shape == "nodes" and any(each.is_spot for each in compute.values()):
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html
        what = f"AWS Batch runs no multi-node job on Spot, and the queue {name} leads there"
        _refuse(deployment, key, field, what, _fix(deployment, job, platform))
    if any(container.gpus for _, container in job.containers) and not _has_gpus(compute):
        what = f"the job needs GPUs, and no environment of the queue {name} has instances with them"
        _refuse(deployment, key, field, what, "name a queue over instances of the families g and p")
    capacity.check(deployment, key, name)


def _behind(deployment: Deployment, queue: str) -> dict[str, Compute]:
    """Return the compute environments of a queue by key, as far as this environment knows them."""
    known = deployment.environment.compute
    return {key: known[key] for key in deployment.queue(queue, "").compute if key in known}


def _has_gpus(compute: dict[str, Compute]) -> bool:
    # What an unmanaged environment or one made elsewhere is built of is not known here.
    return any(made.has_gpus or made.arn or made.type in ("UNMANAGED", "EKS") for made in compute.values())


def _fix(deployment: Deployment, job: Job, platform: str) -> str:
    fitting = [
        name
        for name in sorted(deployment.environment.queues)
        if all(
            each.platform == platform and not (job.shape == "nodes" and each.is_spot)
            for each in _behind(deployment, name).values()
        )
    ]
    kinds = {"FARGATE": "fargate", "EKS": "eks", "EC2": "container"}
    # Arrays and jobs of several containers run on either, by their key platform.
    if "platform" in type(job).model_fields:
        other_platform = "ec2" if platform == "FARGATE" else "fargate"
        return f"queues that fit are: {', '.join(fitting) or 'none'}; or write platform: {other_platform}"
    other = ", ".join(sorted(set(kinds.values()) - {kinds[platform]}))
    return f"queues that fit are: {', '.join(fitting) or 'none'}; or choose another kind ({other})"


def _refuse(deployment: Deployment, key: str, field: str, what: str, fix: str) -> NoReturn:
    raise ManifestError(what, where=deployment.where("jobs", key, field), fix=fix)
