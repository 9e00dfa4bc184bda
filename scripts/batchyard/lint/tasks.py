"""Rules on Tasks: BY101 to BY106."""

from __future__ import annotations

from collections.abc import Iterator

from batchyard import asl
from batchyard.asl import expressions
from batchyard.lint.registry import Hit, Subject, at, rule

# https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
MAX_SECONDS = 99_999_999


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


@rule(
    "BY104",
    "error",
    "a task that waits, in an EXPRESS machine",
    fix="make the machine STANDARD, or use the request pattern and poll from outside",
)
def waits_in_express(subject: Subject) -> Iterator[Hit]:
    for state, call in tasks(subject):
        if state.scope.express and call.pattern != "request":
            yield at(state, f"EXPRESS machines do not support .{call.pattern}", "Resource")


@rule(
    "BY105",
    "error",
    "seconds out of range, or a heartbeat that is no shorter than the timeout",
    fix=f"whole seconds from 1 to {MAX_SECONDS}; HeartbeatSeconds below TimeoutSeconds",
)
def seconds_range(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        numbers = {
            key: state.body[key] for key in ("TimeoutSeconds", "HeartbeatSeconds") if key in state.body
        }
        for key, value in numbers.items():
            expression = state.jsonata and expressions.inner(value) is not None
            if not expression and not is_whole(value, 1, MAX_SECONDS):
                yield at(state, f"{key} is {value!r}", key)
        timeout, heartbeat = numbers.get("TimeoutSeconds"), numbers.get("HeartbeatSeconds")
        if is_whole(timeout, 1, MAX_SECONDS) and is_whole(heartbeat, 1, MAX_SECONDS) and heartbeat >= timeout:  # type: ignore[operator]
            yield at(
                state, f"a heartbeat of {heartbeat} s within a timeout of {timeout} s", "HeartbeatSeconds"
            )


@rule(
    "BY106",
    "error",
    "a Resource that is nothing Step Functions can call",
    fix="use arn:aws:states:::<service>:<action>[.sync|.waitForTaskToken], or a function's or activity's ARN",
)
def unknown_resource(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        if state.type == "Task" and state.call is None:
            yield at(state, f"Resource is {state.body.get('Resource')!r}", "Resource")
        elif state.call is not None and is_batch(state.call) and state.call.pattern == "waitForTaskToken":
            yield at(
                state,
                "Batch has no callback pattern",
                "Resource",
                fix="use .sync, or pass the token to a job",
            )


def is_whole(value: object, low: float, high: float) -> bool:
    """Say whether a JSON value is a whole number within bounds (true and false are none)."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
