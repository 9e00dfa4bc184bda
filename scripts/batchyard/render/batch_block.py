"""A Batch job as a step: waited for by Step Functions itself, or polled for by two functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from batchyard.render.jsonata import expression, literal, merged, path, step, with_default
from batchyard.render.transitions import (
    BATCH_RETRY,
    FAILED,
    LAMBDA_RETRY,
    SELF,
    UNDONE_RETRY,
    State,
    catch,
    failure,
    onward,
    reason,
)

_POLL = f"{SELF}.GetJobStatus"
_FINAL = f"{SELF}.GetFinalJobStatus"
# Of a polling pause: the share of the time waited so far, and the most seconds. They bound what a job of days
# adds to the execution's history (25,000 events), at a delay of at most 5 % of its run time.
_PAUSE_SHARE, _MOST_PAUSE = 20, 300
_FUNCTION_SECONDS = 120


@dataclass(frozen=True)
class BatchStep:
    """One job as a step of a state machine.

    Args:
        job: the job's key.
        queues: ARN by key of every queue that a run may choose.
        queue: the ARN of the queue it goes to by default.
        definition: the ARN of the job definition, without a revision.
        parameters: expressions by parameter name, each giving a text.
        timeout_seconds: how long the step may take, in the queue and in all attempts.
        following: the next state; None ends the machine or branch.
        on_failure: the state that takes the failure path; None lets the task itself fail.
        partition: of ARNs.
    """

    job: str
    queues: dict[str, str]
    queue: str
    definition: str
    parameters: dict[str, str]
    timeout_seconds: int
    following: str | None
    on_failure: str | None
    partition: str

    def sync(self) -> dict[str, State]:
        """Return the step as `batch:submitJob.sync`, with its failure path."""
        overrides = self._overrides("ResourceRequirements", "Type", "Value")
        done = step(self.job, "{'jobId': $states.result.JobId, 'status': $states.result.Status}")
        task = {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::batch:submitJob.sync",
            "Arguments": {
                "JobName": self._name(),
                "JobQueue": self._queue(),
                "JobDefinition": self._definition(),
                "Parameters": self._parameters(),
                "ContainerOverrides": overrides,
            },
            "TimeoutSeconds": self.timeout_seconds,
            "Retry": BATCH_RETRY,
            **catch(self.job, self.on_failure),
            "Output": expression(merged(done)),
            **onward(self.following),
        }
        return {SELF: task, **_failure_path(self.on_failure)}

    def poll(self, submit: str, status: str, seconds: int) -> dict[str, State]:
        """Return the step as a loop: SubmitJob, GetJobStatus, Choice, Wait, and at the end GetFinalJobStatus.

        Args:
            submit: ARN of the function submit-job.
            status: ARN of the function job-status.
            seconds: the least pause between two looks.
        """
        ask = {"jobId": expression(f"{path('steps', self.job)}.jobId")}
        return {
            SELF: self._submit(submit),
            _POLL: self._call(
                status,
                ask,
                LAMBDA_RETRY,
                self._seen("'status': $states.result.Payload.status"),
                f"{SELF}.IsJobDone",
            ),
            f"{SELF}.IsJobDone": self._is_done(),
            f"{SELF}.Wait": {"Type": "Wait", "Seconds": expression(self._pause(seconds)), "Next": _POLL},
            _FINAL: self._call(status, ask, LAMBDA_RETRY, self._ended(), f"{SELF}.IsJobSucceeded"),
            **self._after(),
            **_failure_path(self._failed),
        }

    def _submit(self, function: str) -> State:
        payload = {
            "jobName": self._name(),
            "jobQueue": self._queue(),
            "jobDefinition": self._definition(),
            "parameters": self._parameters(),
            "containerOverrides": self._overrides("resourceRequirements", "type", "value"),
        }
        record = step(self.job, "{'jobId': $states.result.Payload.jobId, 'submittedAt': $millis()}")
        return self._call(function, payload, UNDONE_RETRY, merged(record), _POLL)

    def _call(self, function: str, payload: State, retry: list[State], output: str, following: str) -> State:
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::lambda:invoke",
            "Arguments": {"FunctionName": function, "Payload": payload},
            "TimeoutSeconds": _FUNCTION_SECONDS,
            "Retry": retry,
            **catch(self.job, self._failed),
            "Output": expression(output),
            "Next": following,
        }

    def _seen(self, field: str) -> str:
        return merged(step(self.job, f"$merge([{path('steps', self.job)}, {{{field}}}])"))

    def _ended(self) -> str:
        """Return what the last look leaves: the same record as `sync`, and the error if the job failed."""
        found = "$states.result.Payload"
        why = reason(f"{found}.statusReason", f"{found}.exitCode", f"{found}.reason")
        error = self._error("States.TaskFailed", f"{found}.jobId", why)
        record = step(self.job, f"{{'jobId': {found}.jobId, 'status': {found}.status}}")
        outcome = f"{found}.status = 'SUCCEEDED' ? {{}} : {{'error': {error}}}"
        return f"$merge([$states.input, {record}, {outcome}])"

    def _error(self, name: str, job_id: str, why: str) -> str:
        return f"{{'job': {literal(self.job)}, 'name': {literal(name)}, 'jobId': {job_id}, 'reason': {why}}}"

    def _is_done(self) -> State:
        record = path("steps", self.job)
        late = f"$millis() - {record}.submittedAt > {self.timeout_seconds * 1000}"
        why = literal(f"not done after {self.timeout_seconds} seconds; it may still be running")
        error = f"{{'error': {self._error('States.Timeout', f'{record}.jobId', why)}}}"
        return {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression(f"{record}.status in ['SUCCEEDED', 'FAILED']"), "Next": _FINAL},
                {"Condition": expression(late), "Output": expression(merged(error)), "Next": self._failed},
            ],
            "Default": f"{SELF}.Wait",
        }

    def _pause(self, seconds: int) -> str:
        share = f"$floor(($millis() - {path('steps', self.job)}.submittedAt) / {_PAUSE_SHARE * 1000})"
        return f"$max([{seconds}, $min([{max(seconds, _MOST_PAUSE)}, {share}])])"

    def _after(self) -> dict[str, State]:
        done = self.following or f"{SELF}.Done"
        choice = {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression(f"{path('steps', self.job)}.status = 'SUCCEEDED'"), "Next": done}
            ],
            "Default": self._failed,
        }
        ending: dict[str, State] = {} if self.following else {done: {"Type": "Succeed"}}
        return {f"{SELF}.IsJobSucceeded": choice, **ending}

    @property
    def _failed(self) -> str:
        # Polling sees a failed job as a status, so it needs a state to fail in.
        return self.on_failure or FAILED

    def _name(self) -> str:
        # The state and the execution in one name: by it, the jobs of a run are found.
        return expression(f"'{SELF}-' & $replace($states.context.Execution.Name, /[^A-Za-z0-9_-]/, '-')")

    def _queue(self) -> str:
        asked = path(self.job, "jobQueue")
        known = ", ".join(f"{literal(key)}: {literal(arn)}" for key, arn in sorted(self.queues.items()))
        chosen = f"($known := $lookup({{{known}}}, {asked}); $exists($known) ? $known : {asked})"
        return expression(f"$exists({asked}) ? {chosen} : {literal(self.queue)}")

    def _definition(self) -> str:
        return expression(with_default(path(self.job, "jobDefinition"), self.definition))

    def _parameters(self) -> dict[str, Any]:
        return {name: expression(code) for name, code in sorted(self.parameters.items())}

    def _overrides(self, *names: str) -> str:
        requirements, kind, value = names
        asked = path(self.job, "memory")
        entry = f"{{'{kind}': 'MEMORY', '{value}': $string({asked})}}"
        return expression(f"$exists({asked}) ? {{'{requirements}': [{entry}]}} : {{}}")


def _failure_path(target: str | None) -> dict[str, State]:
    """Return the Fail state that a step brings along, if its failures go there."""
    return {FAILED: failure()} if target == FAILED else {}
