"""A SubmitJob request as a state sends it: by Step Functions itself, or through the function submit-job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from batchyard.render.jsonata import expression, literal, path, with_default
from batchyard.render.overrides import Case, Overrides, number
from batchyard.render.transitions import SELF


@dataclass(frozen=True)
class Dependency:
    """What a job waits for.

    Args:
        job: the key of a job that was submitted before; None for the array's own children, in order.
        type: N_TO_N or SEQUENTIAL between arrays; empty to wait for the whole job.
    """

    job: str | None
    type: str


@dataclass(frozen=True)
class Submission:
    """One SubmitJob.

    Args:
        job: the job's key.
        queues: ARN by key of every queue that a run may choose.
        queue: the ARN of the queue it goes to by default.
        definition: the ARN of the job definition, without a revision.
        parameters: expressions by parameter name, each giving a text.
        overrides: of the definition.
        size: of an array, a number or an expression; None for one job.
        depends_on: what it waits for in its queue.
        share: an expression for the share identifier; None for a queue without a fair-share policy.
        priority: within the share, where the definition has none; Batch refuses a share without.
        attempts: instead of the definition's retry strategy; None to keep that.
    """

    job: str
    queues: Mapping[str, str]
    queue: str
    definition: str
    parameters: Mapping[str, str]
    overrides: Overrides
    size: int | str | None = None
    depends_on: Sequence[Dependency] = field(default=())
    share: str | None = None
    priority: int | None = None
    attempts: int | None = None

    def sent_to(self, queue: str, *, attempts: int) -> Submission:
        """Return the same job for one queue that a run can not change, with its own number of attempts."""
        return replace(self, queues={}, queue=queue, attempts=attempts)

    def pascal(self) -> dict[str, Any]:
        """Return the request as Step Functions' integrations take it."""
        return self._request(lambda name: name[:1].upper() + name[1:])

    def camel(self) -> dict[str, Any]:
        """Return the request as the API takes it."""
        return self._request(lambda name: name)

    def _request(self, case: Case) -> dict[str, Any]:
        fixed = {
            "jobName": self._name(),
            "jobQueue": self._queue(),
            "jobDefinition": expression(with_default(path(self.job, "jobDefinition"), self.definition)),
            "parameters": {name: expression(code) for name, code in sorted(self.parameters.items())},
        }
        return {
            **{case(name): value for name, value in fixed.items()},
            **self.overrides.request(case),
            **self._optional(case),
        }

    def _optional(self, case: Case) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.size is not None:
            found[case("arrayProperties")] = {case("size"): number(self.size)}
        if self.depends_on:
            found[case("dependsOn")] = [_waited_for(each, case) for each in self.depends_on]
        if self.share is not None:
            found[case("shareIdentifier")] = expression(f"$string({self.share})")
        if self.share is not None and self.priority is not None:
            found[case("schedulingPriorityOverride")] = self.priority
        if self.attempts is not None:
            found[case("retryStrategy")] = {case("attempts"): self.attempts}
        return found

    def _name(self) -> str:
        # The state and the execution in one name: by it, the jobs of a run are found.
        return expression(f"'{SELF}-' & $replace($states.context.Execution.Name, /[^A-Za-z0-9_-]/, '-')")

    def _queue(self) -> str:
        if not self.queues:
            return self.queue
        asked = path(self.job, "jobQueue")
        known = ", ".join(f"{literal(key)}: {literal(arn)}" for key, arn in sorted(self.queues.items()))
        chosen = f"($known := $lookup({{{known}}}, {asked}); $exists($known) ? $known : {asked})"
        return expression(f"$exists({asked}) ? {chosen} : {literal(self.queue)}")


def _waited_for(dependency: Dependency, case: Case) -> dict[str, str]:
    found: dict[str, str] = {}
    if dependency.job is not None:
        found[case("jobId")] = expression(f"{path('steps', dependency.job)}.jobId")
    if dependency.type:
        found[case("type")] = dependency.type
    return found
