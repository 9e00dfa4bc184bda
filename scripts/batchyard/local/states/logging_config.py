"""Where a state machine logs to.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from batchyard.local.batch.host import Scope
from batchyard.local.states.api_errors import ApiError

Json = dict[str, Any]
_GROUP = re.compile(
    r"^arn:aws[a-z-]*:logs:(?P<region>[^:]+):(?P<account>[^:]+):log-group:(?P<name>[^:*]+):\*$"
)


def checked(given: Mapping[str, Any] | None, exists: Callable[[Scope, str], bool]) -> Json:
    """Return a logging configuration as it is described, defaults included.

    Args:
        given: as a request has it.
        exists: says whether a log group is there.

    Raises:
        ApiError: InvalidLoggingConfiguration.
    """
    given = given or {}
    destinations = given.get("destinations")
    level = given.get("level") or "OFF"
    arns = [_arn(each) for each in destinations or ()]
    if len(arns) > 1 or "" in arns or (level != "OFF" and not arns):
        raise _invalid("Must specify exactly one Log Destination.")
    for arn in arns:
        _check(arn, exists)
    found: Json = {} if destinations is None else {"destinations": [_destination(arn) for arn in arns]}
    return {**found, "includeExecutionData": bool(given.get("includeExecutionData")), "level": level}


def group_of(configuration: Mapping[str, Any]) -> tuple[Scope, str] | None:
    """Return account, region and name of the log group that a described configuration names."""
    for destination in configuration.get("destinations", ()):
        if found := _GROUP.match(_arn(destination)):
            return Scope(found["account"], found["region"]), found["name"]
    return None


def _check(arn: str, exists: Callable[[Scope, str], bool]) -> None:
    if not arn.endswith(":*"):
        raise _invalid("Log Group ARN must be provided with '*' qualifier.")
    found = _GROUP.match(arn)
    if not found or not exists(Scope(found["account"], found["region"]), found["name"]):
        raise _invalid("Log Destination not found.")


def _arn(destination: Mapping[str, Any]) -> str:
    return str((destination.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn") or "")


def _destination(arn: str) -> Json:
    return {"cloudWatchLogsLogGroup": {"logGroupArn": arn}}


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {reason}")
