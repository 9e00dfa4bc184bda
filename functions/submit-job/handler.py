"""Lambda entry point: submits a Batch job and returns the event plus `jobId`."""

from __future__ import annotations

from typing import Any

from submission import request

from shared.clients import batch, translated
from shared.logs import log


def handler(event: Any, context: object) -> dict[str, Any]:  # noqa: ANN401, ARG001 - Lambda passes any JSON
    """Submit the job that the event describes.

    SubmitJob takes no idempotency token: if this function is called twice with one event, two jobs run. The
    state machine therefore retries it only where AWS says that nothing was submitted.

    Args:
        event: see `submission.request`.
        context: Lambda's own.

    Returns:
        the event plus `jobId`.

    Raises:
        InvalidInputError: the event is wrong; the message names every fault.
        RejectedError: AWS Batch refused the job.
        TemporaryError: AWS Batch throttled the request; no job was submitted.
    """
    arguments = request(event)
    with translated():
        answer = batch().submit_job(**arguments)
    log(
        "INFO",
        "submitted",
        jobId=answer["jobId"],
        jobName=arguments["jobName"],
        jobQueue=arguments["jobQueue"],
    )
    return {**event, "jobId": answer["jobId"]}
