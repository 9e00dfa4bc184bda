"""What the log of a failed step says last: the sentence that usually explains the failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.runs.causes import parsed
from batchyard.runs.containers import Stream
from batchyard.runs.logs import shown_members
from batchyard.runs.steps import Step
from batchyard.runs.streams import lines_of

_LAST = 100  # lines at the end of a log among which an error is looked for


def explained(environment: Environment, step: Step) -> Step:
    """Return a failed step with what explains its failure: `last_error`, and of an array the first child.

    Args:
        environment: where.
        step: that failed.

    Returns:
        The step as it is where job or log can not be read: they only explain a failure, and must not be one.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        first = shown_members(environment, step, failed=True, index=None)[0]
    except (BotoCoreError, ClientError):
        return step
    if first.member and first.status == "FAILED" and first.ending():
        why = f"{first.member}: {first.ending()}"
        step = replace(step, member_reason=why, reason="; ".join(filter(None, (step.reason, why))))
    return replace(step, last_error=last_error(environment, first))


def last_error(environment: Environment, step: Step) -> str | None:
    """Return the message of the last ERROR line that a step's last attempt wrote, else its last line.

    Args:
        environment: where.
        step: whose.

    Returns:
        None when there is no line, or when the log can not be read.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        last = _last_streams(step)
        logs = client(environment, "logs") if last else None
        written = [lines_of(logs, stream, _LAST) for stream in last]
    except (BotoCoreError, ClientError):
        return None
    told = (find(lines) for find in (_error_in, _last_in) for lines in written)
    return next((message for message in told if message), None)


def _last_streams(step: Step) -> list[Stream]:
    """Return the last attempt's stream of the container that failed; others were only stopped with it."""
    last = [stream for stream in step.streams if stream.attempt == step.streams[-1].attempt]
    return [stream for stream in last if stream.container == step.culprit] or last


def _error_in(lines: Sequence[tuple[str, str]]) -> str | None:
    documents = (parsed(message) for _, message in reversed(lines))
    messages = (line.get("message") for line in documents if line.get("level") == "ERROR")
    return next((str(message) for message in messages if message), None)


def _last_in(lines: Sequence[tuple[str, str]]) -> str | None:
    """Return the last line that is not empty, as a program has it last that knows of no levels."""
    last = next((message.strip() for _, message in reversed(lines) if message.strip()), None)
    return str(parsed(last).get("message") or last) if last else None
