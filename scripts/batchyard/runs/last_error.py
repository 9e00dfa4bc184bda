"""What the log of a failed step says last: the sentence that usually explains the failure."""

from __future__ import annotations

from collections.abc import Sequence

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.runs.causes import parsed
from batchyard.runs.containers import Stream
from batchyard.runs.logs import shown_members
from batchyard.runs.steps import Step
from batchyard.runs.streams import lines_of

_LAST = 100  # lines at the end of a log among which an error is looked for


def last_error(environment: Environment, step: Step) -> str | None:
    """Return the message of the last ERROR line that a step's last attempt wrote.

    Args:
        environment: where.
        step: whose.

    Returns:
        None when there is no such line among the last ones, or when the log can not be read: it only explains
        a failure, and must not be one.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        last = _last_streams(shown_members(environment, step, failed=True, index=None)[0])
        logs = client(environment, "logs") if last else None
        found = (_error_in(lines_of(logs, stream, _LAST)) for stream in last)
        return next((message for message in found if message), None)
    except (BotoCoreError, ClientError):
        return None


def _last_streams(step: Step) -> list[Stream]:
    """Return the last attempt's stream of the container that failed; others were only stopped with it."""
    last = [stream for stream in step.streams if stream.attempt == step.streams[-1].attempt]
    return [stream for stream in last if stream.container == step.culprit] or last


def _error_in(lines: Sequence[tuple[str, str]]) -> str | None:
    documents = (parsed(message) for _, message in reversed(lines))
    messages = (line.get("message") for line in documents if line.get("level") == "ERROR")
    return next((str(message) for message in messages if message), None)
