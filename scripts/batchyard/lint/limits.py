"""Rules on quotas: BY201 to BY206, BY209 and BY210.

Sources: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html and
https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from batchyard import asl
from batchyard.asl import expressions
from batchyard.asl.source import MAX_BYTES
from batchyard.lint import history
from batchyard.lint.registry import Hit, Subject, at, rule
from batchyard.lint.tasks import is_batch, tasks

MAX_DEFINITION = MAX_BYTES
MAX_PAYLOAD = 262_144
MAX_SUBMIT = 30 * 1024
MAX_JOB_DEFINITION = 24 * 1024
_LITERALS = ("Parameters", "Arguments", "Result", "Output", "Items", "ItemSelector")
_JOB_KEYS = (
    "container_properties",
    "ecs_properties",
    "node_properties",
    "eks_properties",
    "parameters",
    "retry_strategy",
)


def size(value: object) -> int:
    """Return the bytes of a value as compact JSON."""
    return len(
        json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str).encode(errors="replace")
    )


@rule(
    "BY201",
    "error",
    f"a worst case of more than {history.LIMIT:,} history events",
    fix="move the loop or the items into child executions (Distributed Map, states:startExecution)",
)
def too_many_events(subject: Subject) -> Iterator[Hit]:
    counter = subject.counter
    for scope in history.histories(subject.machine):
        events = history.EXECUTION + counter.scope(scope).events
        if events > history.LIMIT:
            owner = scope.owner.name if scope.owner else ""
            yield Hit(
                scope.path,
                owner,
                f"the longest path writes at least {events:,} events; {history.LIMIT:,} end an execution",
            )


@rule(
    "BY202",
    "warning",
    "an inline Map that comes near the history limit, or whose number of items nothing bounds",
    fix="use Mode DISTRIBUTED, or accept it with `lint: ignore BY202 at most N items because ...`",
)
def wide_map(subject: Subject) -> Iterator[Hit]:
    counter = subject.counter
    for state in subject.machine.states:
        if state.type != "Map" or state.distributed or state.scope.express:
            continue
        per_item, items = counter.item(state), history.known_items(state)
        most = history.PRUDENT // per_item
        if items is None or items > most:
            has = "an unknown number of" if items is None else f"{items:,}"
            yield at(
                state,
                f"{has} items of {per_item} events each; {most:,} items fill {history.PRUDENT:,} events",
            )


@rule(
    "BY203",
    "warning",
    "a loop that nothing bounds",
    fix="give the machine TimeoutSeconds (and the loop a Wait of fixed Seconds), or count rounds in a Choice",
)
def endless_loop(subject: Subject) -> Iterator[Hit]:
    counter = subject.counter
    for scope in subject.machine.scopes:
        for loop in counter.scope(scope).unbounded if not scope.express else ():
            events = sum(counter.state(state) for state in loop.states)
            rounds = history.LIMIT // max(events, 1)
            names = " -> ".join(sorted(state.name for state in loop.states))
            first = min(loop.states, key=lambda state: state.path)
            yield at(first, f"{names}: {events} events a round; the execution fails after {rounds:,} rounds")


@rule(
    "BY204",
    "warning",
    "the whole result of a Batch .sync task kept in the output",
    fix="select what is used: ResultSelector with JSONPath, Output with JSONata (JobId, Status)",
)
def whole_result(subject: Subject) -> Iterator[Hit]:
    for state, call in tasks(subject):
        if is_batch(call) and call.pattern == "sync" and _keeps_result(state):
            yield at(
                state,
                f"the job detail is several KiB and grows with each attempt; over {MAX_PAYLOAD:,} bytes the "
                "execution fails with States.DataLimitExceeded, which States.ALL does not catch",
            )


def _keeps_result(state: asl.State) -> bool:
    body = state.body
    if state.jsonata:
        return "Output" not in body or any(_is_whole(body.get(key)) for key in ("Output", "Assign"))
    if "ResultSelector" in body:
        return "$" in [value for _, value in asl.walk(body["ResultSelector"])]
    narrowed = str(body.get("OutputPath", "$")) != "$"
    return not narrowed and body.get("ResultPath", "$") is not None


def _is_whole(value: object) -> bool:
    for _, item in asl.walk(value):
        code = expressions.inner(item)
        try:
            if code is not None and _holds_result(expressions.parse(code)):
                return True
        except expressions.ExpressionError:
            continue
    return False


def _holds_result(node: object) -> bool:
    """Say whether an expression hands on `$states.result` itself, not a part of it."""
    if expressions.steps(node) == ["states", "result"]:
        return True
    called = getattr(getattr(node, "procedure", None), "value", None)
    if called is not None and called not in ("merge", "append"):
        return False
    return any(_holds_result(child) for child in expressions.children(node))


@rule(
    "BY205",
    "error",
    f"a definition of more than {MAX_DEFINITION:,} bytes",
    fix="split it into nested workflows",
)
def large_definition(subject: Subject) -> Iterator[Hit]:
    if size(subject.definition) > MAX_DEFINITION:
        yield Hit("", "", f"the definition has {size(subject.definition):,} bytes")


@rule(
    "BY206",
    "error",
    f"a submit of more than {MAX_SUBMIT:,} bytes",
    fix="put long commands and lists into a file in S3 and pass its URI",
)
def large_submit(subject: Subject) -> Iterator[Hit]:
    for state, call in tasks(subject):
        if is_batch(call) and size(state.arguments) > MAX_SUBMIT:
            yield at(state, f"the literal part of the submit has {size(state.arguments):,} bytes")


@rule(
    "BY209",
    "error",
    f"a job definition of more than {MAX_JOB_DEFINITION:,} bytes",
    fix="move long commands and environments into a file in S3 or into the image",
)
def large_job_definition(subject: Subject) -> Iterator[Hit]:
    for key, job in subject.jobs.items():
        length = size({name: job[name] for name in _JOB_KEYS if name in job})
        if length > MAX_JOB_DEFINITION:
            yield Hit(asl.pointer("", "job_definitions", key), "", f"the job definition has {length:,} bytes")


@rule(
    "BY210",
    "error",
    f"a literal payload of more than {MAX_PAYLOAD:,} bytes",
    fix="keep the data in S3 and pass its URI",
)
def large_payload(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        for key in _LITERALS:
            if key in state.body and size(state.body[key]) > MAX_PAYLOAD:
                yield at(state, f"{key} has {size(state.body[key]):,} bytes", key)
