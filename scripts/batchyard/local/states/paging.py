"""Pages of a listing, with opaque tokens."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from batchyard.local.states.api_errors import ApiError

Json = dict[str, Any]
T = TypeVar("T")
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html
PAGE_SIZE = 100
TOKEN_SECONDS = 24 * 3600


def page(
    items: Sequence[T], request: Json, key: Callable[[T], Any], now: float
) -> tuple[Sequence[T], dict[str, str]]:
    """Return one page and, when more follows, `{"nextToken": ...}` to put beside it.

    Args:
        items: all of them, in order; what was deleted since the last page shifts no later page.
        request: its maxResults (0 is the default of 100) and nextToken are honoured.
        key: tells items apart.
        now: seconds since the epoch; a token is good for a day.

    Raises:
        ApiError: InvalidToken.
    """
    size = request.get("maxResults") or PAGE_SIZE
    start = _start([key(each) for each in items], request.get("nextToken"), now)
    chosen = items[start : start + size]
    if start + size >= len(items):
        return chosen, {}
    return chosen, {"nextToken": _token([start + size, key(chosen[-1]), now])}


def _start(keys: list[Any], token: str | None, now: float) -> int:
    if token is None:
        return 0
    try:
        position, last, given = json.loads(base64.urlsafe_b64decode(token.encode()))
        if not isinstance(position, int) or now - given > TOKEN_SECONDS:
            raise ValueError(token)
    except (binascii.Error, ValueError, TypeError) as problem:
        raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'") from problem
    return keys.index(last) + 1 if last in keys else min(position, len(keys))


def _token(value: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
