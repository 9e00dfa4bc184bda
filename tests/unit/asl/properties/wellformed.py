"""What holds of every history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from batchyard.asl.engine import Event

ENDS = {
    "SUCCEEDED": "ExecutionSucceeded",
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}
# The types that may lead to an event of a task: they are scheduled, then started, then over.
LED_BY = {
    "TaskStarted": {"TaskScheduled"},
    "TaskSubmitted": {"TaskStarted"},
    "TaskSucceeded": {"TaskStarted", "TaskSubmitted"},
    "TaskFailed": {"TaskStarted", "TaskSubmitted"},
    "TaskTimedOut": {"TaskScheduled", "TaskStarted", "TaskSubmitted"},
    "LambdaFunctionStarted": {"LambdaFunctionScheduled"},
    "LambdaFunctionSucceeded": {"LambdaFunctionStarted"},
    "LambdaFunctionFailed": {"LambdaFunctionStarted"},
    "LambdaFunctionTimedOut": {"LambdaFunctionScheduled", "LambdaFunctionStarted"},
    "ActivityStarted": {"ActivityScheduled"},
    "ActivitySucceeded": {"ActivityStarted"},
    "ActivityFailed": {"ActivityStarted"},
    "ActivityTimedOut": {"ActivityScheduled", "ActivityStarted"},
}
BAD = ("Failed", "TimedOut", "Aborted")


def check(history: Sequence[Event], status: str) -> None:
    """Assert that a history is well formed."""
    numbers(history)
    ends(history, status)
    assert not [event for event in history if "internal error" in str((event.details or {}).get("cause"))]
    tasks(history)
    states(history, status)
    aborted(history)


def numbers(history: Sequence[Event]) -> None:
    assert [event.id for event in history] == list(range(1, len(history) + 1))
    assert all(0 <= event.previous < event.id for event in history)
    assert all(one.at <= two.at for one, two in pairwise(history))


def ends(history: Sequence[Event], status: str) -> None:
    assert history[0].type == "ExecutionStarted"
    over = [event.id for event in history if event.type in ENDS.values()]
    if status == "RUNNING":
        assert not over
    else:
        assert over == [len(history)]
        assert history[-1].type == ENDS[status]


def tasks(history: Sequence[Event]) -> None:
    for event in history:
        if event.type in LED_BY:
            assert history[event.previous - 1].type in LED_BY[event.type], event


def states(history: Sequence[Event], status: str) -> None:
    """Assert that what is left was entered, by type and name, and that only failures leave none behind."""
    inside: Counter[tuple[str, str]] = Counter()
    for event in history:
        for suffix, step in (("StateEntered", 1), ("StateExited", -1)):
            if event.type.endswith(suffix):
                place = event.type.removesuffix(suffix), (event.details or {})["name"]
                inside[place] += step
                assert inside[place] >= 0, event
    broken = any(event.type.endswith(BAD) for event in history)
    if status == "SUCCEEDED" and not broken:
        assert not +inside


def aborted(history: Sequence[Event]) -> None:
    """Assert that only states are aborted that were entered and not left, each once until a redrive."""
    inside: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for event in history:
        if event.type == "ExecutionRedriven":
            ended.clear()
        for suffix, counts, step in (
            ("StateEntered", inside, 1),
            ("StateExited", inside, -1),
            ("StateAborted", ended, 1),
        ):
            if event.type.endswith(suffix):
                kind = event.type.removesuffix(suffix)
                counts[kind] += step
                assert inside[kind] >= ended[kind], event
