"""Pydantic's findings in words: the rule that a value breaks, and what to write instead."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from batchyard.manifest.forms import rule_of

# What a value has to be and how it is written, by how pydantic's kinds of finding begin.
_KINDS = {
    "string_type": ("a text", "write it between quotes"),
    "string_sub_type": ("a text", "write it between quotes"),
    "int": ("a whole number", "write a number without a point"),
    "float": ("a number", "write a number"),
    "finite": ("a number", "write a number"),
    "bool": ("true or false", "write true or false"),
    "list_type": ("a list", "write [first, second], or lines that begin with a hyphen"),
    "dict_type": ("a mapping", "write {key: value}, or indented lines"),
    "model_type": ("a mapping", "write {key: value}, or indented lines"),
    "model_attributes_type": ("a mapping", "write {key: value}, or indented lines"),
}
# A limit and the member of the finding's context that has it.
_LIMITS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
_SIZES = {
    "string_too_short": ("at least", "min_length", "characters"),
    "string_too_long": ("at most", "max_length", "characters"),
    "too_short": ("at least", "min_length", "entries"),
    "too_long": ("at most", "max_length", "entries"),
}
# What stands behind keys that have to be there.
_EXAMPLES = {
    "actions": "[s3:GetObject]",
    "containers": "{main: {image: ..., vcpus: ..., memory: ...}}",
    "description": "what the workflow is for",
    "gpus": "1",
    "memory": "2048, in MiB",
    "name": "the folder's name",
    "nodes": "2",
    "pod": "{containers: {...}}",
    "queue": "a queue of the environment's tfvars",
    "ranges": '{"0": {...}, "1:": {...}}',
    "resources": "[ARNs or placeholders]",
    "sid": "what the statement allows, in letters and digits",
    "size": "the number of children, 2 to 10000",
    "size_limit": "1Gi",
    "timeout": "the longest time of an attempt, such as 1h",
    "vcpus": "1",
}
_SHOWN = 60


def told(item: Any) -> tuple[str, str]:  # noqa: ANN401 - one of pydantic's findings, a typed dict
    """Return what one of pydantic's findings says and what to do about it; either may be empty."""
    kind, given, context = str(item["type"]), item["input"], item.get("ctx", {})
    if kind in _LIMITS:
        words, member = _LIMITS[kind]
        return f"has to be {words} {context[member]}, not {shown(given)}", f"write {words} {context[member]}"
    if kind in _SIZES:
        words, member, of = _SIZES[kind]
        most = context[member]
        return f"has to have {words} {most} {of}, not {len(given)}", f"write {words} {most} {of}"
    if kind == "literal_error":
        return _one_of(given, context["expected"])
    if kind == "string_pattern_mismatch":
        rule, example = rule_of(context["pattern"])
        return f"has to be {rule}, not {shown(given)}", f"write it as {example}" if example else ""
    for start, (what, fix) in _KINDS.items():
        if kind.startswith(start):
            return f"has to be {what}, not {shown(given)}", fix
    what, _, fix = str(item["msg"]).removeprefix("Value error, ").partition("; ")
    return what, fix


def missing(key: str) -> str:
    """Return what to write for a key that is not there."""
    return f"write {key}: {_EXAMPLES.get(key, '...')}"


def shown(value: object) -> str:
    """Return a value as a message shows it: short, and not in Python's words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _one_of(given: object, expected: str) -> tuple[str, str]:
    known = expected.replace("'", "").replace(" or ", ", ").split(", ")
    near = get_close_matches(str(given), known, n=1)
    what = f"has to be one of {', '.join(known)}, not {shown(given)}"
    if len(known) == 1:
        what = f"has to be {known[0]}, not {shown(given)}"
    return what, f"did you mean {near[0]}?" if near else f"write {known[0]}" + (", or ..." * (len(known) > 1))
