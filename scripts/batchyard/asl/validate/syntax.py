"""Syntax of paths and intrinsic functions: what the interpreter's own parsers take."""

from __future__ import annotations

from batchyard.asl.data import intrinsics, jsonpath, reference


def is_path(value: object) -> bool:
    """Say whether a value is a JSONPath."""
    return isinstance(value, str) and jsonpath.check(value) is None


def is_reference(value: object, *, within_input: bool = False) -> bool:
    """Say whether a value is a path that names at most one node.

    Args:
        value: any JSON value.
        within_input: whether it has to lead into the input, not to a variable or into the context object.
    """
    if not isinstance(value, str) or jsonpath.check_reference(value) is not None:
        return False
    found = reference.parse(value)
    return not within_input or (found is not None and found.root == "$")


def is_function(value: object) -> bool:
    """Say whether a value is a call of an intrinsic function."""
    return isinstance(value, str) and intrinsics.check(value) is None
