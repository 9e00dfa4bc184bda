"""The lines of a log stream, from CloudWatch Logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from batchyard.runs.containers import Stream

_PAGE = 10_000  # the most events that GetLogEvents returns


def lines_of(logs: Any, stream: Stream, tail: int | None) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return moment and message of a stream's lines; none where it does not exist (yet).

    Args:
        logs: a client of CloudWatch Logs.
        stream: which.
        tail: only so many at the end and one more, which tells that there are more; all when None.
    """
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
