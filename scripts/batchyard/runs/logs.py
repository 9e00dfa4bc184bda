"""The log lines of a run's steps, from CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batchyard.aws import client
from batchyard.environments import Environment
from batchyard.errors import UsageError
from batchyard.runs.causes import parsed
from batchyard.runs.steps import Step

_PAGE = 10_000  # the most events that GetLogEvents returns
_LAST = 100  # lines at the end of a log among which an error is looked for


@dataclass(frozen=True)
class StepLog:
    """What one attempt of a step wrote.

    `missing` says why there is nothing, `more` that earlier lines are left out.
    """

    step: Step
    stream: str | None
    lines: list[tuple[str, str]]
    missing: str = ""
    attempt: int = 1
    attempts: int = 1
    more: bool = False

    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        events = [{"timestamp": moment, "message": message} for moment, message in self.lines]
        return {
            "state": self.step.state,
            "jobId": self.step.job_id,
            "status": self.step.status,
            "logStreamName": self.stream,
            "attempt": self.attempt,
            "events": events,
            "missing": self.missing,
            "more": self.more,
        }


def choose(steps: Sequence[Step], *, state: str | None = None, failed: bool = False) -> list[Step]:
    """Return the steps whose logs are wanted.

    Args:
        steps: all steps of the run.
        state: only those of this state (upper and lower case do not matter).
        failed: only those that failed.

    Raises:
        UsageError: no step has that state.
    """
    chosen = [step for step in steps if state is None or step.state.lower() == state.lower()]
    if state is not None and not chosen:
        names = ", ".join(dict.fromkeys(step.state for step in steps))
        raise UsageError(f"the run has no step {state}", fix=f"it has: {names or 'none yet'}")
    return [step for step in chosen if not failed or step.status == "FAILED"]


def read(environment: Environment, steps: Sequence[Step], *, tail: int | None = None) -> Iterator[StepLog]:
    """Yield the logs of steps, attempt by attempt.

    Args:
        environment: where.
        steps: whose.
        tail: only this many lines at the end of each attempt; all when None.
    """
    logs = client(environment, "logs")
    for step in steps:
        if not step.log_streams:
            yield StepLog(step, None, [], _no_stream(step))
        for number, stream in enumerate(step.log_streams, start=1):
            lines = _lines(logs, step.log_group, stream, tail)
            more = tail is not None and len(lines) > tail
            missing = "" if lines else "the stream holds nothing (yet)"
            shown = lines[1:] if more else lines
            yield StepLog(step, stream, shown, missing, number, len(step.log_streams), more)


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

    if not step.log_streams:
        return None
    try:
        lines = _lines(client(environment, "logs"), step.log_group, step.log_streams[-1], _LAST)
    except (BotoCoreError, ClientError):
        return None
    documents = (parsed(message) for _, message in reversed(lines))
    messages = (line.get("message") for line in documents if line.get("level") == "ERROR")
    return next((str(message) for message in messages if message), None)


def _no_stream(step: Step) -> str:
    because = f": {step.reason}" if step.reason else ""
    if step.job_id is None:
        return f"no job: the task failed{because}"
    return f"no log stream, the job never started ({step.status}{because})"


def _lines(logs: Any, group: str, stream: str, tail: int | None) -> list[tuple[str, str]]:  # noqa: ANN401
    from botocore.exceptions import ClientError

    arguments: dict[str, Any] = {
        "logGroupName": group,
        "logStreamName": stream,
        "startFromHead": tail is None,
    }
    if tail is not None:
        arguments["limit"] = min(tail + 1, _PAGE)  # one more, to know whether there are more
    found: list[dict[str, Any]] = []
    token = None
    try:
        while True:
            page = logs.get_log_events(**arguments, **({"nextToken": token} if token else {}))
            found += page["events"]
            if tail is not None or page["nextForwardToken"] == token:
                break
            token = page["nextForwardToken"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
    return [(_moment(event["timestamp"]), event["message"]) for event in found]


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
