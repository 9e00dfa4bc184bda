"""What is asked of a machine's role before the machine is taken, where IAM is enforced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from batchyard.iam import rules
from batchyard.iam.states import LOG_ACTIONS
from batchyard.local.batch.host import CredentialsError, Scope
from batchyard.local.states import definitions
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.interface import Json
from batchyard.local.tasks.services import Iam


class Roles(Protocol):
    """Says what is wrong with a machine's role."""

    def check(self, scope: Scope, record: Json, /) -> None:
        """Check the role of a machine's record.

        Raises:
            ApiError: AccessDeniedException.
        """
        ...


class AnyRole:
    """Takes every role."""

    def check(self, _scope: Scope, _record: Json) -> None:
        return None


class RealRoles:
    """Takes roles that IAM lets Step Functions have, deliver logs with, and make its managed rules with.

    Sources: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy,
    https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html

    Args:
        iam: of the environment; without enforcement it refuses nothing.
    """

    def __init__(self, iam: Iam) -> None:
        self._iam = iam

    def check(self, scope: Scope, record: Json) -> None:
        role = str(record["roleArn"])
        try:
            self._iam.credentials(scope, role, "")
        except CredentialsError as error:
            raise _denied(str(error)) from error
        if record["loggingConfiguration"].get("level", "OFF") != "OFF" and self._lacks(
            scope, role, ((action, "*") for action in LOG_ACTIONS)
        ):
            raise _denied("The state machine IAM Role is not authorized to access the Log Destination")
        for service in definitions.waited_for(record["definition"]):
            if self._lacks(scope, role, iter(rules.needs(service, scope.region, scope.account))):
                raise _denied(f"'{role}' is not authorized to create managed-rule.")

    def _lacks(self, scope: Scope, role: str, needs: Iterator[tuple[str, str]]) -> bool:
        return any(self._iam.refusal(scope, role, action, resource) for action, resource in needs)


def _denied(message: str) -> ApiError:
    return ApiError("AccessDeniedException", message)
