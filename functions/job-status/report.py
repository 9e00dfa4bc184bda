"""What is worth knowing of a Batch job, small enough to travel through a state machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.errors import InvalidInputError, JobNotFoundError

_COPIED = ("jobName", "status", "statusReason", "startedAt", "stoppedAt")
_FROM_CONTAINER = ("exitCode", "reason", "logStreamName")
_MANY = ("arrayProperties", "nodeProperties")


def job_id(event: Any) -> str:  # noqa: ANN401 - Lambda passes any JSON
    """Return the id that the event names.

    Raises:
        InvalidInputError: it names none.
    """
    wanted = event.get("jobId") if isinstance(event, dict) else None
    if not isinstance(wanted, str) or not wanted:
        raise InvalidInputError("jobId is missing or no text")
    return wanted


def status(wanted: str, jobs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the short description of a job.

    Args:
        wanted: the job's id.
        jobs: what DescribeJobs answered.

    Returns:
        jobId, jobName, status and attempts; where known also statusReason, startedAt and stoppedAt (epoch
        milliseconds), attemptReason (the last attempt's status reason), the exitCode, reason and
        logStreamName of the container that decided, with its name as container if the job has several,
        children (an array's, by status) and nodes.

    Raises:
        JobNotFoundError: the answer holds no such job.
    """
    job = next((job for job in jobs if job["jobId"] == wanted), None)
    if job is None:
        raise JobNotFoundError(
            f"AWS Batch knows no job {wanted}; ended jobs are forgotten after about seven days"
        )
    attempts = job.get("attempts") or []
    last: Mapping[str, Any] = attempts[-1] if attempts else {}
    told = _decided(job) or _decided(last)
    detail = {key: told[key] for key in (*_FROM_CONTAINER, "container") if key in told}
    short = {key: job[key] for key in _COPIED if key in job}
    reason = {"attemptReason": last["statusReason"]} if last.get("statusReason") else {}
    return {"jobId": wanted, **short, **reason, **detail, **_members(job), "attempts": len(attempts)}


def _decided(owner: Mapping[str, Any]) -> dict[str, Any]:
    """Return the container that a job or an attempt ended with: the one that failed, if one did.

    Container jobs have one, multi-container jobs several, pods several, and a job with nodes none of its own.
    """
    several = [dict(each) for each in _containers(owner)]
    if not several:
        return dict(owner.get("container") or {})
    failed = [each for each in several if each.get("exitCode") or each.get("reason")]
    ranked = sorted(failed, key=lambda each: each.get("essential") is False) or several
    found = ranked[0]
    return {**found, **({"container": found["name"]} if "name" in found else {})}


def _containers(owner: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    # A job has its tasks in ecsProperties, an attempt has them itself.
    for task in (owner.get("ecsProperties") or owner).get("taskProperties") or ():
        yield from task.get("containers") or ()
    pod = (owner.get("eksProperties") or {}).get("podProperties") or {}
    yield from pod.get("containers") or ()
    yield from pod.get("initContainers") or ()


def _members(job: Mapping[str, Any]) -> dict[str, Any]:
    array, nodes = (job.get(key) or {} for key in _MANY)
    children = {name: count for name, count in (array.get("statusSummary") or {}).items() if count}
    return {
        **({"children": children} if children else {}),
        **({"nodes": nodes["numNodes"]} if "numNodes" in nodes else {}),
    }
