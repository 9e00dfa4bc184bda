"""Rules on Tasks: BY101 to BY103."""

from __future__ import annotations

from collections.abc import Iterator

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, at, rule


def tasks(subject: Subject) -> Iterator[tuple[asl.State, asl.Integration]]:
    """Yield the Task states whose Resource is known."""
    for state in subject.machine.states:
        if state.call is not None:
            yield state, state.call


def is_batch(call: asl.Integration) -> bool:
    """Say whether a Task submits a Batch job by itself."""
    return call.service == "batch" and call.action == "submitJob"


@rule(
    "BY101",
    "warning",
    "a Task without TimeoutSeconds",
    fix="set TimeoutSeconds a little above the longest good run (JSONPath: or TimeoutSecondsPath)",
)
def no_timeout(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        if state.type == "Task" and not {"TimeoutSeconds", "TimeoutSecondsPath"} & state.body.keys():
            yield at(state, "a task that never answers holds the execution for up to a year")


@rule(
    "BY102",
    "warning",
    "a callback without HeartbeatSeconds",
    fix="set HeartbeatSeconds and let the worker send heartbeats",
)
def no_heartbeat(subject: Subject) -> Iterator[Hit]:
    for state, call in tasks(subject):
        missing = not {"HeartbeatSeconds", "HeartbeatSecondsPath"} & state.body.keys()
        if call.pattern == "waitForTaskToken" and missing:
            yield at(state, "a worker that dies before its callback is noticed only at the timeout")


@rule(
    "BY103",
    "warning",
    "a Batch task with neither Catch nor Retry",
    fix="retry Batch.AWSBatchException (throttled submits) with jitter, or catch into a state that reports",
)
def unguarded_batch(subject: Subject) -> Iterator[Hit]:
    for state, call in tasks(subject):
        guards = asl.as_list(state.body.get("Catch")) + asl.as_list(state.body.get("Retry"))
        if is_batch(call) and not guards:
            yield at(state, "one throttled submit (50 per second and account) fails the execution")


def is_whole(value: object, low: float, high: float) -> bool:
    """Say whether a JSON value is a whole number within bounds (true and false are none)."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
