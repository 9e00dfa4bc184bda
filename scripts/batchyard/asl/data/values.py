"""JSON values compared as JSON: `true` is not 1."""

from __future__ import annotations

from batchyard.asl.data.interface import Value


def same(one: Value, other: Value) -> bool:
    """Say whether two values are the same JSON."""
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(same(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(same(left, right) for left, right in zip(one, other, strict=True))
        )
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def key_of(value: Value) -> object:
    """Return something hashable that is equal for the same JSON only."""
    if isinstance(value, dict):
        return ("{}", frozenset((key, key_of(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("[]", tuple(key_of(item) for item in value))
    return (isinstance(value, bool), value)
