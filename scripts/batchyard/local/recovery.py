"""What becomes of executions that ran when the server ended: they can not go on, so they end, and say why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from batchyard.local import ministack
from batchyard.local.batch.host import Scope
from batchyard.local.submit_job import SubmitJob

_STATES = "services.stepfunctions"
# MiniStack marks them so while it loads them, with this error, but writes no event and tells nobody.
LOST = "States.ServiceRestart"
CAUSE = "The local environment stopped while this execution was running"
_SYNC = "submitJob.sync"
_ENDED = ("TaskSucceeded", "TaskFailed")


def end_lost_executions(task: SubmitJob) -> None:
    """Finish the record of executions that a restart cut off, and terminate the jobs that they waited for."""
    for (account, region, _arn), execution in ministack.get(_STATES, "_executions").all_items():
        events = execution.get("events", [])
        if execution.get("error") == LOST and not any(event["type"] == "ExecutionFailed" for event in events):
            ministack.within(Scope(account, region), partial(_end, task, execution))


def _end(task: SubmitJob, execution: dict[str, Any]) -> None:
    for job_id in abandoned_jobs(execution["events"]):
        task.terminate(ministack.scope(), job_id, CAUSE)
    execution["status"] = "RUNNING"
    ministack.get(_STATES, "_fail_execution")(execution, LOST, CAUSE)


def abandoned_jobs(events: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the ids of the jobs that a history shows as submitted with `.sync`, and not as ended."""
    followed = {event.get("previousEventId") for event in events if event["type"] in _ENDED}
    for event in events:
        details = event.get("taskSubmittedEventDetails", {})
        if details.get("resource") == _SYNC and event["id"] not in followed:
            yield json.loads(details["output"])["JobId"]
