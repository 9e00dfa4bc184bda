"""Rules on the errors that Retry and Catch name: BY107, BY109.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, at, rule

RESERVED = frozenset(
    f"States.{name}"
    for name in [
        "ALL",
        "BranchFailed",
        "DataLimitExceeded",
        "ExceedToleratedFailureThreshold",
        "HeartbeatTimeout",
        "Http.Socket",
        "IntrinsicFailure",
        "ItemReaderFailed",
        "NoChoiceMatched",
        "ParameterPathFailure",
        "Permissions",
        "QueryEvaluationError",
        "ResultPathMatchFailure",
        "ResultWriterFailed",
        "Runtime",
        "TaskFailed",
        "Timeout",
    ]
)
Place = tuple[asl.State, str, int, dict[str, Any]]


def rules_of(subject: Subject) -> Iterator[Place]:
    """Yield every retrier and catcher with its state, field and index."""
    for state in subject.machine.states:
        for key in ("Retry", "Catch"):
            for index, item in enumerate(asl.as_list(state.body.get(key))):
                yield state, key, index, asl.as_dict(item)


def _names(item: dict[str, Any]) -> list[str]:
    return [name for name in asl.as_list(item.get("ErrorEquals")) if isinstance(name, str)]


@rule(
    "BY107", "error", "an error name that States.* does not have", fix=f"known: {', '.join(sorted(RESERVED))}"
)
def unknown_error(subject: Subject) -> Iterator[Hit]:
    yield from subject.diagnosed("error-names")
    for state, key, index, item in rules_of(subject):
        for name in _names(item):
            if name.startswith("States.") and name not in RESERVED:
                yield at(state, f"there is no reserved error name {name}", key, index, "ErrorEquals")


@rule(
    "BY109",
    "warning",
    "a retrier or catcher for an error that it can not help with",
    fix="make the payload smaller (keep results in S3), or correct the expression that fails at run time",
)
def beyond_help(subject: Subject) -> Iterator[Hit]:
    for state, key, index, item in rules_of(subject):
        names = _names(item)
        if "States.Runtime" in names:
            yield at(state, "States.Runtime always fails the execution", key, index, "ErrorEquals")
        if key == "Retry" and "States.DataLimitExceeded" in names:
            yield at(state, "a payload over the limit is over it again", key, index, "ErrorEquals")
