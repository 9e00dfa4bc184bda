"""From the arguments of a building block, the manifest and the environment to a step of a Batch job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from batchyard.errors import ManifestError
from batchyard.manifest.jobs import AnyJob, EksJob, MultiNodeJob
from batchyard.render import shapes
from batchyard.render.batch_block import BatchStep, OnDemand
from batchyard.render.definitions import capacity
from batchyard.render.deployment import Deployment
from batchyard.render.jsonata import literal, path, with_default
from batchyard.render.overrides import PLAIN, Overrides, member
from batchyard.render.submission import Submission

# How long a job may wait for a place; Batch's own timeout counts from the start of an attempt.
QUEUE_SECONDS = 86_400
# https://github.com/nextflow-io/nextflow/pull/3505: "Either schedulingPriority in job definition or
# schedulingPriorityOverride should be specified."
_LEAST_PRIORITY = 0
FALLBACK = "spot-then-on-demand"


@dataclass(frozen=True)
class Asked:
    """The arguments of `Blocks.batch_task`, which says what each means."""

    parameters: Mapping[str, str]
    next: str | None
    queue: str | None
    definition: str | None
    wait: Literal["sync", "poll", "submit"] | None
    on_failure: str | None
    queue_seconds: int
    size: int | str | None
    nodes: int | str | None
    share: str | None
    depends_on: Mapping[str, str]
    environment: Mapping[str, Any]


@dataclass(frozen=True)
class Steps:
    """Makes the steps of one deployed workflow."""

    deployment: Deployment

    def waiting(self, key: str, asked: str | None) -> str:
        """Return how a step waits: sync, poll or submit.

        Step Functions tells its jobs by a variable that it puts into ContainerOverrides, with which Batch
        refuses jobs of other shapes: "Container overrides should not be set for ecsProperties jobs".

        Raises:
            ManifestError: `sync` is asked for a job of such a shape, or there is no such way.
        """
        if asked not in (None, "sync", "poll", "submit"):
            raise ManifestError(f"wait of job {key} is {asked}", fix="write sync, poll or submit")
        kind = self._job(key).kind
        if member(kind) == PLAIN or asked in ("poll", "submit"):
            return asked or self.deployment.wait
        if asked == "sync":
            what = f"batch:submitJob.sync sets ContainerOverrides, which AWS Batch refuses for kind {kind}"
            raise ManifestError(f"job {key}: {what}", fix="leave wait out: the job is polled for")
        return "poll"

    def step(self, key: str, asked: Asked) -> BatchStep:
        """Return the step of a job.

        Raises:
            ManifestError: see `Blocks.batch_task`.
        """
        job, names = self._job(key), self.deployment.names
        queue = self._queue(key, asked.queue)
        size = shapes.size(key, job, asked.size)
        submission = Submission(
            job=key,
            queues={each: names.queue_arn(each) for each in self._queues(job, queue)},
            queue=names.queue_arn(queue),
            definition=asked.definition or names.job_definition_arn(self.deployment.workflow, key),
            parameters=self._parameters(key, asked.parameters),
            overrides=Overrides(
                kind=job.kind,
                environment=shapes.environment(key, job, asked.environment),
                memory=path(key, "memory") if job.shape == "container" else None,
                nodes=shapes.nodes(key, job, asked.nodes),
                first=job.pod.init_containers if isinstance(job, EksJob) else (),
            ),
            size=size,
            depends_on=shapes.dependencies(key, self.deployment.manifest.jobs, size, asked.depends_on),
            share=self._share(key, queue, asked.share),
            priority=_LEAST_PRIORITY if job.scheduling_priority is None else None,
        )
        self._check_capacity(key, queue, asked)
        sequential = asked.depends_on.get(key) == shapes.SEQUENTIAL
        return BatchStep(
            submission=submission,
            timeout=_timeout(job, job.attempts, asked.queue_seconds, size if sequential else 1),
            following=asked.next,
            on_failure=asked.on_failure,
            partition=names.partition,
            on_demand=self._on_demand(key, queue, asked),
        )

    def _job(self, key: str) -> AnyJob:
        jobs = self.deployment.manifest.jobs
        if key not in jobs:
            raise ManifestError(f"no job {key} in the manifest", fix=f"it has: {', '.join(jobs) or 'none'}")
        return jobs[key]

    def _queue(self, key: str, asked: str | None) -> str:
        job, queue = self._job(key), asked or self._job(key).queue
        self.deployment.queue(queue, "" if asked else self.deployment.where("jobs", key, "queue"))
        behind, platform = self.deployment.environment.behind(queue), job.runs_on.upper()
        if asked and behind[0].platform != platform:
            what = f"job {key} of kind {job.kind} runs on {platform}, and queue {queue} leads to"
            fix = f"choose one of: {', '.join(self._queues(job, job.queue))}"
            raise ManifestError(f"{what} {behind[0].platform}", fix=fix)
        if asked and queue not in self._queues(job, queue):
            what = f"job {key} has nodes, which AWS Batch places on no Spot capacity as queue {queue} has"
            raise ManifestError(what, fix=f"choose one of: {', '.join(self._queues(job, job.queue))}")
        return queue

    def _check_capacity(self, key: str, queue: str, asked: Asked) -> None:
        job, nodes = self._job(key), asked.nodes
        if isinstance(job, MultiNodeJob) and nodes is None:
            nodes = job.nodes
        # With no place of its own, a message gets the line of the template that names queue or nodes.
        capacity.check(
            self.deployment,
            key,
            queue,
            nodes if isinstance(job, MultiNodeJob) and isinstance(nodes, int) else None,
            in_manifest=asked.queue is None and asked.nodes is None,
        )

    def _queues(self, job: AnyJob, queue: str) -> list[str]:
        """Return the queues that a run may choose: those that take the same submission.

        Batch places the nodes of a job on no Spot capacity:
        https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
        """
        behind = self.deployment.environment.behind
        found = self.deployment.queues_like(queue)
        if job.kind != "multi-node":
            return found
        return [each for each in found if not any(compute.is_spot for compute in behind(each))]

    def _share(self, key: str, queue: str, asked: str | None) -> str | None:
        own = self._job(key).share
        code = asked if asked is not None else None if own is None else literal(own)
        fair = self.deployment.is_fair(queue)
        if fair and code is None:
            what = f"queue {queue} has a fair-share policy, so job {key} needs a share identifier"
            raise ManifestError(what, fix=f"write share under jobs.{key}, or pass share")
        if code is not None and not fair:
            what = f"queue {queue} has no fair-share policy, and job {key} has a share identifier"
            raise ManifestError(what, fix="leave share out, or choose a queue with fair_share")
        return code

    def _on_demand(self, key: str, queue: str, asked: Asked) -> OnDemand | None:
        job = self._job(key)
        if job.retry != FALLBACK or job.on_demand_queue is None:
            return None
        if asked.wait == "submit":
            what = f"job {key} retries {FALLBACK}, and wait is submit: nothing sees how it ends"
            raise ManifestError(what, fix="let the step wait for the job, or write retry: spot")
        if job.kind == "array":
            what = f"job {key} is an array, of which Batch does not tell whether Spot took its children"
            where = self.deployment.where("jobs", key, "retry")
            raise ManifestError(what, where=where, fix="write retry: spot, which tries each child again")
        second = job.on_demand_queue
        where = self.deployment.where("jobs", key, "on_demand_queue")
        self.deployment.queue(second, where)
        if second not in self.deployment.queues_like(queue):
            what = f"queues {queue} and {second} differ in their platform or in having a fair-share policy"
            raise ManifestError(what, where=where, fix="choose two queues that one definition fits")
        return OnDemand(self.deployment.names.queue_arn(second), job.timeout + asked.queue_seconds)

    def _parameters(self, key: str, given: Mapping[str, str]) -> dict[str, str]:
        job = self._job(key)
        unknown = sorted(given.keys() - set(job.placeholders))
        if unknown:
            fix = f"it refers to: {', '.join(job.placeholders) or 'none'}"
            raise ManifestError(f"the command of job {key} has no Ref::{unknown[0]}", fix=fix)
        fields = {name: path(name) for name in self.deployment.input_schema.get("properties", {})}
        sources = {**{name: path(key, name) for name in job.defaults}, **fields, **given}
        missing = [name for name in job.placeholders if name not in sources]
        if missing:
            fix = "pass it in parameters={...}, add it to input.schema.json, or give it a default"
            raise ManifestError(f"job {key} gets no {', '.join(missing)}", fix=fix)
        return {name: _text(sources[name], job.defaults.get(name)) for name in job.placeholders}


def _timeout(job: AnyJob, attempts: int, queue_seconds: int, in_turn: int | str | None) -> int | str:
    """Return the seconds that a job may take, in the queue and in all attempts.

    Args:
        in_turn: how many children run one after the other, a number or an expression.
    """
    if isinstance(in_turn, str):
        return f"{attempts * job.timeout} * $number({in_turn}) + {queue_seconds}"
    return attempts * job.timeout * (in_turn or 1) + queue_seconds


def _text(code: str, default: str | None) -> str:
    """Return an expression that gives a text, for Batch takes nothing else as a parameter."""
    return f"$string({code})" if default is None else with_default(code, default)
