"""Executions by the ARNs of requests."""

from __future__ import annotations

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.records import Record
from batchyard.local.states.service import StatesService


def existing(service: StatesService, scope: Scope, arn: str) -> Record:
    """Return the Standard execution of an ARN.

    Raises:
        ApiError: InvalidArn, ExecutionDoesNotExist.
    """
    if arns.parse(arn, "execution").scope != scope:
        raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    return service.executions.existing(arn)


def unsupported() -> ApiError:
    """Return the refusal of what the type of a state machine does not have."""
    return ApiError(
        "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
    )
