"""Settings of a program that come as environment variables: those of multi-container jobs do.

The containers of a task are told what to do by overrides of their environment
(https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerOverrides.html).
"""

from __future__ import annotations

from collections.abc import Mapping

from batchyard_job.errors import BadInputError


def text(environment: Mapping[str, str], name: str) -> str:
    """Return a variable that has to be there.

    Raises:
        BadInputError: it is missing or empty.
    """
    if not environment.get(name):
        raise BadInputError(f"the variable {name} is missing: the job definition or the submission sets it")
    return environment[name]


def whole(environment: Mapping[str, str], name: str, *, least: int, most: int, default: str = "") -> int:
    """Return a variable that is a whole number.

    Args:
        environment: the variables.
        name: the variable's.
        least: the smallest number that makes sense.
        most: the largest.
        default: stands in for a missing variable; empty where it has to be there.

    Raises:
        BadInputError: it is missing, no number, or out of bounds.
    """
    return number(environment.get(name) or default or text(environment, name), name, least=least, most=most)


def number(given: str, name: str, *, least: int, most: int) -> int:
    """Return a whole number that was given as text.

    Args:
        given: the text.
        name: what it is, for the message.
        least: the smallest number that makes sense.
        most: the largest.

    Raises:
        BadInputError: it is no number, or out of bounds.
    """
    try:
        value = int(given)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise BadInputError(f"{name} is {given!r}; it has to be a whole number from {least} to {most}")
    return value
