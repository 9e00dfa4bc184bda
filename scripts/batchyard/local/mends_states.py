"""Mends of Step Functions' control plane."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from batchyard.local import ministack

Payload = Mapping[str, Any]
Response = tuple[int, dict[str, str], Any]
_DEFAULT = {"enabled": False}


def _remember_tracing(payload: Payload, response: Response) -> Response:
    """The emulator drops tracingConfiguration, so every plan would turn it on again."""
    arn = payload.get("stateMachineArn") or json.loads(response[2]).get("stateMachineArn")
    record = ministack.get("services.stepfunctions", "_state_machines").get(arn)
    if record is not None and "tracingConfiguration" in payload:
        record["tracingConfiguration"] = payload["tracingConfiguration"]
    return response


def _describe_tracing(payload: Payload, response: Response) -> Response:
    """A version or alias is described without it, and a machine made before it was remembered has none."""
    answer = json.loads(response[2])
    machines = ministack.get("services.stepfunctions", "_state_machines")
    base = ":".join(str(payload.get("stateMachineArn", "")).split(":")[:7])
    record = machines.get(base) or {}
    answer.setdefault("tracingConfiguration", record.get("tracingConfiguration", _DEFAULT))
    return response[0], response[1], json.dumps(answer).encode()


MENDS: dict[str, Callable[[Payload, Response], Response]] = {
    "CreateStateMachine": _remember_tracing,
    "UpdateStateMachine": _remember_tracing,
    "DescribeStateMachine": _describe_tracing,
}
