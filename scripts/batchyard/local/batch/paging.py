"""Pages of a listing, with opaque tokens."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from batchyard.local.batch.errors import ApiError

T = TypeVar("T")


def page(
    items: Sequence[T], payload: dict[str, Any], *, most: int = 100, least: int = 1
) -> tuple[Sequence[T], dict[str, Any]]:
    """Return one page and, when more follows, `{"nextToken": ...}` to put beside it.

    payload: the request, whose maxResults (at most `most`) and nextToken are honoured.
    Raises ApiError for a maxResults out of range or a token that was not given out here.
    """
    given = payload.get("maxResults")
    size = most if given is None else int(given)
    if not least <= size <= most:
        raise ApiError(f"maxResults must be between {least} and {most}")
    start = _position(payload.get("nextToken"))
    more = {"nextToken": _token(start + size)} if start + size < len(items) else {}
    return items[start : start + size], more


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(f"position:{position}".encode()).decode()


def _position(token: str | None) -> int:
    if not token:
        return 0
    try:
        prefix, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if prefix == "position":
            return int(number)
    except (binascii.Error, ValueError) as problem:
        raise ApiError("nextToken is not valid") from problem
    raise ApiError("nextToken is not valid")
