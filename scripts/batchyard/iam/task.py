"""A Task's arguments as the role derivation reads them: literal names and ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from batchyard import asl
from batchyard.asl import expressions
from batchyard.iam import rules
from batchyard.iam.needs import Gap, Need
from batchyard.names import Names

Found = Iterator[Need | Gap]
_QUEUE_URL = re.compile(r"^https?://[^/]+/(?P<account>\d{12})/(?P<name>[^/]+)$")


@dataclass(frozen=True)
class Task:
    """A Task state with its integration, and the names of the environment it runs in."""

    state: asl.State
    call: asl.Integration
    names: Names
    machine_name: str | None = None

    def need(self, sid: str, action: str, resource: str, reason: str = "") -> Need:
        """Return a need of this state."""
        why = reason or f"{self.call.service}:{self.call.action}"
        return Need(sid, action, resource, self.state.path, self.state.name, why)

    def rule(self, sid: str) -> Found:
        """Yield the needs of the managed rule that tells of the end."""
        for action, arn in rules.needs(self.call.service, self.names.region, self.names.account):
            yield self.need(sid, action, arn, "waits for the end")

    def gap(self, message: str, fix: str) -> Gap:
        """Return what can not be derived for this state."""
        return Gap(self.state.path, self.state.name, message, fix)

    def has(self, key: str) -> bool:
        """Say whether an argument is given, as a literal, a path or an expression."""
        return bool({key, f"{key}.$"} & asl.as_dict(self.state.arguments).keys())

    def literals(self, key: str) -> list[str]:
        """Return an argument's literal text, or the ARNs written out in its expression."""
        arguments = asl.as_dict(self.state.arguments)
        value = arguments.get(key, arguments.get(f"{key}.$"))
        plain = isinstance(value, str) and f"{key}.$" not in arguments and expressions.inner(value) is None
        return [str(value)] if plain else asl.literal_arns(value)

    def resources(self, key: str, service: str, prefix: str) -> list[str]:
        """Return the ARNs that an argument names; a bare name becomes the ARN in this account and region."""
        return [
            text if text.startswith("arn:") else self.names.arn(service, prefix + text)
            for text in self.literals(key)
            if text
        ]

    def queue_arns(self) -> list[str]:
        """Return the ARNs of the SQS queues whose URLs are literal."""
        found = (_QUEUE_URL.match(text) for text in self.literals("QueueUrl"))
        return [self.names.arn("sqs", each["name"], account=each["account"]) for each in found if each]

    def missing(self, *keys: str) -> Gap:
        """Return the gap of an argument that names no literal resource."""
        names = " or ".join(keys)
        action = f"{self.call.service}:{self.call.action}"
        return self.gap(
            f"role cannot be derived: {names} of {action} is no literal resource",
            f"write the possible ARNs into {names}, for example as the branches of a JSONata condition",
        )
