"""Pieces that Task states share: where they go on, what they retry, and how a failure is told."""

from __future__ import annotations

from typing import Any

from batchyard.render.jsonata import expression, literal, merged

State = dict[str, Any]

# In a group of states, `@` is the name that the template gives the group; see `expand`.
SELF = "@"
FAILED = f"{SELF}Failed"

# SubmitJob takes 50 requests per second and account; full jitter spreads many executions' retries.
BATCH_RETRY: list[State] = [
    {
        "ErrorEquals": ["Batch.AWSBatchException", "Batch.ServerException", "Batch.TooManyRequestsException"],
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": 6,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    }
]
_JITTERED: State = {
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxAttempts": 6,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}
# https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html, transient Lambda exceptions
LAMBDA_RETRY: list[State] = [
    {
        "ErrorEquals": [
            "Lambda.AWSLambdaException",
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.SdkClientException",
            "Lambda.ServiceException",
            "Lambda.TooManyRequestsException",
            "TemporaryError",
        ],
        **_JITTERED,
    }
]
# Only where nothing was done: a function that submits a job would submit a second one.
UNDONE_RETRY: list[State] = [
    {"ErrorEquals": ["Lambda.TooManyRequestsException", "TemporaryError"], **_JITTERED}
]
PUBLISH_RETRY: list[State] = [
    {"ErrorEquals": ["SNS.AmazonSNSException", "SNS.ThrottledException"], **_JITTERED}
]


def onward(following: str | None) -> State:
    """Return the field that leads to the next state, or that ends the machine or branch."""
    return {"Next": following} if following else {"End": True}


def catch(job: str, target: str | None) -> State:
    """Return the Catch of a task, which takes every error to the failure path.

    The failure path receives the state's input with `error: {job, name, jobId?, reason}`.

    Args:
        job: what the task works for.
        target: a state's name; None for no Catch.
    """
    if target is None:
        return {}
    return {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": target, "Output": expression(_caught(job))}]}


def _caught(job: str) -> str:
    """Return the expression that reads a caught error.

    The cause is a job's or a function's JSON; words, where a service refused; or JSON that was cut off.
    """
    detail = "$substring($cause, 0, 1) = '{' and $substring($cause, -1) = '}' ? $parse($cause) : {}"
    of_job = reason("$detail.StatusReason", "$detail.Container.ExitCode", "$detail.Container.Reason")
    error = (
        f"{{'job': {literal(job)}, 'name': $states.errorOutput.Error, 'jobId': $detail.JobId, 'reason': "
        f"$exists($detail.StatusReason) ? {of_job} : "
        "$exists($detail.errorMessage) ? $detail.errorType & ': ' & $detail.errorMessage : "
        "$states.errorOutput.Error & ': ' & $substring($cause, 0, 2000)}"
    )
    changed = merged(f"{{'error': {error}}}")
    return f"($cause := $string($states.errorOutput.Cause); $detail := {detail}; {changed})"


def reason(status_reason: str, exit_code: str, container_reason: str) -> str:
    """Return an expression for the one sentence that says why a job failed.

    Args:
        status_reason, exit_code, container_reason: expressions; the last two may give nothing.
    """
    return (
        f"$string({status_reason}) & ($exists({exit_code}) ? '; exit code ' & $string({exit_code}) : '')"
        f" & ($exists({container_reason}) ? '; ' & {container_reason} : '')"
    )


def failure() -> State:
    """Return the state in which a failed job's path ends: error `JobFailed`, one sentence as its cause."""
    error = "$states.input.error"
    which = f"($exists({error}.jobId) ? 'job ' & {error}.jobId & ' failed: ' : '')"
    cause = f"{error}.job & ': ' & {which} & {error}.reason"
    return {"Type": "Fail", "Error": "JobFailed", "Cause": expression(cause)}
