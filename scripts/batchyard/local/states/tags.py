"""Tags of state machines and activities.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#concepts-tagging
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns
from batchyard.local.states.api_errors import ApiError, invalid, no_resource
from batchyard.local.states.interface import Json, Resources, Service

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MOST = 50
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html
_ALLOWED = "Unicode letters, digits, white space, or these symbols: _ . : / = + - @"
_TEXT = re.compile(r"[\w\s.:/=+\-@]*")
_KIND = "tags"


def checked(
    arn: str, given: Iterable[Mapping[str, Any]] | None, there: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return tags as key and value, those that are there first.

    Raises:
        ApiError: ValidationException for a reserved key, TooManyTags.
    """
    found = dict(there or {})
    for tag in given or ():
        key, value = str(tag.get("key") or ""), str(tag.get("value") or "")
        if not key or key.lower().startswith("aws:"):
            raise invalid(f"Tag keys can not be empty or start with 'aws:'. Received: '{key}'")
        if not _TEXT.fullmatch(key + value):
            raise invalid(f"Tags may only contain {_ALLOWED}. Received: '{key}' = '{value}'")
        found[key] = value
    if len(found) > MOST:
        raise ApiError("TooManyTags", f"A resource can have at most {MOST} tags.", resourceName=arn)
    return found


def put(resources: Resources, arn: str, tags: Mapping[str, str]) -> None:
    resources.put(_KIND, arn, {"arn": arn, "tags": dict(tags)})


def get(resources: Resources, arn: str) -> dict[str, str]:
    record = resources.get(_KIND, arn)
    return dict(record["tags"]) if record else {}


def listing(service: Service, scope: Scope, request: Json) -> Json:
    arn = _existing(service, scope, request["resourceArn"])
    found = get(service.machines.resources, arn)
    return {"tags": [{"key": key, "value": value} for key, value in found.items()]}


def add(service: Service, scope: Scope, request: Json) -> Json:
    resources = service.machines.resources
    arn = _existing(service, scope, request["resourceArn"])
    put(resources, arn, checked(arn, request["tags"], get(resources, arn)))
    return {}


def remove(service: Service, scope: Scope, request: Json) -> Json:
    resources = service.machines.resources
    arn = _existing(service, scope, request["resourceArn"])
    gone = set(request["tagKeys"])
    put(resources, arn, {key: value for key, value in get(resources, arn).items() if key not in gone})
    return {}


def _existing(service: Service, scope: Scope, arn: str) -> str:
    """Return the ARN if it is a machine's or an activity's; versions and aliases have no tags."""
    parsed = arns.parse(arn, arns.MACHINE, arns.ACTIVITY)
    plain = parsed.scope == scope and not parsed.label and not parsed.qualifier
    if parsed.kind == arns.MACHINE:
        there = service.machines.get(arn) is not None
    else:
        there = service.activities.get(arn) is not None
    if not (plain and there):
        raise no_resource(arn)
    return arn
