"""The context object.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from batchyard.asl.data.interface import Value

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand


def context_of(execution: Execution, strand: Strand) -> dict[str, Value]:
    """Return what `$$` and `$states.context` give in a strand's state."""
    spec = execution.spec
    about: dict[str, Value] = {
        "Id": spec.arn,
        "Input": execution.document,
        "Name": spec.name,
        "RoleArn": spec.role_arn,
        "StartTime": timestamp(execution.started_at),
        "RedriveCount": execution.redrive_count,
    }
    if execution.redriven_at is not None:
        about["RedriveTime"] = timestamp(execution.redriven_at)
    context: dict[str, Value] = {
        "Execution": about,
        "StateMachine": {"Id": spec.machine_arn, "Name": spec.machine_name},
        "State": {
            "EnteredTime": timestamp(strand.entered_at),
            "Name": strand.state.name,
            "RetryCount": strand.tries,
        },
    }
    if strand.item is not None:
        context["Map"] = strand.item
    if strand.token is not None:
        context["Task"] = {"Token": strand.token}
    return context


def timestamp(seconds: float) -> str:
    """Return seconds since the epoch as the service writes times: UTC, with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
