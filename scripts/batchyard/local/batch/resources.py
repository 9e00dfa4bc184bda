"""Checks and answers that all kinds of resources share."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

from batchyard.local.batch import arns, paging
from batchyard.local.batch.errors import ApiError, refused
from batchyard.local.batch.host import Scope
from batchyard.local.batch.registry import Registry

Payload = dict[str, Any]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
MOST_TAGS = 50


def check_name(name: str, what: str) -> None:
    """Refuse a name outside 1-128 letters, digits, hyphens and underscores."""
    if not _NAME.fullmatch(name):
        raise refused(f"{what} should match valid pattern")


def check_tags(tags: dict[str, str] | None) -> dict[str, str]:
    """Refuse more than 50 tags, keys over 128, values over 256 characters, and reserved keys."""
    for key, value in (tags or {}).items():
        if not 0 < len(key) <= 128 or len(value) > 256:
            raise ApiError("Tag keys must be 1 to 128 characters and tag values at most 256 characters")
        if key.lower().startswith("aws:"):
            raise ApiError("Tag keys can not begin with aws:")
    if len(tags or {}) > MOST_TAGS:
        raise ApiError(f"A resource can not have more than {MOST_TAGS} tags")
    return dict(tags or {})


def existing(registry: Registry, scope: Scope, kind: str, name: str) -> dict[str, Any]:
    """Return a resource by name or ARN; ApiError "... does not exist" where there is none."""
    detail = registry.get(arns.full(scope, kind, name))
    if detail is None or not arns.in_scope(scope, arns.full(scope, kind, name)):
        raise ApiError(f"{name} does not exist")
    return detail


def described(
    registry: Registry, scope: Scope, kind: str, payload: Payload, key: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the resources that a describe request names (unknown ones are left out), or a page of all."""
    names: Iterable[str] = payload.get(key) or ()
    if names:
        wanted = [registry.get(arns.full(scope, kind, name)) for name in dict.fromkeys(names)]
        return [copy.deepcopy(each) for each in wanted if each], {}
    found, more = paging.page(list(registry.of(scope, kind)), payload)
    return [copy.deepcopy(each) for each in found], more
