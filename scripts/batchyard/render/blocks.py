"""The building blocks that a state-machine template may call; each returns a state, or a group of states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from batchyard.errors import ManifestError
from batchyard.manifest import Job
from batchyard.render.batch_block import BatchStep
from batchyard.render.expand import GROUP
from batchyard.render.jsonata import path, with_default
from batchyard.render.other_blocks import OtherBlocks
from batchyard.render.transitions import State

# How long a job may wait for a place; Batch's own timeout counts from the start of an attempt.
_QUEUE_SECONDS = 86_400


@dataclass(frozen=True)
class Blocks(OtherBlocks):
    """All building blocks of one deployed workflow."""

    def batch_task(
        self,
        job: str,
        *,
        parameters: Mapping[str, str] | None = None,
        next: str | None = None,  # noqa: A002 - templates name it as ASL does
        queue: str | None = None,
        definition: str | None = None,
        wait: Literal["sync", "poll"] | None = None,
        on_failure: str | None = None,
        queue_seconds: int = _QUEUE_SECONDS,
    ) -> State:
        """Run a job and wait for its end, as the manifest's `wait` says.

        The step leaves `steps.<job>: {jobId, status}` in the state's input. A run may override jobQueue (key
        or ARN), jobDefinition, memory (MiB) and parameters with a default, in the input's object `<job>`.

        Args:
            job: the job's key in the manifest.
            parameters: JSONata expressions by parameter name. Others are the input's fields of the same name,
                as input.schema.json has them, or else the manifest's defaults.
            next: the state that follows on success; None ends the machine or branch.
            queue: key of another queue than the manifest's.
            definition: ARN of another job definition.
            wait: sync or poll, instead of the manifest's.
            on_failure: the state that takes the failure path, with `error` in its input. By default the task
                itself fails, so that a redrive runs the job again (a Fail state it would only enter again); a
                polled job, whose failure is seen as a status, fails in a state of its own.
            queue_seconds: how long the job may wait for a place in its queue.

        Raises:
            ManifestError: the job, the queue or a parameter is unknown, or a parameter is missing.
        """
        step = BatchStep(
            job=job,
            queues={key: self.deployment.names.queue_arn(key) for key in self.deployment.environment.queues},
            queue=self._queue(queue, job),
            definition=definition or self.deployment.names.job_definition_arn(self.deployment.workflow, job),
            parameters=self._parameters(job, parameters or {}),
            timeout_seconds=self._timeout(self._job(job), queue_seconds),
            following=next,
            on_failure=on_failure,
            partition=self.deployment.names.partition,
        )
        if (wait or self.deployment.wait) == "sync":
            return {GROUP: step.sync()}
        return {
            GROUP: step.poll(
                self._function("submit-job"), self._function("job-status"), self.deployment.poll_seconds
            )
        }

    def poll_task(self, job: str, **arguments: Any) -> State:  # noqa: ANN401
        """Run a job by polling, whatever the manifest's `wait` says; arguments as for `batch_task`."""
        return self.batch_task(job, wait="poll", **arguments)

    def _job(self, key: str) -> Job:
        jobs = self.deployment.manifest.jobs
        if key not in jobs:
            raise ManifestError(f"no job {key} in the manifest", fix=f"it has: {', '.join(jobs) or 'none'}")
        return jobs[key]

    def _queue(self, asked: str | None, job: str) -> str:
        key = asked or self._job(job).queue
        self.deployment.queue(key, "" if asked else f"{self.deployment.manifest_path}: jobs.{job}.queue")
        return self.deployment.names.queue_arn(key)

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

    @staticmethod
    def _timeout(job: Job, queue_seconds: int) -> int:
        attempts = {"spot": 3, "none": 1}[job.retry] if isinstance(job.retry, str) else job.retry.attempts
        return attempts * job.timeout + queue_seconds


def _text(code: str, default: str | None) -> str:
    """Return an expression that gives a text, for Batch takes nothing else as a parameter."""
    return f"$string({code})" if default is None else with_default(code, default)
