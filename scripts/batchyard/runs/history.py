"""What an execution's history says of its Batch jobs and tasks; pure, over recorded events.

Events of branches interleave: which state an event belongs to is told by the chain of `previousEventId`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchyard.runs.causes import parsed

Event = Mapping[str, Any]
_CALLBACK = ".waitForTaskToken"
_JOBS = ("taskSubmitted", "taskSucceeded", "taskFailed", "lambdaFunctionSucceeded")
_FAILURES = (
    *("taskFailed", "taskSubmitFailed", "taskStartFailed", "taskTimedOut"),
    *("lambdaFunctionFailed", "lambdaFunctionScheduleFailed", "lambdaFunctionStartFailed"),
    *("lambdaFunctionTimedOut", "activityFailed", "activityScheduleFailed", "activityTimedOut"),
    "mapRunFailed",
)
_SUCCESSES = ("TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded", "MapRunSucceeded")


@dataclass(frozen=True)
class JobSeen:
    """A Batch job that an event names, and the state that submitted it."""

    job_id: str
    state: str


@dataclass(frozen=True)
class FailedTask:
    """A task that failed without a job: it was never submitted, or is none of Batch."""

    state: str
    error: str
    cause: str
    seconds: float


@dataclass(frozen=True)
class MapRunSeen:
    """The run of a Distributed Map, and its state."""

    arn: str
    state: str


def jobs(events: Sequence[Event]) -> list[JobSeen]:
    """Return the Batch jobs that the events name, in order, each once."""
    entries, found = _entries(events), dict[str, JobSeen]()
    for event in events:
        job_id, entry = _job(event), entries.get(event["id"])
        if job_id and entry:
            found.setdefault(job_id, JobSeen(job_id, _name(entry)))
    return list(found.values())


def failed_without_job(events: Sequence[Event]) -> list[FailedTask]:
    """Return the tasks that failed before there was a job, the last failure of each state."""
    entries, found = _entries(events), dict[int, FailedTask]()
    with_job = set[int]()
    for event in events:
        entry, details = entries.get(event["id"]), _failure(event)
        if entry is None:
            continue
        number = entry["id"]
        if event["type"] in _SUCCESSES or _job(event):
            with_job |= {number} if _job(event) else set()
            found.pop(number, None)
        elif details is not None and number not in with_job:
            seconds = round((event["timestamp"] - entry["timestamp"]).total_seconds(), 3)
            error, cause = details.get("error", ""), details.get("cause", "")
            found[number] = FailedTask(_name(entry), error, cause, seconds)
    return list({task.state: task for task in found.values()}.values())


def map_runs(events: Sequence[Event]) -> list[MapRunSeen]:
    """Return the runs of Distributed Maps, in order."""
    entries = _entries(events)
    arns = ((event, event.get("mapRunStartedEventDetails", {}).get("mapRunArn")) for event in events)
    return [MapRunSeen(arn, _name(entries[event["id"]])) for event, arn in arns if arn]


def whereabouts(events: Sequence[Event]) -> list[str]:
    """Return the innermost states that a running execution is in, in order of entry, each once."""
    by_id, entries = {event["id"]: event for event in events}, _entries(events)
    around: dict[int, tuple[int, ...]] = {}  # by the id of an entry: the entries into what it is within
    last: dict[int, Event] = {}
    left = set[int]()
    for event in events:
        entry = entries.get(event["id"])
        if entry is None:
            continue
        last[entry["id"]] = event
        if entry is event:
            around[event["id"]] = _around(by_id.get(event.get("previousEventId", 0)), entries, around, by_id)
        elif "stateExitedEventDetails" in event:
            left.add(_left(event, entries, around, by_id))
    open_ = [number for number in around if number not in left and left.isdisjoint(around[number])]
    outer = {each for number in open_ for each in around[number]}
    return list(dict.fromkeys(_said(by_id[each], last[each]) for each in open_ if each not in outer))


def _entries(events: Sequence[Event]) -> dict[int, Event]:
    """Return, by the ids of events, the entry into the state that each follows from."""
    found: dict[int, Event] = {}
    for event in events:
        before = found.get(event.get("previousEventId", 0))
        entry = event if "stateEnteredEventDetails" in event else before
        if entry is not None:
            found[event["id"]] = entry
    return found


def _around(
    before: Event | None,
    entries: Mapping[int, Event],
    around: Mapping[int, tuple[int, ...]],
    by_id: Mapping[int, Event],
) -> tuple[int, ...]:
    """Return what a state is within that is entered after an event."""
    entry = entries.get(before["id"]) if before else None
    if before is None or entry is None:
        return ()
    if "stateExitedEventDetails" in before:
        return around.get(_left(before, entries, around, by_id), ())
    return (*around[entry["id"]], entry["id"])  # the first state of a branch or iteration


def _left(
    event: Event,
    entries: Mapping[int, Event],
    around: Mapping[int, tuple[int, ...]],
    by_id: Mapping[int, Event],
) -> int:
    """Return the entry into the state that is left; the chain leads to one within it."""
    name: str = event["stateExitedEventDetails"]["name"]
    inner: int = entries[event["id"]]["id"]
    chain = (inner, *reversed(around[inner]))
    return next((number for number in chain if _name(by_id[number]) == name), inner)


def _said(entry: Event, last: Event) -> str:
    resource = last.get("taskSubmittedEventDetails", {}).get("resource", "")
    return f"{_name(entry)} (waits for its task token)" if resource.endswith(_CALLBACK) else _name(entry)


def _failure(event: Event) -> Mapping[str, str] | None:
    return next((event[f"{key}EventDetails"] for key in _FAILURES if f"{key}EventDetails" in event), None)


def _job(event: Event) -> str | None:
    """Return the job that an event tells of: Batch's answer, a failure's cause, or a function's `jobId`."""
    for key in _JOBS:
        details = event.get(f"{key}EventDetails", {})
        for text in (details.get("output"), details.get("cause")):
            document = parsed(text)
            payload = document.get("Payload", document)
            told = payload.get("jobId") if isinstance(payload, dict) else None
            job_id = document.get("JobId", told)
            if isinstance(job_id, str):
                return job_id
    return None


def _name(entry: Event) -> str:
    return str(entry["stateEnteredEventDetails"]["name"])
