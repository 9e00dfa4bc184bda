"""Pieces that Task states share: where they go on, what they retry, and how a failure is told."""

from __future__ import annotations

from typing import Any

from batchyard.render.jsonata import expression, literal, merged, without

State = dict[str, Any]

# In a group of states, `@` is the name that the template gives the group; see `expand`.
SELF = "@"
FAILED = f"{SELF}Failed"

_JITTERED: State = {
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxAttempts": 6,
    "MaxDelaySeconds": 60,
    "JitterStrategy": "FULL",
}
# SubmitJob takes 50 requests per second and account; full jitter spreads many executions' retries.
BATCH_RETRY: list[State] = [
    {
        "ErrorEquals": ["Batch.AWSBatchException", "Batch.ServerException", "Batch.TooManyRequestsException"],
        **_JITTERED,
    }
]
# The same as an `aws-sdk:` integration names them: errors that the SDK has no class for are BatchException.
SDK_BATCH_RETRY: list[State] = [
    {
        "ErrorEquals": ["Batch.BatchException", "Batch.SdkClientException", "Batch.ServerException"],
        **_JITTERED,
    }
]
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


def catch(job: str, target: str | None, *, reclaimed: str | None = None) -> State:
    """Return the Catch of a task, which takes every error to the failure path.

    The failure path receives the state's input with `error: {job, name, jobId?, reason}`.

    Args:
        job: what the task works for.
        target: a state's name; None for no Catch.
        reclaimed: the state that a failed job goes to first, with `error.spotReclaimed`; None for none.
    """
    rules = []
    if reclaimed is not None:
        told = {"Output": expression(_caught(job, told=_LAST_FAILURE))}
        rules.append({"ErrorEquals": ["States.TaskFailed"], "Next": reclaimed, **told})
    if target is not None:
        rules.append({"ErrorEquals": ["States.ALL"], "Next": target, "Output": expression(_caught(job))})
    return {"Catch": rules} if rules else {}


# Where a job's detail says how its last attempt ended: the attempt's words, or the job's. A cause that was
# cut off begins with the attempts, for AWS writes members in alphabetical order.
_LAST_FAILURE = (
    "$detail.Attempts[-1].StatusReason",
    "$detail.StatusReason",
    '$match($cause, /"StatusReason":"([^"]*)/)[-1].groups[0]',
)


def spot_reclaimed(*reasons: str) -> str:
    """Return an expression that says whether a job's last failure was that its Spot capacity was taken.

    EC2 and Fargate word it differently: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html,
    https://docs.aws.amazon.com/batch/latest/userguide/fargate.html.

    Args:
        reasons: expressions for the status reason of the last attempt, of the job and so on; the first that
            gives something decides.
    """
    words = "".join(f"$exists({each}) ? {each} : " for each in reasons)
    return f"$contains({words}'', /^(Host EC2|Your Spot Task was interrupted)/)"


def _caught(job: str, told: tuple[str, ...] = ()) -> str:
    """Return the expression that reads a caught error.

    The cause is a job's or a function's JSON; words, where a service refused; or JSON that was cut off.
    """
    detail = "$substring($cause, 0, 1) = '{' and $substring($cause, -1) = '}' ? $parse($cause) : {}"
    of_job = reason("$detail.StatusReason", "$detail.Container.ExitCode", "$detail.Container.Reason")
    more = f"'spotReclaimed': {spot_reclaimed(*told)}, " if told else ""
    error = (
        f"{{{more}'job': {literal(job)}, 'name': $states.errorOutput.Error, 'jobId': $detail.JobId, "
        f"'reason': $exists($detail.StatusReason) ? {of_job} : "
        "$exists($detail.errorMessage) ? $detail.errorType & ': ' & $detail.errorMessage : "
        "$states.errorOutput.Error & ': ' & $substring($cause, 0, 2000)}"
    )
    changed = merged(f"{{'error': {error}}}")
    return f"($cause := $string($states.errorOutput.Cause); $detail := {detail}; {changed})"


def reason(status_reason: str, exit_code: str, container_reason: str, container: str = "") -> str:
    """Return an expression for the one sentence that says why a job failed.

    Args:
        status_reason, exit_code, container_reason: expressions; the last two may give nothing.
        container: an expression for the name of the container that failed, which may give nothing; empty for
            jobs with one.
    """
    whose = f" & ($exists({container}) ? ' of container ' & {container} : '')" if container else ""
    told = f"'; exit code ' & $string({exit_code}){whose}"
    return (
        f"$string({status_reason}) & ($exists({exit_code}) ? {told} : '')"
        f" & ($exists({container_reason}) ? '; ' & {container_reason} : '')"
    )


def on_spot_reclaim(again: str, failed: str) -> State:
    """Return the Choice after a failed job: its Spot capacity was taken, or it failed by itself.

    Args:
        again: the state that submits it to the on-demand queue; it gets the input without `error`.
        failed: the state that takes the failure path.
    """
    rule = {
        "Condition": expression("$states.input.error.spotReclaimed = true"),
        "Output": expression(without("error")),
        "Next": again,
    }
    return {"Type": "Choice", "Choices": [rule], "Default": failed}


def failure() -> State:
    """Return the state in which a failed job's path ends: error `JobFailed`, one sentence as its cause."""
    error = "$states.input.error"
    which = f"($exists({error}.jobId) ? 'job ' & {error}.jobId & ' failed: ' : '')"
    cause = f"{error}.job & ': ' & {which} & {error}.reason"
    return {"Type": "Fail", "Error": "JobFailed", "Cause": expression(cause)}
