"""Command-line arguments as AWS Batch passes them: one element per flag, one per value."""

from __future__ import annotations

from collections.abc import Sequence

from batchyard_job.errors import BadInputError

COMMON = ("working_dir", "cmd_args", "memory", "sample_id", "tool", "vcpus")


def parse(
    argv: Sequence[str], *, required: Sequence[str], optional: Sequence[str] = COMMON
) -> dict[str, str]:
    """Parse `--flag value` and `--flag=value`.

    The element after a flag is its value even if it starts with a dash: `--cmd_args "-K 1000"` arrives as two
    elements, and argparse would take the second for a flag.

    Args:
        argv: the arguments without the program's name.
        required: names of flags that must be given and not be empty.
        optional: names of flags that may be left out.

    Returns:
        value by flag name; flags left out, or given as an empty string, are missing.

    Raises:
        BadInputError: a flag is unknown, given twice, has no value or still holds a `Ref::` placeholder.
    """
    known = {*required, *optional}
    values: dict[str, str] = {}
    rest = list(argv)
    while rest:
        name, value = _take(rest, known)
        if name in values:
            raise BadInputError(f"--{name} is given twice")
        values[name] = _checked(name, value)
    missing = [f"--{name}" for name in required if not values.get(name)]
    if missing:
        raise BadInputError(f"missing {', '.join(missing)}; usage: {usage(required, optional)}")
    return {name: value for name, value in values.items() if value}


def usage(required: Sequence[str], optional: Sequence[str] = COMMON) -> str:
    """Return the usage line."""
    flags = [f"--{name} VALUE" for name in required] + [f"[--{name} VALUE]" for name in optional]
    return " ".join(flags)


def _take(rest: list[str], known: set[str]) -> tuple[str, str]:
    element = rest.pop(0)
    if not element.startswith("--"):
        raise BadInputError(
            f"unexpected argument {element!r}: a value that holds spaces has to be one element"
        )
    name, equals, value = element[2:].partition("=")
    if name not in known:
        raise BadInputError(f"unknown flag --{name}; known: {', '.join(sorted(known))}")
    if equals:
        return name, value
    if not rest:
        raise BadInputError(f"--{name} has no value")
    return name, rest.pop(0)


def _checked(name: str, value: str) -> str:
    if value.startswith("Ref::"):
        raise BadInputError(
            f"--{name} is still {value!r}: the job was submitted without the parameter {value[5:]!r}"
        )
    return value.strip()
