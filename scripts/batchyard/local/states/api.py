"""Requests of the Step Functions API to answers."""

from __future__ import annotations

import functools

from batchyard.local.batch.host import Scope
from batchyard.local.states import requests, resources
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.interface import Answer, Json, Operation, Service

__all__ = ["ApiError", "handle", "operations"]


@functools.cache
def operations() -> dict[str, Operation]:
    """Return the functions by operation."""
    from batchyard.local.states import executions

    return {**resources.OPERATIONS, **executions.OPERATIONS}


def handle(service: Service, scope: Scope, operation: str, body: object) -> Answer:
    """Answer a request. On the host's thread only.

    Args:
        service: the StatesService.
        scope: account and region of the caller.
        operation: its name, such as `StartExecution`.
        body: the parsed body of the request.

    Returns:
        The answer, with times in seconds since the epoch; a future of it where the service holds the request.

    Raises:
        ApiError: the request is refused.
    """
    if not isinstance(body, dict):
        raise ApiError("SerializationException", "Unexpected field type")
    requests.check(operation, body)
    function = operations().get(operation)
    if function is None:
        raise ApiError("UnknownOperationException", f"The operation {operation} is not known.")
    given: Json = {key: value for key, value in body.items() if value is not None}
    return function(service, scope, given)
