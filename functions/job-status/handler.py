"""Lambda entry point: says how a Batch job stands."""

from __future__ import annotations

from typing import Any

from report import job_id, status

from shared.clients import batch, translated
from shared.logs import log


def handler(event: Any, context: object) -> dict[str, Any]:  # noqa: ANN401, ARG001 - Lambda passes any JSON
    """Describe the job that the event names.

    Args:
        event: `{jobId}`; other keys are left alone.
        context: Lambda's own.

    Returns:
        see `report.status`.

    Raises:
        InvalidInputError: the event names no job.
        JobNotFoundError: AWS Batch knows no such job.
        RejectedError: AWS Batch refused the request.
        TemporaryError: AWS Batch throttled the request.
    """
    wanted = job_id(event)
    with translated():
        answer = batch().describe_jobs(jobs=[wanted])
    found = status(wanted, answer["jobs"])
    log("INFO", "described", jobId=wanted, status=found["status"])
    return found
