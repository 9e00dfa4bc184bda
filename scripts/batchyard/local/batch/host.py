"""What the engine asks of the environment it is embedded in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Scope:
    """An account (12 digits) and a region: resources of one scope are unknown to any other."""

    account: str
    region: str


class CredentialsError(Exception):
    """Raised by a host that can not give credentials for a role.

    The attempt fails to start, with the message as its container's reason.
    """


class SecretError(Exception):
    """Raised by a host that can not read a secret: error code and message of the service, and no value."""


class Host(Protocol):
    """Services around the engine. Calls come from the engine's own threads, one at a time per kind."""

    endpoint_url: str

    def put_log_events(
        self, scope: Scope, group: str, stream: str, events: Sequence[tuple[int, str]]
    ) -> None:
        """Append events, each (epoch milliseconds, message), to a stream, made if it is missing."""

    def put_event(
        self, scope: Scope, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any]
    ) -> None:
        """Put an event of source `aws.batch` on the default bus; `detail` must not be changed."""

    def credentials(self, scope: Scope, role_arn: str, session_name: str) -> Mapping[str, str]:
        """Return AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN for a role.

        `role_arn` is empty for a job without a job role: then what the instance's role would
        give, or an empty mapping. Raises CredentialsError when the role can not be assumed.
        """

    def secret(
        self, scope: Scope, role_arn: str, session_name: str, secret_id: str, stage: str, version: str
    ) -> str:
        """Return the text of a secret of Secrets Manager, read by an execution role.

        secret_id: its ARN. stage, version: may be empty, for the current one.
        Raises CredentialsError as `credentials` does, and SecretError.
        """

    def parameters(
        self, scope: Scope, role_arn: str, session_name: str, names: Sequence[str]
    ) -> Mapping[str, str]:
        """Return decrypted values of the Parameter Store by name or ARN as given, without those not there.

        Raises as `secret` does.
        """
