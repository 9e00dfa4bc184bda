"""Which jobs an execution that was cut off had been waiting for."""

from __future__ import annotations

import json
from typing import Any

from batchyard.local.recovery import abandoned_jobs


def submitted(event_id: int, job_id: str, resource: str = "submitJob.sync") -> dict[str, Any]:
    details = {"resource": resource, "output": json.dumps({"JobId": job_id})}
    return {
        "id": event_id,
        "type": "TaskSubmitted",
        "previousEventId": 1,
        "taskSubmittedEventDetails": details,
    }


def test_only_jobs_that_were_waited_for_and_had_not_ended() -> None:
    history = [
        submitted(2, "done"),
        submitted(3, "waited-for"),
        submitted(4, "let-go", "submitJob"),
        {"id": 5, "type": "TaskSucceeded", "previousEventId": 2},
        {"id": 6, "type": "TaskSucceeded", "previousEventId": 4},
        submitted(7, "failed"),
        {"id": 8, "type": "TaskFailed", "previousEventId": 7},
    ]
    assert list(abandoned_jobs(history)) == ["waited-for"]
