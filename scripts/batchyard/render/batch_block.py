"""A Batch job as a step: Step Functions waits for it, two functions poll for it, or nothing waits."""

from __future__ import annotations

from dataclasses import dataclass

from batchyard.render.jsonata import expression, merged, step
from batchyard.render.overrides import PLAIN, member
from batchyard.render.polling import FUNCTION_SECONDS, Polling, on_demand_mark
from batchyard.render.submission import Submission
from batchyard.render.transitions import (
    BATCH_RETRY,
    FAILED,
    SDK_BATCH_RETRY,
    SELF,
    State,
    catch,
    failure,
    on_spot_reclaim,
    onward,
)

ON_DEMAND = f"{SELF}.OnDemand"
_IS_RECLAIMED = f"{SELF}.IsSpotReclaimed"


@dataclass(frozen=True)
class OnDemand:
    """Where a job goes once more, with one attempt, if its last failure was that its Spot capacity was taken.

    Args:
        queue: the ARN of the on-demand queue.
        timeout: seconds that the second job may take, in the queue and in its attempt.
    """

    queue: str
    timeout: int | str


@dataclass(frozen=True)
class BatchStep:
    """One job as a step of a state machine.

    Args:
        submission: what is submitted.
        timeout: seconds that it may take, in the queue and in all attempts; a number or an expression.
        following: the next state; None ends the machine or branch.
        on_failure: the state that takes the failure path; None lets the task itself fail.
        partition: of ARNs.
        on_demand: of jobs that retry so; None for all others.
    """

    submission: Submission
    timeout: int | str
    following: str | None
    on_failure: str | None
    partition: str
    on_demand: OnDemand | None = None

    def sync(self) -> dict[str, State]:
        """Return the step as `batch:submitJob.sync`, with its failure path."""
        if self.on_demand is None:
            task = self._waiting(self.submission, self.timeout, catch(self._job, self.on_failure))
            return {SELF: task, **self._failure_path(self.on_failure)}
        # Whether a failed job may run again is a question to its cause, which only a Catch can read: so its
        # other failures need a state to fail in (docs/decisions/0005-retry-and-failure.md).
        failed = self.on_failure or FAILED
        caught = catch(self._job, self.on_failure, reclaimed=_IS_RECLAIMED)
        return {
            SELF: self._waiting(self.submission, self.timeout, caught),
            _IS_RECLAIMED: on_spot_reclaim(ON_DEMAND, failed),
            ON_DEMAND: self._waiting(
                self._second(self.on_demand),
                self.on_demand.timeout,
                catch(self._job, self.on_failure),
                again=True,
            ),
            **self._failure_path(failed),
        }

    def poll(self, submit: str, status: str, seconds: int) -> dict[str, State]:
        """Return the step as a loop: SubmitJob, GetJobStatus, Choice, Wait, and at the end GetFinalJobStatus.

        Args:
            submit: ARN of the function submit-job.
            status: ARN of the function job-status.
            seconds: the least pause between two looks.
        """
        # Polling sees a failed job as a status, so it needs a state to fail in.
        failed = self.on_failure or FAILED

        def loop(name: str, of: Submission, timeout: int | str, on_demand: str | None) -> dict[str, State]:
            return Polling(
                name=name,
                submission=of,
                timeout=timeout,
                following=self.following,
                failed=failed,
                on_demand=on_demand,
                again=name == ON_DEMAND,
                functions=(submit, status),
                seconds=seconds,
                partition=self.partition,
            ).states()

        second: dict[str, State] = {}
        if self.on_demand is not None:
            second = loop(ON_DEMAND, self._second(self.on_demand), self.on_demand.timeout, None)
        first = loop(SELF, self.submission, self.timeout, ON_DEMAND if second else None)
        return {**first, **second, **self._failure_path(failed)}

    def submit(self) -> dict[str, State]:
        """Return the step as a SubmitJob that nothing waits for; it leaves `steps.<job>.jobId`."""
        # The optimized integration is documented with ContainerOverrides alone, the SDK's takes every member:
        # https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
        plain = member(self.submission.overrides.kind) == PLAIN
        task = {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::{'' if plain else 'aws-sdk:'}batch:submitJob",
            "Arguments": self.submission.pascal(),
            "TimeoutSeconds": FUNCTION_SECONDS,
            "Retry": BATCH_RETRY if plain else SDK_BATCH_RETRY,
            **catch(self._job, self.on_failure),
            "Output": expression(merged(step(self._job, "{'jobId': $states.result.JobId}"))),
            **onward(self.following),
        }
        return {SELF: task, **self._failure_path(self.on_failure)}

    @property
    def _job(self) -> str:
        return self.submission.job

    def _second(self, on_demand: OnDemand) -> Submission:
        return self.submission.sent_to(on_demand.queue, attempts=1)

    def _waiting(
        self, submission: Submission, timeout: int | str, caught: State, *, again: bool = False
    ) -> State:
        mark = on_demand_mark(again)
        done = step(self._job, f"{{'jobId': $states.result.JobId, 'status': $states.result.Status{mark}}}")
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::batch:submitJob.sync",
            "Arguments": submission.pascal(),
            "TimeoutSeconds": timeout if isinstance(timeout, int) else expression(timeout),
            "Retry": BATCH_RETRY,
            **caught,
            "Output": expression(merged(done)),
            **onward(self.following),
        }

    @staticmethod
    def _failure_path(target: str | None) -> dict[str, State]:
        """Return the Fail state that a step brings along, if its failures go there."""
        return {FAILED: failure()} if target == FAILED else {}
