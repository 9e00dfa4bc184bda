"""Texts of a form: the pattern that holds them to it, and how a message says the rule."""

from __future__ import annotations

from typing import Any

from pydantic import Field

# Rule and example by pattern; pydantic's errors name the pattern alone.
_SAID: dict[str, tuple[str, str]] = {}


def form(pattern: str, rule: str, example: str, **others: Any) -> Any:  # noqa: ANN401 - what Field takes and gives
    """Return the field of a text that has to match a pattern.

    Args:
        pattern: anchored at both ends.
        rule: what it stands for, after "has to be".
        example: a text of that form.
        others: further arguments of the field.
    """
    _SAID[pattern] = (rule, example)
    return Field(pattern=pattern, **others)


def rule_of(pattern: str) -> tuple[str, str]:
    """Return the rule and an example of a pattern; the pattern itself where nothing is said of it."""
    return _SAID.get(pattern, (f"of the form {pattern}", ""))
