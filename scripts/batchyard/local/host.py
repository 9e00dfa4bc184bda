"""What the Batch engine gets from the services around it: logs, events and credentials."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from batchyard.local import identity, ministack, secret_store
from batchyard.local.batch.host import Scope

_log = logging.getLogger("batchyard.local.host")
_EVENTS_KEPT = 1000
# Every line costs the emulator about 1 KiB of memory, and its stream is written out whole with each save.
LINES_KEPT = 50_000
_MOST_UNDER_WAY = 2
_PATIENCE_SECONDS = 5.0


class EmulatorHost:
    """The engine's host, on MiniStack's services.

    The engine calls from threads of its own, and MiniStack's tables belong to its event loop: every call is
    handed to the loop, in order, and nobody waits for it, but for log lines that come faster than the loop
    takes them: then the engine's thread for output waits, which holds no lock.

    Args:
        endpoint_url: where the server answers.
        changed: called after something was written.
    """

    def __init__(self, endpoint_url: str, changed: Callable[[], None]) -> None:
        self.endpoint_url = endpoint_url
        self._changed = changed
        self._room = threading.Semaphore(_MOST_UNDER_WAY)
        self._trimmed: set[tuple[str, str]] = set()

    def put_log_events(
        self, scope: Scope, group: str, stream: str, events: Sequence[tuple[int, str]]
    ) -> None:
        rows = [{"timestamp": at, "message": message} for at, message in events]
        held = self._room.acquire(timeout=_PATIENCE_SECONDS)

        def append() -> None:
            try:
                _append(group, stream, rows)
                self._trim(group, stream)
            finally:
                if held:
                    self._room.release()

        hand_over(scope, append)
        self._changed()

    def put_event(
        self, scope: Scope, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any]
    ) -> None:
        entry = {
            "Source": "aws.batch",
            "DetailType": detail_type,
            "Resources": list(resources),
            "Detail": json.dumps(detail),
        }
        hand_over(scope, lambda: publish(entry))
        self._changed()

    def credentials(self, scope: Scope, role_arn: str, session_name: str) -> Mapping[str, str]:
        return identity.job_credentials(scope, role_arn, session_name)

    def secret(
        self, scope: Scope, role_arn: str, session_name: str, secret_id: str, stage: str, version: str
    ) -> str:
        identity.job_credentials(scope, role_arn, session_name)
        asked = partial(secret_store.secret, secret_id, stage, version)
        return secret_store.read(scope, role_arn, session_name, asked)

    def parameters(
        self, scope: Scope, role_arn: str, session_name: str, names: Sequence[str]
    ) -> Mapping[str, str]:
        identity.job_credentials(scope, role_arn, session_name)
        return secret_store.read(scope, role_arn, session_name, partial(secret_store.parameters, names))

    def _trim(self, group: str, stream: str) -> None:
        """Drop the oldest lines of a stream that has grown by a tenth over what is kept."""
        found = ministack.get("services.cloudwatch_logs", "_log_groups")[group]["streams"][stream]
        surplus = len(found["events"]) - LINES_KEPT
        if surplus <= LINES_KEPT // 10:
            return
        if (group, stream) not in self._trimmed:
            self._trimmed.add((group, stream))
            _log.warning("only the newest %d lines are kept of log stream %s %s", LINES_KEPT, group, stream)
        records = ministack.get("services.cloudwatch_logs", "_log_records")
        for event in found["events"][:surplus]:
            records.pop(event["eventId"], None)
        del found["events"][:surplus]


def hand_over(scope: Scope, action: Callable[[], None]) -> None:
    """Let an action follow on the emulator's event loop, in an account and region; from any thread."""
    loop = ministack.get("app", "_MAIN_LOOP")
    try:
        loop.call_soon_threadsafe(ministack.within, scope, action)
    except RuntimeError:  # the loop is closed: the server is going down
        _log.warning("an event or log line came after the server's end and is lost")


def _append(group: str, stream: str, rows: list[dict[str, Any]]) -> None:
    """Append log events, making group and stream first where needed, as the awslogs driver does."""
    groups = ministack.get("services.cloudwatch_logs", "_log_groups")
    if group not in groups:
        ministack.get("services.cloudwatch_logs", "_create_log_group")({"logGroupName": group})
    names = {"logGroupName": group, "logStreamName": stream}
    if stream not in groups[group]["streams"]:
        ministack.get("services.cloudwatch_logs", "_create_log_stream")(names)
    ministack.get("services.cloudwatch_logs", "_put_log_events")({**names, "logEvents": rows})


def publish(entry: dict[str, Any]) -> None:
    """Put one event on the default bus; without an enabled rule nobody could see it, so it is left out."""
    rules = ministack.get("services.eventbridge", "_rules")
    if not any(rule.get("State") == "ENABLED" for rule in rules.values()):
        return
    ministack.get("services.eventbridge", "_ensure_default_bus")()
    ministack.get("services.eventbridge", "_put_events")({"Entries": [entry]}, allow_aws_source=True)
    kept = ministack.get("services.eventbridge", "_events_log_list")()
    del kept[:-_EVENTS_KEPT]
