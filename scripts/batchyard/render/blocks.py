"""The building blocks that a state-machine template may call; each returns a state, or a group of states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from batchyard.render.expand import GROUP
from batchyard.render.other_blocks import OtherBlocks
from batchyard.render.steps import QUEUE_SECONDS, Asked, Steps
from batchyard.render.transitions import State

Wait = Literal["sync", "poll", "submit"]


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
        wait: Wait | None = None,
        on_failure: str | None = None,
        queue_seconds: int = QUEUE_SECONDS,
        size: int | str | None = None,
        nodes: int | str | None = None,
        share: str | None = None,
        depends_on: Mapping[str, str] | None = None,
        environment: Mapping[str, Any] | None = None,
    ) -> State:
        """Run a job and wait for its end, as the manifest's `wait` says.

        The step leaves `steps.<job>: {jobId, status}` in the state's input, with `onDemand: true` if it was
        the on-demand queue where the job ran in the end. A run may override jobQueue (key or ARN),
        jobDefinition, memory (MiB, of jobs with one container) and parameters with a default, in the input's
        object `<job>`.

        Jobs of the kinds multi-container, multi-node and eks are polled for whatever `wait` says, because
        `batch:submitJob.sync` adds a variable to ContainerOverrides, which Batch refuses for them.

        Args:
            job: the job's key in the manifest.
            parameters: JSONata expressions by parameter name. Others are the input's fields of the same name,
                as input.schema.json has them, or else the manifest's defaults.
            next: the state that follows on success; None ends the machine or branch.
            queue: key of another queue than the manifest's.
            definition: ARN of another job definition.
            wait: sync or poll, instead of the manifest's; submit does not wait, and leaves `jobId` alone.
            on_failure: the state that takes the failure path, with `error` in its input. By default the task
                itself fails, so that a redrive runs the job again (a Fail state it would only enter again); a
                polled job, whose failure is seen as a status, fails in a state of its own, and so does one
                that retries spot-then-on-demand, whose failure has to be looked at first.
            queue_seconds: how long the job may wait for a place in its queue.
            size: how many children an array has, as a number or a JSONata expression; by default the
                manifest's.
            nodes: the same for the nodes of a multi-node job.
            share: JSONata expression for the share identifier, instead of the manifest's.
            depends_on: what the job waits for in its queue: by key of a job that was submitted before, N_TO_N
                (child by child, between arrays) or an empty text; by the job's own key SEQUENTIAL (child
                after child).
            environment: JSONata expressions by variable, for all containers; or by container (range of nodes)
                and variable.

        Raises:
            ManifestError: the job, the queue or a parameter is unknown, a parameter is missing, or the job's
                kind has no such argument.
        """
        asked = Asked(
            parameters=parameters or {},
            next=next,
            queue=queue,
            definition=definition,
            wait=wait,
            on_failure=on_failure,
            queue_seconds=queue_seconds,
            size=size,
            nodes=nodes,
            share=share,
            depends_on=depends_on or {},
            environment=environment or {},
        )
        steps = Steps(self.deployment)
        step = steps.step(job, asked)
        waiting = steps.waiting(job, wait)
        if waiting == "submit":
            return {GROUP: step.submit()}
        if waiting == "sync":
            return {GROUP: step.sync()}
        functions = (self._function("submit-job"), self._function("job-status"))
        return {GROUP: step.poll(*functions, self.deployment.poll_seconds)}

    def poll_task(self, job: str, **arguments: Any) -> State:  # noqa: ANN401
        """Run a job by polling, whatever the manifest's `wait` says; arguments as for `batch_task`."""
        return self.batch_task(job, wait="poll", **arguments)
