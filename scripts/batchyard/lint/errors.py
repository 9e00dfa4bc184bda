"""Rules on Retry and Catch: BY107 to BY110.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, at, rule
from batchyard.lint.tasks import MAX_SECONDS, is_whole

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
MAX_DELAY = 31_622_400
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
    for state, key, index, item in rules_of(subject):
        listed = asl.as_list(item.get("ErrorEquals"))
        if not listed or len(_names(item)) < len(listed):
            fix = "list error names, or States.ALL"
            yield at(
                state, "ErrorEquals is missing, empty or holds something else than names", key, index, fix=fix
            )
        for name in _names(item):
            if name.startswith("States.") and name not in RESERVED:
                yield at(state, f"there is no reserved error name {name}", key, index, "ErrorEquals")


@rule(
    "BY108",
    "error",
    "States.ALL that is not alone, or not in the last place",
    fix="give it an entry of its own, last",
)
def all_not_last(subject: Subject) -> Iterator[Hit]:
    for state, key, index, item in rules_of(subject):
        names = _names(item)
        if "States.ALL" not in names:
            continue
        if len(names) > 1:
            yield at(state, "States.ALL stands beside other names", key, index, "ErrorEquals")
        if index < len(asl.as_list(state.body[key])) - 1:
            yield at(state, "entries after States.ALL are never reached", key, index, "ErrorEquals")


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


@rule(
    "BY110",
    "error",
    "a retrier with numbers out of range",
    fix=f"MaxAttempts 0 to {MAX_SECONDS}, BackoffRate at least 1, IntervalSeconds at least 1, "
    f"MaxDelaySeconds above IntervalSeconds and at most {MAX_DELAY}, JitterStrategy FULL or NONE",
)
def retry_range(subject: Subject) -> Iterator[Hit]:
    for state, key, index, item in rules_of(subject):
        for field in _out_of_range(item) if key == "Retry" else ():
            yield at(state, f"{field} is {item[field]!r}", key, index, field)


def _out_of_range(item: dict[str, Any]) -> Iterator[str]:
    interval = item.get("IntervalSeconds", 1)
    backoff = item.get("BackoffRate", 2)
    good = {
        "MaxAttempts": is_whole(item.get("MaxAttempts", 3), 0, MAX_SECONDS),
        "IntervalSeconds": is_whole(interval, 1, MAX_SECONDS),
        "BackoffRate": isinstance(backoff, int | float) and not isinstance(backoff, bool) and backoff >= 1,
        "JitterStrategy": item.get("JitterStrategy", "NONE") in ("FULL", "NONE"),
    }
    if "MaxDelaySeconds" in item:
        low = interval + 1 if is_whole(interval, 1, MAX_SECONDS) else 1
        good["MaxDelaySeconds"] = is_whole(item["MaxDelaySeconds"], low, MAX_DELAY)
    yield from (field for field, fine in good.items() if not fine)
