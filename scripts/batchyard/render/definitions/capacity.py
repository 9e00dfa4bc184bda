"""Whether a queue can ever hold a job: its vCPUs against the most that its environments may have."""

from __future__ import annotations

from batchyard.errors import ManifestError
from batchyard.manifest.jobs import AnyJob, EksJob, MultiContainerJob, MultiNodeJob
from batchyard.manifest.jobs.nodes import span
from batchyard.paths import environment_file
from batchyard.render.deployment import Deployment


def check(
    deployment: Deployment, key: str, queue: str, nodes: int | None = None, *, in_manifest: bool = True
) -> None:
    """Check that some environment behind a queue may grow to the size of a job, which would wait for ever.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html: maxvCpus

    Args:
        deployment: the workflow.
        key: the job's key.
        queue: the key of a queue that exists.
        nodes: how many nodes are asked for; None for the largest one by itself.
        in_manifest: whether the manifest says all of it, so that the message names its line.

    Raises:
        ManifestError: the job has more vCPUs than any of them.
    """
    job = deployment.manifest.jobs[key]
    known = deployment.environment.compute
    limits = {name: known[name].max_vcpus for name in deployment.queue(queue, "").compute if name in known}
    bounds = {name: most for name, most in limits.items() if most is not None}
    needed = _vcpus(job, nodes)
    # An environment without a limit here is unmanaged or made elsewhere: its size is not known.
    if len(bounds) < len(limits) or not bounds or needed <= max(bounds.values()):
        return
    name, most = max(bounds.items(), key=lambda each: each[1])
    nodes_say = f" on {nodes} nodes" if nodes else ""
    what = (
        f"the job needs {needed:,g} vCPUs{nodes_say}, and the queue {queue} leads to at most {most:,} "
        f"(max_vcpus of {name}), so it would wait for ever"
    )
    file = environment_file(deployment.environment.environment).name
    fix = f"ask for {most} or less, raise compute.{name}.max_vcpus in {file}, or name another queue"
    where = deployment.where("jobs", key, *_place(job)) if in_manifest else ""
    raise ManifestError(what, where=where, fix=fix)


def _vcpus(job: AnyJob, nodes: int | None) -> float:
    """Return the vCPUs that have to be there at one time; of an array, those of one child."""
    if isinstance(job, MultiNodeJob):
        if nodes is None:
            return max(container.vcpus for container in job.ranges.values())
        return sum(len(span(target, nodes)) * each.vcpus for target, each in job.ranges.items())
    if isinstance(job, EksJob):
        first = [each.vcpus for each in job.pod.init_containers.values()]
        return max(sum(each.vcpus for each in job.pod.containers.values()), *first, 0)
    return sum(container.vcpus for _, container in job.containers)


def _place(job: AnyJob) -> tuple[str, ...]:
    if isinstance(job, MultiNodeJob):
        return ("ranges",)
    if isinstance(job, EksJob):
        return ("pod", "containers")
    return ("containers",) if isinstance(job, MultiContainerJob) else ("vcpus",)
