"""`Step Functions Execution Status Change` events of Standard executions.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

from __future__ import annotations

import json
from functools import partial

from batchyard.asl.engine import Execution, Stimulus
from batchyard.local.states import arns
from batchyard.local.states.describing import described
from batchyard.local.states.interface import Json
from batchyard.local.states.journal import ExecutionJournal
from batchyard.local.states.outlets import Outlets
from batchyard.local.states.records import Record

# "If the combined escaped input and escaped output sent to EventBridge exceeds 248KB, then the input will be
# excluded. Similarly, if the escaped output exceeds 248KB, then the output will be excluded."
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-events.html
LONGEST = 248 * 1024
_PLAIN = (
    "executionArn",
    "stateMachineArn",
    "name",
    "stateMachineVersionArn",
    "stateMachineAliasArn",
    "redriveCount",
    "redriveStatus",
    "redriveStatusReason",
    "error",
    "cause",
)
_TIMES = ("startDate", "stopDate", "redriveDate")


class Announcer:
    """Tells EventBridge of every change of an execution's status, once that is on disk.

    Args:
        outlets: takes the events.
        journal: says when they are on disk.
    """

    def __init__(self, outlets: Outlets, journal: ExecutionJournal) -> None:
        self._outlets, self._journal = outlets, journal
        journal.listeners.append(self._turned)

    def _turned(self, record: Record, execution: Execution, stimulus: Stimulus, first_event: int) -> None:  # noqa: ARG002
        begins = stimulus.kind in ("start", "redrive")
        if record.spec.kind != "STANDARD" or not (begins or not execution.open):
            return
        if not self._outlets.listened():
            return
        if begins:
            started = Record(record.id, record.spec, {}, record.started, redrives=execution.redrive_count)
            started.redriven = execution.redriven_at
            self._put(detail(started, stimulus.at), record.spec.arn)
        if not execution.open:
            self._put(detail(record, stimulus.at), record.spec.arn)

    def _put(self, told: Json, arn: str) -> None:
        scope = arns.parse(arn, "execution").scope
        self._journal.after(partial(self._outlets.put_event, scope, arn, told))


def detail(record: Record, now: float) -> Json:
    """Return the event's detail: all members always there, times in milliseconds since the epoch."""
    found = described(record, now)
    answer: Json = {key: found.get(key) for key in _PLAIN}
    answer["status"] = record.status
    for key in _TIMES:
        answer[key] = round(found[key] * 1000) if key in found else None
    given, result = record.spec.input, record.output
    with_output = result is not None and _escaped(result) <= LONGEST
    size = _escaped(given) + (_escaped(result) if result is not None and with_output else 0)
    answer |= {"input": given if size <= LONGEST else None, "inputDetails": {"included": size <= LONGEST}}
    answer |= {"output": result if with_output else None}
    answer["outputDetails"] = None if result is None else {"included": with_output}
    return answer


def _escaped(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))
