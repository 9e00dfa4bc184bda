"""Amazon Resource Names of Step Functions.

Forms: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from batchyard.local.batch.host import Scope
from batchyard.local.states.api_errors import invalid_arn

MACHINE = "stateMachine"
ACTIVITY = "activity"
_HALF = re.compile(r"[\ud800-\udfff]")  # of a surrogate pair: no resource's name can have it


class Parsed(NamedTuple):
    """The parts of an ARN of Step Functions.

    `name` is the machine's or activity's; `label` names a Map state of it, `qualifier` a version or alias.
    """

    scope: Scope
    kind: str
    name: str
    label: str = ""
    qualifier: str = ""

    @property
    def version(self) -> int | None:
        return int(self.qualifier) if self.qualifier.isdecimal() else None

    @property
    def base(self) -> str:
        """Return the ARN without label and qualifier."""
        return arn(self.scope, self.kind, self.name)


def arn(scope: Scope, kind: str, name: str) -> str:
    return f"arn:aws:states:{scope.region}:{scope.account}:{kind}:{name}"


def prefix(scope: Scope, kind: str) -> str:
    """Return what the ARNs of one kind in one account and region begin with."""
    return arn(scope, kind, "")


def parse(text: str, *kinds: str) -> Parsed:
    """Read an ARN.

    Args:
        text: as a request has it.
        kinds: the types of resource that fit the place it was found in.

    Raises:
        ApiError: InvalidArn.
    """
    if not text.startswith("arn:"):
        raise invalid_arn(f"Invalid ARN prefix: {text}")
    parts = text.split(":", 7)
    if len(parts) < 7 or parts[2] != "states" or not parts[6] or _HALF.search(text):
        raise invalid_arn(text)
    _, _, _, region, account, kind, name, *rest = parts
    if kind not in kinds:
        raise invalid_arn(f"Resource type not valid in this context: {kind}")
    name, _, label = name.partition("/")
    return Parsed(Scope(account, region), kind, name, label, rest[0] if rest else "")
