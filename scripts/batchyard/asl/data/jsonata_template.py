"""JSON values with expressions in them: Output, Assign, Arguments and their like."""

from __future__ import annotations

from batchyard.asl.data.interface import Value
from batchyard.asl.data.jsonata import Expression, View, compile_expression, source


def compile_template(template: Value, location: str) -> Expression:
    """Return a function that evaluates every expression in a value.

    Args:
        location: the field; below it, members are named `/key` and elements `[0]`, as the service does:
            https://github.com/floci-io/floci/pull/2689
    """
    return _compile(template, location) or (lambda _: template)


def _compile(template: Value, location: str) -> Expression | None:
    """Return a function that evaluates a value, or None if there is no expression in it."""
    if isinstance(template, str):
        text = source(template)
        return None if text is None else compile_expression(text, location)
    if isinstance(template, list):
        items = [(item, _compile(item, f"{location}[{index}]")) for index, item in enumerate(template)]
        if all(evaluate is None for _, evaluate in items):
            return None
        return lambda view: [evaluate(view) if evaluate else item for item, evaluate in items]
    if not isinstance(template, dict):
        return None
    fields = [(key, item, _compile(item, f"{location}/{key}")) for key, item in template.items()]
    if all(evaluate is None for _, _, evaluate in fields):
        return None
    return lambda view: _fill(fields, view)


def _fill(fields: list[tuple[str, Value, Expression | None]], view: View) -> Value:
    return {key: evaluate(view) if evaluate else item for key, item, evaluate in fields}
