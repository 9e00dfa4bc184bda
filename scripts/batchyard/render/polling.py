"""A Batch job that two functions submit and look after: SubmitJob, GetJobStatus, Choice, Wait."""

from __future__ import annotations

from dataclasses import dataclass

from batchyard.render.jsonata import expression, literal, merged, path, step
from batchyard.render.overrides import PLAIN, member
from batchyard.render.submission import Submission
from batchyard.render.transitions import (
    LAMBDA_RETRY,
    SELF,
    UNDONE_RETRY,
    State,
    catch,
    on_spot_reclaim,
    reason,
    spot_reclaimed,
)

# Of a polling pause: the share of the time waited so far, and the most seconds. They bound what a job of days
# adds to the execution's history (25,000 events), at a delay of at most 5 % of its run time.
_PAUSE_SHARE, _MOST_PAUSE = 20, 300
FUNCTION_SECONDS = 120
_COUNTED = "lint: ignore BY203 the time limit counts the array's children, whose number the run gives"


@dataclass(frozen=True)
class Polling:
    """The states of one submission that is polled for.

    Args:
        name: the state that submits; the others are named after it.
        submission: what is submitted.
        timeout: seconds that it may take, a number or an expression.
        following: the next state; None ends the machine or branch.
        failed: the state that takes the failure path.
        on_demand: the state that submits the job again if its Spot capacity was taken; None for none.
        again: whether this is that second submission.
        functions: ARNs of submit-job and job-status.
        seconds: the least pause between two looks.
        partition: of ARNs.
    """

    name: str
    submission: Submission
    timeout: int | str
    following: str | None
    failed: str
    on_demand: str | None
    again: bool
    functions: tuple[str, str]
    seconds: int
    partition: str

    def states(self) -> dict[str, State]:
        """Return the loop, by state."""
        look, final = f"{self.name}.GetJobStatus", f"{self.name}.GetFinalJobStatus"
        ask = {"jobId": expression(f"{self._record}.jobId")}
        seen = self._seen("'status': $states.result.Payload.status")
        status = self.functions[1]
        return {
            self.name: self._submit(look),
            look: {
                **({} if isinstance(self.timeout, int) else {"Comment": _COUNTED}),
                **self._call(status, ask, LAMBDA_RETRY, seen, f"{self.name}.IsJobDone"),
            },
            f"{self.name}.IsJobDone": self._is_done(final),
            f"{self.name}.Wait": {"Type": "Wait", "Seconds": expression(self._pause()), "Next": look},
            final: self._call(status, ask, LAMBDA_RETRY, self._ended(), f"{self.name}.IsJobSucceeded"),
            **self._after(),
        }

    @property
    def _job(self) -> str:
        return self.submission.job

    @property
    def _record(self) -> str:
        return path("steps", self._job)

    def _submit(self, look: str) -> State:
        record = step(
            self._job,
            "{'jobId': $states.result.Payload.jobId, 'submittedAt': $millis()"
            f"{on_demand_mark(self.again)}}}",
        )
        payload = self.submission.camel()
        return self._call(self.functions[0], payload, UNDONE_RETRY, merged(record), look)

    def _call(self, function: str, payload: State, retry: list[State], output: str, following: str) -> State:
        return {
            "Type": "Task",
            "Resource": f"arn:{self.partition}:states:::lambda:invoke",
            "Arguments": {"FunctionName": function, "Payload": payload},
            "TimeoutSeconds": FUNCTION_SECONDS,
            "Retry": retry,
            **catch(self._job, self.failed),
            "Output": expression(output),
            "Next": following,
        }

    def _seen(self, field: str) -> str:
        return merged(step(self._job, f"$merge([{self._record}, {{{field}}}])"))

    def _ended(self) -> str:
        """Return what the last look leaves: the same record as waiting does, and the error if it failed."""
        found = "$states.result.Payload"
        several = f"{found}.container" if member(self.submission.overrides.kind) != PLAIN else ""
        why = reason(f"{found}.statusReason", f"{found}.exitCode", f"{found}.reason", several)
        told = {"name": literal("States.TaskFailed"), "jobId": f"{found}.jobId", "reason": why}
        if self.on_demand:
            told["spotReclaimed"] = spot_reclaimed(f"{found}.attemptReason", f"{found}.statusReason")
        record = step(
            self._job,
            f"{{'jobId': {found}.jobId, 'status': {found}.status{on_demand_mark(self.again)}}}",
        )
        outcome = f"{found}.status = 'SUCCEEDED' ? {{}} : {{'error': {self._error(**told)}}}"
        return f"$merge([$states.input, {record}, {outcome}])"

    def _error(self, **told: str) -> str:
        members = ", ".join(f"'{key}': {code}" for key, code in told.items())
        return f"{{'job': {literal(self._job)}, {members}}}"

    def _is_done(self, final: str) -> State:
        limit = self.timeout * 1000 if isinstance(self.timeout, int) else f"({self.timeout}) * 1000"
        late = f"$millis() - {self._record}.submittedAt > {limit}"
        after = literal(f"not done after {self.timeout} seconds; it may still be running")
        if not isinstance(self.timeout, int):
            after = f"'not done after ' & $string({self.timeout}) & ' seconds; it may still be running'"
        told = self._error(name=literal("States.Timeout"), jobId=f"{self._record}.jobId", reason=after)
        error = f"{{'error': {told}}}"
        return {
            "Type": "Choice",
            "Choices": [
                {"Condition": expression(f"{self._record}.status in ['SUCCEEDED', 'FAILED']"), "Next": final},
                {"Condition": expression(late), "Output": expression(merged(error)), "Next": self.failed},
            ],
            "Default": f"{self.name}.Wait",
        }

    def _pause(self) -> str:
        share = f"$floor(($millis() - {self._record}.submittedAt) / {_PAUSE_SHARE * 1000})"
        return f"$max([{self.seconds}, $min([{max(self.seconds, _MOST_PAUSE)}, {share}])])"

    def _after(self) -> dict[str, State]:
        done = self.following or f"{SELF}.Done"
        choice = on_spot_reclaim(self.on_demand, self.failed) if self.on_demand else {"Choices": []}
        succeeded = {"Condition": expression(f"{self._record}.status = 'SUCCEEDED'"), "Next": done}
        found = {"Type": "Choice", "Choices": [succeeded, *choice["Choices"]], "Default": self.failed}
        ending: dict[str, State] = {} if self.following else {done: {"Type": "Succeed"}}
        return {f"{self.name}.IsJobSucceeded": found, **ending}


def on_demand_mark(again: bool) -> str:
    """Return what the record of a second submission has beside the first one's."""
    return ", 'onDemand': true" if again else ""
