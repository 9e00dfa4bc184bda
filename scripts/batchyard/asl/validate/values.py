"""What a single field may hold. Ranges are those of the service's own answers and of the pages named."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from batchyard.asl import expressions
from batchyard.asl.states import State
from batchyard.asl.validate.diagnostics import Kind, Report, listed
from batchyard.asl.walk import Json, pointer

Check = Callable[[Report, State, str, object], None]
# https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
MAX_SECONDS = 99_999_999
_NAMES = {str: "String", bool: "Boolean", dict: "Object", list: "Array"}


def expression(state: State, value: object) -> bool:
    """Say whether a value is a JSONata string, which is checked by itself and known only at run time."""
    return state.jsonata and expressions.inner(value) is not None


def of_type(kind: type, about: Kind = "value") -> Check:
    """Return a check for a plain type of JSON."""

    def check(report: Report, _: State, path: str, value: object) -> None:
        if not isinstance(value, kind):
            report.error(about, f"Expected value of type {_NAMES[kind]}", path)

    return check


def computed(kind: type) -> Check:
    """Return a check for a plain type of JSON that a JSONata string may stand for."""
    plain = of_type(kind)

    def check(report: Report, state: State, path: str, value: object) -> None:
        if not expression(state, value):
            plain(report, state, path, value)

    return check


def integer(low: int, high: int | None = None, *, about: Kind = "value", dynamic: bool = True) -> Check:
    """Return a check for a whole number.

    Args:
        low: the least.
        high: the most.
        about: what a diagnostic is about.
        dynamic: whether a JSONata string may stand for it.
    """

    def check(report: Report, state: State, path: str, value: object) -> None:
        if dynamic and expression(state, value):
            return
        if isinstance(value, bool) or not isinstance(value, int):
            report.error(about, "Expected value of type Integer", path)
        else:
            _within(report, about, path, value, low, high)

    return check


def decimal(low: float, high: float | None = None, *, about: Kind = "value", dynamic: bool = True) -> Check:
    """Return a check for a number with a fraction; arguments as for `integer`."""

    def check(report: Report, state: State, path: str, value: object) -> None:
        if dynamic and expression(state, value):
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            report.error(about, "Expected value of type Double", path)
        else:
            _within(report, about, path, value, low, high)

    return check


def one_of(names: Sequence[str], *, about: Kind = "value") -> Check:
    """Return a check for one of a few words."""

    def check(report: Report, _: State, path: str, value: object) -> None:
        if not isinstance(value, str) or value not in names:
            report.error(about, f"Value should be one of the following: {listed(names)}", path)

    return check


def anything(report: Report, state: State, path: str, value: object) -> None:
    """Accept any JSON value."""


def each(report: Report, state: State, path: str, body: Json, checks: dict[str, Check]) -> None:
    """Check the fields of an object that have a check."""
    for name, value in body.items():
        if name in checks:
            checks[name](report, state, pointer(path, name), value)


def _within(report: Report, about: Kind, path: str, value: float, low: float, high: float | None) -> None:
    if not value >= low:
        report.error(about, f"Minimum value is {low}", path)
    elif high is not None and not value <= high:
        report.error(about, f"Maximum value is {high}", path)
