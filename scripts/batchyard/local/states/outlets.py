"""What executions tell the services around them: log lines and events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from batchyard.local import ministack
from batchyard.local.batch.host import Scope
from batchyard.local.host import hand_over, publish
from batchyard.local.states.interface import Json

_LOGS = "services.cloudwatch_logs"


class Outlets(Protocol):
    """Takes log lines and events; no method waits."""

    def log_group_exists(self, scope: Scope, name: str) -> bool: ...

    def put_logs(self, scope: Scope, group: str, stream: str, rows: Sequence[tuple[int, str]]) -> None:
        """Append rows of milliseconds since the epoch and text; a group that is gone takes none."""
        ...

    def listened(self) -> bool:
        """Say whether an event could reach anybody."""
        ...

    def put_event(self, scope: Scope, execution_arn: str, detail: Json) -> None: ...


class EmulatorOutlets:
    """The emulator's own CloudWatch Logs and EventBridge; their tables belong to its event loop."""

    def log_group_exists(self, scope: Scope, name: str) -> bool:
        return bool(ministack.within(scope, lambda: name in ministack.get(_LOGS, "_log_groups")))

    def put_logs(self, scope: Scope, group: str, stream: str, rows: Sequence[tuple[int, str]]) -> None:
        hand_over(scope, lambda: _append(group, stream, rows))

    def listened(self) -> bool:
        rules = ministack.get("services.eventbridge", "_rules")
        return any(rule.get("State") == "ENABLED" for rule in list(rules.all_values()))

    def put_event(self, scope: Scope, execution_arn: str, detail: Json) -> None:
        entry = {
            "Source": "aws.states",
            "DetailType": "Step Functions Execution Status Change",
            "Resources": [execution_arn],
            "Detail": json.dumps(detail),
        }
        hand_over(scope, lambda: publish(entry))


def _append(group: str, stream: str, rows: Sequence[tuple[int, str]]) -> None:
    groups = ministack.get(_LOGS, "_log_groups")
    if group not in groups:
        return
    names: dict[str, Any] = {"logGroupName": group, "logStreamName": stream}
    if stream not in groups[group]["streams"]:
        ministack.get(_LOGS, "_create_log_stream")(names)
    lines = [{"timestamp": at, "message": text} for at, text in rows]
    ministack.get(_LOGS, "_put_log_events")({**names, "logEvents": lines})
