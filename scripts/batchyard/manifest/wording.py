"""Pydantic's findings in words: the rule that a value breaks, and what to write instead."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from batchyard.manifest.forms import rule_of

AS_LIST = "write [first, second], or lines that begin with a hyphen"
AS_MAPPING = "write {key: value}, or indented lines"
# What a value has to be and how it is written, by how pydantic's kinds of finding begin.
_KINDS = {
    "string_type": ("a text", "write it between quotes"),
    "string_sub_type": ("a text", "write it between quotes"),
    "int": ("a whole number", "write a whole number, without a point or a unit"),
    "float": ("a number", "write a number"),
    "finite": ("a number", "write a number"),
    "bool": ("true or false", "write true or false"),
    "list_type": ("a list", AS_LIST),
    "dict_type": ("a mapping", AS_MAPPING),
    "model_type": ("a mapping", AS_MAPPING),
    "model_attributes_type": ("a mapping", AS_MAPPING),
}
# A limit and the member of the finding's context that has it.
_LIMITS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
_SIZES = {
    "string_too_short": ("at least", "min_length", ("character", "characters")),
    "string_too_long": ("at most", "max_length", ("character", "characters")),
    "too_short": ("at least", "min_length", ("entry", "entries")),
    "too_long": ("at most", "max_length", ("entry", "entries")),
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
_IN_MIB = ("memory", "shared_memory")
# A size as other tools write it; manifests have MiB alone.
_SIZE = re.compile(r"(\d+) *([gGmM])(?:i?[bB])?")


def told(item: Any) -> tuple[str, str]:  # noqa: ANN401 - one of pydantic's findings, a typed dict
    """Return what one of pydantic's findings says and what to do about it; either may be empty."""
    kind, given, context = str(item["type"]), item["input"], item.get("ctx", {})
    if kind in _LIMITS:
        words, member = _LIMITS[kind]
        return f"has to be {words} {context[member]}, not {shown(given)}", f"write {words} {context[member]}"
    if kind in _SIZES:
        words, member, of = _SIZES[kind]
        limit = context[member]
        counted = f"{words} {limit} {of[limit != 1]}"
        return f"has to have {counted}, not {len(given)}", f"write {counted}"
    if kind == "kind":
        known = str(item["msg"]).rpartition("one of ")[2]
        return (
            _one_of(given.get("kind"), known) if isinstance(given, dict) else _other_kind("dict_type", given)
        )
    if kind == "literal_error":
        return _one_of(given, context["expected"])
    if kind == "string_pattern_mismatch":
        rule, example = rule_of(context["pattern"])
        return f"has to be {rule}, not {shown(given)}", f"write it as {example}" if example else ""
    if kind.startswith(tuple(_KINDS)):
        return _other_kind(kind, given, item["loc"][-1] if item["loc"] else "")
    what, _, fix = str(item["msg"]).removeprefix("Value error, ").partition("; ")
    return what, fix


def _other_kind(kind: str, given: object, key: object = "") -> tuple[str, str]:
    what, fix = next(said for start, said in _KINDS.items() if kind.startswith(start))
    size = _SIZE.fullmatch(given) if key in _IN_MIB and isinstance(given, str) else None
    if size:
        fix = f"write {int(size[1]) * (1024 if size[2] in 'gG' else 1)}, the number of MiB"
    return f"has to be {what}, not {shown(given)}", fix


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
    # In whatever case it is written: START is meant by start.
    cased = {each.lower(): each for each in known}
    near = [cased[each] for each in get_close_matches(str(given).lower(), cased, n=1)]
    if len(known) == 1:
        return f"has to be {known[0]}, not {shown(given)}", f"write {known[0]}"
    what = f"{shown(given)} is none of {', '.join(known)}"
    return what, f"did you mean {near[0]}?" if near else "choose one of these"
