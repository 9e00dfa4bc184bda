"""Retry strategies of AWS Batch, which retries what no rule matches: so the last rule exits on everything."""

from __future__ import annotations

from typing import Any

from batchyard.manifest import Job
from batchyard.manifest.jobs import Retry

# How an end is worded whose capacity was taken back.
# EC2: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html and
# https://aws.amazon.com/blogs/compute/introducing-retry-strategies-for-aws-batch/
# Fargate: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
RECLAIMED = {"ec2": "Host EC2*", "fargate": "Your Spot Task was interrupted*", "eks": "Host EC2*"}
# Names of failed pulls, which all start so: CannotPullContainerError, CannotPullContainerAuthError,
# CannotPullECRContainerError and CannotPullImageManifestError
# (https://github.com/aws/amazon-ecs-agent/blob/master/agent/dockerclient/dockerapi/errors.go).
PULL_FAILED = "CannotPull*"
# Exit codes of the jobs' contract: transfer failed, temporary failure (sysexits.h EX_IOERR, EX_TEMPFAIL).
_RETRIED_EXITS = ("74", "75")
_KEYS = {"on_status_reason": "onStatusReason", "on_reason": "onReason", "on_exit_code": "onExitCode"}


def strategy(job: Job) -> dict[str, Any]:
    """Return the retryStrategy of a job definition.

    Args:
        job: the manifest's job; its platform decides how an interruption is worded.
    """
    if isinstance(job.retry, Retry):
        return _own(job.retry)
    rules = [] if job.retry == "none" else _preset(RECLAIMED[job.runs_on])
    return {"attempts": job.attempts, "evaluateOnExit": rules}


def _preset(reclaimed: str) -> list[dict[str, str]]:
    return [
        {"onStatusReason": reclaimed, "action": "RETRY"},
        {"onReason": PULL_FAILED, "action": "RETRY"},
        *({"onExitCode": code, "action": "RETRY"} for code in _RETRIED_EXITS),
        {"onReason": "*", "action": "EXIT"},
    ]


def _own(retry: Retry) -> dict[str, Any]:
    rules = [
        {**{_KEYS[key]: value for key, value in rule.conditions.items()}, "action": rule.action}
        for rule in retry.rules
    ]
    return {"attempts": retry.attempts, "evaluateOnExit": rules}
