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
from batchyard.runs.containers import Stream
from batchyard.runs.members import described
from batchyard.runs.steps import Step, from_job

_PAGE = 10_000  # the most events that GetLogEvents returns
MOST_MEMBERS = 10  # children or nodes whose logs are shown at once; an array may have 10,000
_LAST = 100  # lines at the end of a log among which an error is looked for


@dataclass(frozen=True)
class StepLog:
    """What one container wrote in one attempt of a step, or of one of its members.

    `missing` says why there is nothing, `more` that earlier lines are left out.
    """

    step: Step
    stream: Stream | None
    lines: list[tuple[str, str]]
    missing: str = ""
    attempts: int = 1
    more: bool = False

    @property
    def attempt(self) -> int:
        return self.stream.attempt if self.stream else 1

    @property
    def title(self) -> str:
        """Return whose it is: the state, the child or node, the container."""
        container = self.stream.container if self.stream else ""
        return " ".join(part for part in (self.step.state, self.step.member, container) if part)

    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        events = [{"timestamp": moment, "message": message} for moment, message in self.lines]
        return {
            "state": self.step.state,
            "jobId": self.step.job_id,
            "status": self.step.status,
            "member": self.step.member,
            "container": self.stream.container if self.stream else "",
            "logStreamName": self.stream.name if self.stream else None,
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


def read(
    environment: Environment,
    steps: Sequence[Step],
    *,
    tail: int | None = None,
    failed: bool = False,
    index: int | None = None,
) -> Iterator[StepLog]:
    """Yield the logs of steps: attempt by attempt, container by container.

    Of an array or multi-node job these are its members' (the first ones; see `MOST_MEMBERS`).

    Args:
        environment: where.
        steps: whose.
        tail: only this many lines at the end of each stream; all when None.
        failed: of a step that failed, only the members that failed.
        index: only this child or node.
    """
    logs = client(environment, "logs")
    for step in steps:
        for each in _members(environment, step, failed, index):
            yield from _logs(logs, each, tail)


def _members(environment: Environment, step: Step, failed: bool, index: int | None) -> list[Step]:
    """Return the members of a step that are to be shown; the step itself where it has none."""
    if step.members is None or step.job_id is None:
        return [step] if index is None else []
    wanted = failed and step.status == "FAILED" and index is None
    batch = client(environment, "batch")
    found = described(batch, step.job_id, step.members, failed=wanted, index=index, most=MOST_MEMBERS)
    return [from_job(job, step.state) for job in found] or ([step] if index is None else [])


def _logs(logs: Any, step: Step, tail: int | None) -> Iterator[StepLog]:  # noqa: ANN401
    if not step.streams:
        yield StepLog(step, None, [], _no_stream(step))
    for stream in step.streams:
        lines = _lines(logs, stream, tail)
        more = tail is not None and len(lines) > tail
        missing = "" if lines else "the stream holds nothing (yet)"
        shown = lines[1:] if more else lines
        yield StepLog(step, stream, shown, missing, step.streams[-1].attempt, more)


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
        culprit = _members(environment, step, failed=True, index=None)[0]
        last = [stream for stream in culprit.streams if stream.attempt == culprit.streams[-1].attempt]
        logs = client(environment, "logs") if last else None
        found = (_error_in(_lines(logs, stream, _LAST)) for stream in last)
        return next((message for message in found if message), None)
    except (BotoCoreError, ClientError):
        return None


def _error_in(lines: Sequence[tuple[str, str]]) -> str | None:
    documents = (parsed(message) for _, message in reversed(lines))
    messages = (line.get("message") for line in documents if line.get("level") == "ERROR")
    return next((str(message) for message in messages if message), None)


def _no_stream(step: Step) -> str:
    because = f": {step.reason}" if step.reason else ""
    if step.job_id is None:
        return f"no job: the task failed{because}"
    return f"no log stream, the job never started ({step.status}{because})"


def _lines(logs: Any, stream: Stream, tail: int | None) -> list[tuple[str, str]]:  # noqa: ANN401
    from botocore.exceptions import ClientError

    arguments: dict[str, Any] = {
        "logGroupName": stream.group,
        "logStreamName": stream.name,
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
