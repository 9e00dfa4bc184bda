"""What an execution's history says of its Batch jobs; pure, over recorded events.

Emulators write fewer events than AWS: without `previousEventId` and TaskSubmitted, and none for entering a
state inside Parallel or Map. So each fact is taken from wherever it appears, and jobs that no event names are
looked for by their names (see `steps`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchyard.runs.causes import parsed

Event = Mapping[str, Any]


@dataclass(frozen=True)
class JobSeen:
    """A Batch job that an event names; `state` is None where the events do not tell."""

    job_id: str
    job_name: str
    state: str | None


@dataclass(frozen=True)
class FailedTask:
    """A task that failed without a job: it was never submitted."""

    state: str
    error: str
    cause: str
    seconds: float


def entered(events: Sequence[Event]) -> list[str]:
    """Return the names of the Task states that were entered, in order, each once."""
    names = (
        event["stateEnteredEventDetails"]["name"] for event in events if event["type"] == "TaskStateEntered"
    )
    return list(dict.fromkeys(names))


def jobs(events: Sequence[Event]) -> list[JobSeen]:
    """Return the Batch jobs that the events name, in order, each once."""
    by_id, found = {event["id"]: event for event in events}, dict[str, JobSeen]()
    for event in events:
        for document in _documents(event):
            job_id, name = document.get("JobId"), document.get("JobName", "")
            if isinstance(job_id, str):
                state = _state(event, by_id)
                known = found.get(job_id)
                found[job_id] = JobSeen(job_id, name or (known.job_name if known else ""), state)
    return list(found.values())


def failed_without_job(events: Sequence[Event]) -> list[FailedTask]:
    """Return the tasks that failed before there was a job, the last failure of each state."""
    by_id, found = {event["id"]: event for event in events}, dict[str, FailedTask]()
    current: Event | None = None
    for event in events:
        if event["type"] == "TaskStateEntered":
            current = event
        details = _failure(event)
        if details is None or any("JobId" in document for document in _documents(event)):
            continue
        at = _entry(event, by_id) or current
        if at is None:
            continue
        name = at["stateEnteredEventDetails"]["name"]
        seconds = (event["timestamp"] - at["timestamp"]).total_seconds()
        found[name] = FailedTask(name, details.get("error", ""), details.get("cause", ""), round(seconds, 3))
    return list(found.values())


def _failure(event: Event) -> Mapping[str, str] | None:
    for key in ("taskFailed", "taskSubmitFailed", "taskStartFailed", "taskTimedOut", "lambdaFunctionFailed"):
        details: Mapping[str, str] | None = event.get(f"{key}EventDetails")
        if details is not None:
            return details
    return None


def _documents(event: Event) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON objects that an event carries: a task's output, or the job in a failure's cause."""
    for key in ("taskSubmitted", "taskSucceeded", "taskFailed"):
        details = event.get(f"{key}EventDetails", {})
        for text in (details.get("output"), details.get("cause")):
            yield parsed(text)


def _entry(event: Event, by_id: Mapping[int, Event]) -> Event | None:
    """Return the TaskStateEntered event that an event follows from, by the chain of previous events."""
    at: Event | None = event
    while at is not None and at["type"] != "TaskStateEntered":
        at = by_id.get(at.get("previousEventId", 0))
    return at


def _state(event: Event, by_id: Mapping[int, Event]) -> str | None:
    entry = _entry(event, by_id)
    return entry["stateEnteredEventDetails"]["name"] if entry else None
