"""Why something failed, as a sentence: AWS puts whole JSON documents into an execution's cause."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from batchyard.runs.containers import culprit_of
from batchyard.runs.members import members_of

_LONGEST = 400  # characters of a cause that is none of the known documents


def sentence(error: str, cause: str) -> str:
    """Return an error and its cause in one line; empty when there is neither.

    Args:
        error: the error's name, such as `States.TaskFailed`.
        cause: a text, the detail of a Batch job (what `batch:submitJob.sync` gives), or a Lambda function's
            error document.
    """
    return _joined((error, _in_words(cause, error)), ": ")


def _in_words(cause: str, error: str) -> str:
    document = parsed(cause)
    if isinstance(document.get("JobId"), str):
        return _job(document)
    if isinstance(document.get("errorMessage"), str):
        kind = document.get("errorType")
        return _joined((None if kind == error else kind, document["errorMessage"]), ": ")
    return one_line(cause) if document or len(cause) > _LONGEST else cause


def one_line(text: str) -> str:
    """Return a text in one line, cut where it is too long for one."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _job(detail: Mapping[str, Any]) -> str:
    """Return what matters of a job's detail, in the casing of Step Functions."""
    job = _as_described(detail)
    container, members = culprit_of(job, job), members_of(job)
    code, stream = container.get("exitCode"), container.get("logStreamName")
    reasons = (
        job.get("statusReason"),
        members.sentence() if members and members.statuses else None,
        f"container {container['name']}" if container.get("name") else None,
        None if code is None else f"exit code {code}",
        container.get("reason"),
        f"log stream {stream}" if stream else None,
    )
    name = f"job {job['jobName']} ({job['jobId']})" if "jobName" in job else f"job {job['jobId']}"
    return f"{name} failed: {_joined(reasons, '; ') or 'AWS Batch gives no reason'}"


def _as_described(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a document in the casing of the Batch API; names all in capitals are statuses and stay."""
    if isinstance(value, dict):
        return {
            key if key.isupper() else key[:1].lower() + key[1:]: _as_described(item)
            for key, item in value.items()
            if item is not None
        }
    return [_as_described(item) for item in value] if isinstance(value, list) else value


def parsed(text: str | None) -> Mapping[str, Any]:
    """Return the JSON object in a text; an empty one where it holds none."""
    try:
        document = json.loads(text or "null")
    except json.JSONDecodeError:  # words
        return {}
    return document if isinstance(document, dict) else {}


def _joined(parts: Iterable[str | None], between: str) -> str:
    return between.join(dict.fromkeys(part for part in parts if part))
