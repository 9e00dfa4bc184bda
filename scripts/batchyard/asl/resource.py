"""What a Task calls, read from its Resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Pattern = Literal["request", "sync", "waitForTaskToken"]
Kind = Literal["service", "sdk", "lambda", "activity"]

_FUNCTION = re.compile(r"^arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$")
_ACTIVITY = re.compile(r"^arn:aws[a-z-]*:states:[^:]+:[^:]+:activity:.+$")
_SERVICE = re.compile(
    r"^arn:aws[a-z-]*:states:[^:]*:[^:]*:(?P<sdk>aws-sdk:)?(?P<service>[A-Za-z0-9-]+):(?P<action>[A-Za-z0-9]+)"
    r"(\.(?P<pattern>sync|waitForTaskToken)(?P<second>:2)?)?$"
)


@dataclass(frozen=True)
class Integration:
    """What a Task calls: the service and action of its Resource, and how the state waits for it.

    `resource` is the Resource as written; `version` is 2 for `.sync:2`, which gives the result as JSON.
    """

    kind: Kind
    service: str
    action: str
    pattern: Pattern
    resource: str
    version: int = 1

    @property
    def resource_type(self) -> str:
        """Return the name that events give the service: `batch`, `aws-sdk:s3`."""
        return f"aws-sdk:{self.service}" if self.kind == "sdk" else self.service

    @property
    def resource_name(self) -> str:
        """Return the name that events give the action: `submitJob.sync`, `startExecution.sync:2`."""
        if self.pattern == "request":
            return self.action
        return f"{self.action}.{self.pattern}" + (":2" if self.version == 2 else "")


def integration(resource: object) -> Integration | None:
    """Return what a Task's Resource calls, or None if it is no ARN of a kind that Step Functions takes."""
    if not isinstance(resource, str):
        return None
    if _FUNCTION.match(resource):
        return Integration("lambda", "lambda", "invoke", "request", resource)
    if _ACTIVITY.match(resource):
        return Integration("activity", "states", "activity", "request", resource)
    found = _SERVICE.match(resource)
    if not found:
        return None
    pattern: Pattern = found["pattern"] or "request"  # type: ignore[assignment]
    kind: Kind = "sdk" if found["sdk"] else "service"
    version = 2 if found["second"] else 1
    return Integration(kind, found["service"], found["action"], pattern, resource, version)
