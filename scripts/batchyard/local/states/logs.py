"""Executions' events in CloudWatch Logs, as a machine's logging configuration asks.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from batchyard.asl.engine import Event, Execution, Stimulus
from batchyard.local.batch.host import Scope
from batchyard.local.states import logging_config
from batchyard.local.states.interface import Json
from batchyard.local.states.journal import ExecutionJournal
from batchyard.local.states.outlets import Outlets
from batchyard.local.states.records import Record

FATAL = frozenset(["ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"])
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-log-level
ERROR = FATAL | frozenset(
    [
        "ActivityFailed",
        "ActivityScheduleFailed",
        "ActivityTimedOut",
        "EvaluationFailed",
        "FailStateEntered",
        "LambdaFunctionFailed",
        "LambdaFunctionScheduleFailed",
        "LambdaFunctionStartFailed",
        "LambdaFunctionTimedOut",
        "MapIterationAborted",
        "MapIterationFailed",
        "MapRunAborted",
        "MapRunFailed",
        "MapStateAborted",
        "MapStateFailed",
        "ParallelStateAborted",
        "ParallelStateFailed",
        "TaskFailed",
        "TaskStartFailed",
        "TaskStateAborted",
        "TaskSubmitFailed",
        "TaskTimedOut",
        "WaitStateAborted",
    ]
)
_LEVELS = {"ERROR": ERROR, "FATAL": FATAL}
# "If escaped input or escaped output sent to CloudWatch Logs exceeds 248KB, it will be truncated."
LONGEST = 248 * 1024
_DATA = ("input", "output", "assignedVariables")
_Place = tuple[Scope, str, str]


class Logger:
    """Writes events to the machines' log groups, once they are on disk.

    Args:
        outlets: takes the lines.
        journal: says when they are on disk.
    """

    def __init__(self, outlets: Outlets, journal: ExecutionJournal) -> None:
        self._outlets, self._journal = outlets, journal
        self._rows: dict[_Place, list[tuple[int, str]]] = {}
        journal.listeners.append(self._turned)

    def _turned(self, record: Record, execution: Execution, stimulus: Stimulus, first_event: int) -> None:  # noqa: ARG002
        configuration = self._configuration(record)
        if configuration.get("level", "OFF") == "OFF":
            return
        found = logging_config.group_of(configuration)
        if found is None:
            return
        level = _LEVELS.get(configuration["level"])
        data = bool(configuration.get("includeExecutionData"))
        if not self._rows:
            self._journal.after(self._deliver)
        rows = self._rows.setdefault((*found, stream_of(record)), [])
        for event in execution.history[first_event:]:
            if level is None or event.type in level:
                line = logged(event, record.spec.arn, execution.redrive_count, data)
                rows.append((round(event.at * 1000), json.dumps(line, ensure_ascii=False)))

    def _configuration(self, record: Record) -> Json:
        """Return the machine's configuration; a child of a Distributed Map has its parent's."""
        child = record.spec.child
        parent = self._journal.open.get(child.parent_arn) if child else None
        about = (parent or record).about
        found: Json = about.get("loggingConfiguration", {})
        return found

    def _deliver(self) -> None:
        rows, self._rows = self._rows, {}
        for (scope, group, stream), lines in rows.items():
            if lines:
                self._outlets.put_logs(scope, group, stream, lines)


def stream_of(record: Record) -> str:
    """Return the log stream: executions of a machine that start in one minute share it."""
    begun = datetime.fromtimestamp(record.started, UTC).strftime("%Y-%m-%d-%H-%M")
    machine = record.spec.machine_arn.partition("/")[0]
    shard = hashlib.sha256(f"{machine} {begun}".encode()).hexdigest()[:8]
    return f"states/{machine.rpartition(':')[2]}/{begun}/{shard}"


def logged(event: Event, execution_arn: str, redrives: int, data: bool) -> Json:
    """Return an event as its line in the log tells it.

    Args:
        data: whether inputs and outputs are told.
    """
    return {
        "id": str(event.id),
        "type": event.type,
        "details": _details(event.details or {}, data),
        "previous_event_id": str(event.previous),
        "event_timestamp": str(round(event.at * 1000)),
        "execution_arn": execution_arn,
        "redrive_count": str(redrives),
    }


def _details(details: Json, data: bool) -> Json:
    shown: Json = {}
    for key, value in details.items():
        if key not in _DATA:
            if data or key != "parameters":
                shown[key] = value
        elif data:
            cut = isinstance(value, str) and len(value) > LONGEST
            shown[key] = value[:LONGEST] if cut else value
            shown[f"{key}Details"] = {"truncated": cut}
    return shown
