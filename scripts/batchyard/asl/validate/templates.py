"""Payload templates of JSONPath states, variables, and texts that look like paths where none is read.

Sources: https://states-language.net/spec.html#payload-template and
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from batchyard.asl.states import State
from batchyard.asl.validate import syntax
from batchyard.asl.validate.diagnostics import Report
from batchyard.asl.walk import as_dict, as_list, pointer, walk

MAX_VARIABLE = 80
_FIELDS = ("Parameters", "ResultSelector", "ItemSelector", "Assign", "Credentials")
_DEEPER = (("ItemReader", "Parameters"), ("ItemBatcher", "BatchInput"), ("ResultWriter", "Parameters"))
# Fields that take a text as it is, beside one of the same name with `Path`.
_PLAIN = ("Timestamp", "Error", "Cause")
_LOOKS_LIKE = re.compile(r"\${1,2}(\.[A-Za-z_*]|\[)|States\.[A-Z][A-Za-z0-9]*\(")


def check(report: Report, state: State) -> None:
    """Check the templates of a JSONPath state."""
    for path, value in _templates(state):
        _paths_in(report, path, value)
    for name in _PLAIN:
        if name in state.body and _looks_like_path(state.body[name]):
            message = (
                f"The value of '{name}' looks like a path, but the field's name does not end with 'Path'"
            )
            report.warning("static", "NO_PATH", message, pointer(state.path, name))
    for path, value in walk(state.body.get("Result"), pointer(state.path, "Result")):
        if path.endswith(".$") or _looks_like_path(value):
            message = "The Result of a Pass state is taken as it is; a path in it is not read"
            report.warning("static", "PASS_RESULT_IS_STATIC", message, path)


def assign(report: Report, state: State, path: str, value: object) -> None:
    """Check the names of the variables that are assigned."""
    if not isinstance(value, dict):
        report.error("value", "Expected value of type Object", path)
        return
    for key in value:
        name, at = key if state.jsonata else key.removesuffix(".$"), pointer(path, key)
        if name == "states":
            message = "Cannot assign to reserved variable '$states'."
            report.error("variable", message, at, code="RESERVED_VARIABLE_NAME")
        elif not name.isidentifier() or name.startswith("_"):
            message = f"Invalid variable name '{name}': the variable name contains invalid characters."
            report.error("variable", message, at, code="INVALID_VARIABLE_NAME")
        elif len(name) > MAX_VARIABLE:
            message = f"Invalid variable name '{name}': the variable name exceeds {MAX_VARIABLE} characters."
            report.error("variable", message, at, code="INVALID_VARIABLE_NAME")


def _templates(state: State) -> Iterator[tuple[str, object]]:
    for name in _FIELDS:
        yield pointer(state.path, name), state.body.get(name)
    for name, inner in _DEEPER:
        yield pointer(state.path, name, inner), as_dict(state.body.get(name)).get(inner)
    for name in ("Catch", "Choices"):
        for index, entry in enumerate(as_list(state.body.get(name))):
            yield pointer(state.path, name, index, "Assign"), as_dict(entry).get("Assign")


def _paths_in(report: Report, base: str, template: object) -> None:
    for path, value in walk(template, base):
        for key, item in as_dict(value).items():
            if key.endswith(".$"):
                if not syntax.is_path(item) and not syntax.is_function(item):
                    must = "must be a valid JSONPath or a valid intrinsic function call"
                    message = f"The value for the field '{key}' {must}"
                    report.error("template", message, pointer(path, key), at=path)
            elif _looks_like_path(item):
                message = (
                    f"The value of '{key}' looks like a path or function, but the field's name has no '.$'"
                )
                report.warning("static", "NO_DOLLAR", message, pointer(path, key))


def _looks_like_path(value: object) -> bool:
    return isinstance(value, str) and _LOOKS_LIKE.match(value) is not None
