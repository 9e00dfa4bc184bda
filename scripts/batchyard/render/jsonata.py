"""JSONata text: expressions are put together here and nowhere else."""

from __future__ import annotations

import json
import re

from batchyard.errors import ManifestError

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def expression(code: str) -> str:
    """Return a state's field that holds an expression."""
    return f"{{% {code} %}}"


def literal(text: str) -> str:
    """Return a string literal.

    JSONata knows JSON's escapes in either kind of quotes, but none for the single quote itself.

    Raises:
        ManifestError: it holds half of a surrogate pair.
    """
    if "'" in text:
        return json.dumps(text, ensure_ascii=False)
    return f"'{json.dumps(text, ensure_ascii=False)[1:-1]}'"


def path(*names: str) -> str:
    """Return a path below the state's input; names that are no plain word are put in backquotes.

    Raises:
        ManifestError: a name holds a backquote.
    """
    if any("`" in name for name in names):
        raise ManifestError("a name with a backquote can not be written in JSONata", where=".".join(names))
    quoted = (name if _PLAIN_NAME.fullmatch(name) else f"`{name}`" for name in names)
    return ".".join(("$states.input", *quoted))


def with_default(code: str, default: str) -> str:
    """Return an expression for a text that may be missing.

    Args:
        code: the expression.
        default: the text that holds if it gives nothing.
    """
    return f"$exists({code}) ? $string({code}) : {literal(default)}"


def merged(changes: str) -> str:
    """Return the state's input with some fields changed.

    Args:
        changes: an expression that gives an object.
    """
    return f"$merge([$states.input, {changes}])"


def without(name: str) -> str:
    """Return the state's input without one of its fields."""
    return f"$sift($states.input, function($value, $key) {{ $key != {literal(name)} }})"


def step(job: str, fields: str) -> str:
    """Return the state's input with the record of one job's step changed.

    Args:
        job: the job's key.
        fields: an expression that gives the record.
    """
    return f"{{'steps': $merge([$states.input.steps, {{{literal(job)}: {fields}}}])}}"
