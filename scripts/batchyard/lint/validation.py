"""Rules that say what validation says: `batchyard.asl.validate` decides, here it gets its rule's id.

Source of each rule: the module of `batchyard.asl.validate` that makes its diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterator

from batchyard import asl
from batchyard.asl.validate import Kind
from batchyard.asl.validate.document import MAX_NAME
from batchyard.asl.validate.errors import MAX_ATTEMPTS, MAX_DELAY
from batchyard.asl.validate.values import MAX_SECONDS
from batchyard.lint.registry import Check, Hit, Subject, rule

_RULES: list[tuple[str, tuple[Kind, ...], str, str]] = [
    (
        "BY001",
        ("shape", "terminal", "json"),
        "the document or a part of it is not of the shape of the language",
        "see states-language.net",
    ),
    (
        "BY002",
        ("target",),
        "a transition names a state that is not in its scope",
        "name a state of the same States object",
    ),
    (
        "BY003",
        ("unreachable",),
        "a state that nothing leads to",
        "lead a transition to it or take it out",
    ),
    ("BY004", ("end", "default"), "a state with neither Next nor End", "add Next, or End: true"),
    (
        "BY005",
        ("two-ends",),
        "Next and End that exclude each other, or stand where none belongs",
        "keep one of them",
    ),
    ("BY007", ("duplicate",), "a state name that occurs twice in one machine", "rename one of the two"),
    ("BY008", ("type-name",), "an unknown state Type", f"use one of {', '.join(asl.STATE_TYPES)}"),
    ("BY009", ("name",), f"a state name of more than {MAX_NAME} characters", "shorten it"),
    (
        "BY010",
        ("container", "depth"),
        "a Parallel without branches, or a Map without one item processor",
        "give it one",
    ),
    (
        "BY011",
        ("field",),
        "a field that the state's Type does not have",
        "correct its spelling or take it out",
    ),
    ("BY013", ("exclusive",), "fields that exclude each other", "keep one of them"),
    (
        "BY104",
        ("express",),
        "a task that waits, in an EXPRESS machine",
        "make the machine STANDARD, or use the request pattern and poll from outside",
    ),
    (
        "BY105",
        ("seconds",),
        "seconds out of range, or a heartbeat that is no shorter than the timeout",
        f"whole seconds from 1 to {MAX_SECONDS}; HeartbeatSeconds below TimeoutSeconds",
    ),
    (
        "BY106",
        ("resource",),
        "a Resource that is nothing Step Functions can call",
        "use arn:aws:states:::<service>:<action>[.sync|.waitForTaskToken], or a function's or activity's ARN",
    ),
    (
        "BY108",
        ("error-all",),
        "States.ALL that is not alone, or not in the last place",
        "give it an entry of its own, last",
    ),
    (
        "BY110",
        ("retry",),
        "a retrier with numbers out of range",
        (
            f"MaxAttempts 0 to {MAX_ATTEMPTS}, BackoffRate at least 1, IntervalSeconds a whole number, "
            f"MaxDelaySeconds above IntervalSeconds and at most {MAX_DELAY}, JitterStrategy FULL or NONE"
        ),
    ),
    (
        "BY304",
        ("query-language",),
        "a query language that does not exist or may not be mixed",
        "use JSONPath or JSONata; below a machine of JSONata there is only JSONata",
    ),
    (
        "BY305",
        ("path", "template"),
        "a JSONPath field that holds no path",
        "start it with $, or with States. where a function may stand",
    ),
    (
        "BY307",
        ("variable",),
        "a variable that can not be assigned",
        "name it with letters, digits and _, beginning with a letter; states is reserved",
    ),
]


def _of(kinds: tuple[Kind, ...]) -> Check:
    def check(subject: Subject) -> Iterator[Hit]:
        yield from subject.diagnosed(*kinds)

    return check


for _id, _kinds, _summary, _fix in _RULES:
    rule(_id, "error", _summary, fix=_fix)(_of(_kinds))


@rule(
    "BY308",
    "warning",
    "a path or function that is taken as plain text",
    fix="end the field's name with .$ or Path where one may stand; a Pass computes in Parameters",
)
def plain_path(subject: Subject) -> Iterator[Hit]:
    yield from subject.diagnosed("static")
