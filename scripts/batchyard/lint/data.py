"""Rules on values and expressions: BY302, BY303, BY306."""

from __future__ import annotations

import re
from collections.abc import Iterator

from batchyard import asl
from batchyard.asl import expressions
from batchyard.lint.registry import Hit, Subject, rule
from batchyard.lint.submissions import OVERRIDES, Submission, submissions

_ENTRY = re.compile(r"/(environment|env|resourceRequirements)/\d+$", re.IGNORECASE)
_VALUES = {"Value", "Value.$", "value", "value.$"}
_COUNTING = re.compile(r"^States\.(ArrayLength|MathAdd|MathRandom|Array|ArrayRange|ArrayPartition)\(")


@rule(
    "BY302", "error", "a JSONata expression that does not parse", fix="correct it; try it with jsonata-python"
)
def bad_expression(subject: Subject) -> Iterator[Hit]:
    yield from subject.diagnosed("jsonata")
    for state, path, code in _expressions(subject):
        try:
            called = expressions.functions(expressions.parse(code))
        except expressions.ExpressionError:
            continue
        if "eval" in called:
            yield Hit(path, state.name, "Step Functions has no $eval", "use $parse for JSON text")


def _expressions(subject: Subject) -> Iterator[tuple[asl.State, str, str]]:
    for state in subject.machine.states:
        for path, value in asl.own_values(state) if state.jsonata else ():
            code = expressions.inner(value)
            if code is not None:
                yield state, path, code


@rule(
    "BY303",
    "error",
    "a value that Batch takes only as a string",
    fix="write it in quotes, or as {% $string(...) %} with JSONata",
)
def not_a_string(subject: Subject) -> Iterator[Hit]:
    for each in submissions(subject):
        for path, key, value in _batch_strings(each):
            problem = _not_text(value, key=key, jsonata=each.state.jsonata)
            if problem:
                yield Hit(path, each.state.name, f"{key} is {problem}")


def _batch_strings(submission: Submission) -> Iterator[tuple[str, str, object]]:
    """Yield what the API takes as strings: parameters, tags, values of variables and of requirements."""
    for name, value in submission.body.items():
        member = name[:1].lower() + name[1:]
        if member in ("parameters", "tags"):
            for key, item in asl.as_dict(value).items():
                yield asl.pointer(submission.path, name, key), key, item
        elif member in OVERRIDES.values():
            for path, item in asl.walk(value, asl.pointer(submission.path, name)):
                entry = asl.as_dict(item) if _ENTRY.search(path) else {}
                for key in _VALUES & entry.keys():
                    yield asl.pointer(path, key), key, entry[key]


def _not_text(value: object, *, key: str, jsonata: bool) -> str:
    if not isinstance(value, str):
        return f"{value!r}, not a string"
    if key.endswith(".$"):
        return "a number or a list" if _COUNTING.match(value) else ""
    code = expressions.inner(value) if jsonata else None
    if code is None:
        return ""
    try:
        node = expressions.parse(code)
    except expressions.ExpressionError:
        return ""
    kind = {"value": "true, false or null", "regex": "a pattern"}.get(node.type)
    if node.type == "unary" and node.value in ("[", "{"):
        kind = "a list or an object"
    return "a number" if expressions.is_numeric(node) else kind or ""


@rule(
    "BY306",
    "error",
    "an expression that is sent as plain text",
    fix="close it with %}, or set QueryLanguage JSONata",
)
def plain_expression(subject: Subject) -> Iterator[Hit]:
    yield from subject.diagnosed("delimiter")
    for state in subject.machine.states:
        for path, value in asl.own_values(state) if not state.jsonata else ():
            if not isinstance(value, str):
                continue
            if expressions.is_half(value):
                yield Hit(path, state.name, f"only one of the two delimiters of an expression: {value[:60]}")
            elif expressions.inner(value) is not None:
                yield Hit(path, state.name, "a JSONata expression in a JSONPath state")
