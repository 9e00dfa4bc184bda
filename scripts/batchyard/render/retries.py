"""Retry strategies of AWS Batch, which retries what no rule matches: so the last rule matches everything."""

from __future__ import annotations

from typing import Any

from batchyard.errors import ManifestError
from batchyard.manifest.workflow import Job, Retry

# How Batch words the end of a job whose Spot capacity was taken (AWS Batch user guide, "Job retries").
_INTERRUPTED = {"FARGATE_SPOT": "Your Spot Task was interrupted*"}
# Exit codes of the jobs' contract: transfer failed, temporary failure (sysexits.h EX_IOERR, EX_TEMPFAIL).
_RETRIED_EXITS = ("74", "75")


def strategy(job: Job, compute_type: str, where: str) -> dict[str, Any]:
    """Return the retryStrategy of a job definition.

    Args:
        job: the manifest's job.
        compute_type: EC2, SPOT, FARGATE or FARGATE_SPOT, which decides how an interruption is worded.
        where: the manifest's key, for messages.

    Raises:
        ManifestError: rules of the job's own do not end with one that matches everything.
    """
    if job.retry == "none":
        return {"attempts": 1, "evaluateOnExit": []}
    if job.retry == "spot":
        return {"attempts": 3, "evaluateOnExit": _spot_rules(compute_type)}
    return _own(job.retry, where)


def _spot_rules(compute_type: str) -> list[dict[str, str]]:
    return [
        {"onStatusReason": _INTERRUPTED.get(compute_type, "Host EC2*"), "action": "RETRY"},
        {"onReason": "CannotPullContainerError*", "action": "RETRY"},
        *({"onExitCode": code, "action": "RETRY"} for code in _RETRIED_EXITS),
        {"onReason": "*", "action": "EXIT"},
    ]


def _own(retry: Retry, where: str) -> dict[str, Any]:
    keys = {"on_status_reason": "onStatusReason", "on_reason": "onReason", "on_exit_code": "onExitCode"}
    rules = [
        {
            **{
                keys[key]: value
                for key, value in rule.model_dump(exclude={"action"}, exclude_none=True).items()
            }
        }
        | {"action": rule.action}
        for rule in retry.rules
    ]
    if rules and rules[-1] not in ({"onReason": "*", "action": "EXIT"}, {"onReason": "*", "action": "RETRY"}):
        what = "what no rule matches is retried"
        fix = 'end the rules with {on_reason: "*", action: EXIT} or RETRY'
        raise ManifestError(what, where=f"{where}.retry.rules", fix=fix)
    return {"attempts": retry.attempts, "evaluateOnExit": rules}
