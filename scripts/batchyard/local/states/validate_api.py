"""ValidateStateMachineDefinition."""

from __future__ import annotations

from batchyard.local.batch.host import Scope
from batchyard.local.states.interface import Json


def validate(service: object, scope: Scope, request: Json) -> Json:  # noqa: ARG001 - as every operation
    """Check a definition without making a machine of it; warnings do not make it fail.

    Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
    """
    from batchyard.asl.validate import validate as check

    return check(
        request["definition"],
        express=request.get("type") == "EXPRESS",
        max_results=request.get("maxResults", 0),
        severity=request.get("severity", "ERROR"),
    ).to_json()
