"""Rules of a Choice.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

from batchyard.asl import expressions
from batchyard.asl.states import State
from batchyard.asl.validate import fields, paths, templates, values
from batchyard.asl.validate.diagnostics import Report, listed
from batchyard.asl.validate.timestamps import timestamp
from batchyard.asl.walk import Json, pointer

_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
_COMPARED: dict[str, values.Check] = {
    **{f"String{order}": values.of_type(str) for order in _ORDERS},
    **{f"Numeric{order}": values.decimal(float("-inf"), dynamic=False) for order in _ORDERS},
    **{f"Timestamp{order}": timestamp for order in _ORDERS},
    "BooleanEquals": values.of_type(bool),
}
OPERATORS: dict[str, values.Check] = {
    **_COMPARED,
    **{f"{name}Path": paths.reference for name in _COMPARED},
    "StringMatches": values.of_type(str),
    **{
        f"Is{what}": values.of_type(bool)
        for what in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")
    },
}
_COMBINED = ("And", "Or", "Not")
_HEADS = (*_COMBINED, "Variable", "Condition")
_RULE = frozenset([*OPERATORS, *_HEADS, "Next", "Comment", "Assign", "Output"])
_NESTED = frozenset([*OPERATORS, *_COMBINED, "Variable", "Comment"])
_CHECKS: dict[str, values.Check] = {
    **OPERATORS,
    "Variable": paths.reference,
    "Next": values.of_type(str, "target"),
    "Comment": values.of_type(str),
    "Assign": templates.assign,
}


def choices(report: Report, state: State, path: str, value: object) -> None:
    """Check the Choices of a Choice."""
    if not isinstance(value, list):
        report.error("default", "Expected value of type Array", path)
        return
    if not value:
        report.error("default", "Value cannot be empty", path)
    for index, rule in enumerate(value):
        at = pointer(path, index)
        if not isinstance(rule, dict):
            report.error("value", "Expected value of type Object", at)
            continue
        fields.required(report, rule.keys(), ["Next"], at, "end")
        if state.jsonata:
            _jsonata(report, state, at, rule)
        else:
            _jsonpath(report, state, at, rule)


def _jsonata(report: Report, state: State, path: str, rule: Json) -> None:
    known = _RULE - OPERATORS.keys() - set(_COMBINED)
    fields.known(report, state, rule.keys(), known, path)
    fields.required(report, rule.keys(), ["Condition"], path)
    condition = rule.get("Condition", True)
    if isinstance(condition, str):
        if expressions.inner(condition) is None and not expressions.is_half(condition):
            message = "JSONata string must start with {% and end with %}"
            report.error("delimiter", message, pointer(path, "Condition"))
    elif not isinstance(condition, bool):
        report.error("value", "Expected value of type Boolean", pointer(path, "Condition"))
    values.each(report, state, path, rule, {name: _CHECKS[name] for name in ("Next", "Comment", "Assign")})


def _jsonpath(report: Report, state: State, path: str, rule: Json) -> None:
    waiting = [(path, rule, _RULE)]
    while waiting:
        at, body, known = waiting.pop(0)
        fields.known(report, state, body.keys(), known, at)
        values.each(report, state, at, body, _CHECKS)
        heads = [name for name in _HEADS if name in body]
        if len(heads) != 1:
            message = f"The object must have only one of the following fields, {listed(_HEADS)}"
            report.error("required" if not heads else "exclusive", message, at)
        if "Variable" in body:
            fields.exactly_one(report, body.keys(), tuple(OPERATORS), at)
        for name in _COMBINED:
            if name in body:
                waiting += [(*each, _NESTED) for each in _below(report, pointer(at, name), name, body[name])]


def _below(report: Report, path: str, name: str, value: object) -> list[tuple[str, Json]]:
    """Return the rules inside And, Or and Not."""
    if name == "Not":
        listed_rules: list[tuple[str, object]] = [(path, value)]
    elif isinstance(value, list):
        listed_rules = [(pointer(path, index), each) for index, each in enumerate(value)]
        if not value:
            report.error("value", "Value cannot be empty", path)
    else:
        report.error("value", "Expected value of type Array", path)
        return []
    for at, each in listed_rules:
        if not isinstance(each, dict):
            report.error("value", "Expected value of type Object", at)
    return [(at, each) for at, each in listed_rules if isinstance(each, dict)]
