"""Timestamps as the language has them: RFC 3339 with `T` and, without an offset, `Z`.

https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html and
https://states-language.net/spec.html#timestamps
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"(?:Z|([+-])(\d\d):(\d\d)(?::(\d\d))?)",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_OFFSET = timedelta(hours=18)  # https://docs.oracle.com/javase/8/docs/api/java/time/ZoneOffset.html


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[int, int] | None:
    """Return seconds since the epoch and nanoseconds of a timestamp, or None for other texts."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes, seconds = found.groups()
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0), seconds=int(seconds or 0))
    if offset > _MAX_OFFSET or int(minutes or 0) > 59 or int(seconds or 0) > 59:
        return None
    since = (local - _EPOCH) - (offset if sign != "-" else -offset)
    return since.days * 86_400 + since.seconds, int((fraction or "").ljust(9, "0"))


def seconds_of(text: str) -> float | None:
    """Return a timestamp in seconds since the epoch, or None for other texts."""
    found = parse(text)
    return None if found is None else found[0] + found[1] / 1e9
