"""Parts of states as typed, immutable objects: transitions, retriers, catchers, rules of a Choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from batchyard.asl.walk import Json, as_list

EdgeKind = Literal["next", "choice", "default", "catch"]


@dataclass(frozen=True)
class Edge:
    """A transition out of a state; `target` is as written, so it may be any JSON value."""

    kind: EdgeKind
    target: object
    path: str
    rule: Json = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Retrier:
    """One entry of Retry, with the defaults of the language; seconds.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """

    errors: tuple[str, ...]
    interval: float = 1
    attempts: int = 3
    backoff: float = 2.0
    max_delay: float | None = None
    full_jitter: bool = False

    @classmethod
    def of(cls, body: Json) -> Retrier:
        """Read an entry; what is no number counts as left out."""
        return cls(
            errors_of(body),
            number(body.get("IntervalSeconds"), 1),
            int(number(body.get("MaxAttempts"), 3)),
            number(body.get("BackoffRate"), 2.0),
            number(body["MaxDelaySeconds"], 0) if "MaxDelaySeconds" in body else None,
            body.get("JitterStrategy") == "FULL",
        )


@dataclass(frozen=True)
class Catcher:
    """One entry of Catch; `body` holds what its query language reads (ResultPath, Output, Assign)."""

    errors: tuple[str, ...]
    next: str
    body: Json = field(compare=False)
    path: str


@dataclass(frozen=True)
class Rule:
    """One entry of Choices; `body` holds its condition, Output and Assign."""

    next: str
    body: Json = field(compare=False)
    path: str


def errors_of(body: Json) -> tuple[str, ...]:
    """Return the names in ErrorEquals."""
    return tuple(each for each in as_list(body.get("ErrorEquals")) if isinstance(each, str))


def number(value: Any, default: float) -> float:  # noqa: ANN401 - any JSON value
    """Return a finite number of a document, or the default; true and false are none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and value - value == 0 else default


def text(value: object) -> str:
    """Return a text of a document, or an empty one."""
    return value if isinstance(value, str) else ""
