"""What is worth knowing of a Batch job, small enough to travel through a state machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import InvalidInputError, JobNotFoundError

_COPIED = ("jobName", "status", "statusReason", "startedAt", "stoppedAt")
_FROM_CONTAINER = ("exitCode", "reason", "logStreamName")


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
        milliseconds), exitCode, reason and logStreamName.

    Raises:
        JobNotFoundError: the answer holds no such job.
    """
    job = next((job for job in jobs if job["jobId"] == wanted), None)
    if job is None:
        raise JobNotFoundError(
            f"AWS Batch knows no job {wanted}; ended jobs are forgotten after about seven days"
        )
    container = job.get("container", {})
    short = {key: job[key] for key in _COPIED if key in job}
    detail = {key: container[key] for key in _FROM_CONTAINER if key in container}
    return {"jobId": wanted, **short, **detail, "attempts": len(job.get("attempts", []))}
