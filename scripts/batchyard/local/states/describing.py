"""Executions as DescribeExecution and ListExecutions tell them; times are in seconds since the epoch.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
"""

from __future__ import annotations

from batchyard.asl.engine import history
from batchyard.asl.engine.redrive import PERIOD
from batchyard.local.states.interface import Json
from batchyard.local.states.records import Record

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: one year
LONGEST = 365 * 24 * 3600


def described(record: Record, now: float, *, data: bool = True) -> Json:
    """Return what DescribeExecution tells.

    Args:
        now: seconds since the epoch, which decides whether it can be redriven.
        data: whether inputs, outputs, errors and causes are told.
    """
    spec = record.spec
    answer = listed(record) | {"inputDetails": {"included": data}}
    answer.pop("itemCount", None)
    if data:
        found = {"input": spec.input, "output": record.output, "error": record.error, "cause": record.cause}
        answer |= {key: value for key, value in found.items() if value is not None}
    if record.output is not None:
        answer["outputDetails"] = {"included": data}
    if spec.trace_header is not None:
        answer["traceHeader"] = spec.trace_header
    reason = refusal(record, now)
    if reason is not None:
        return answer | {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}
    return answer | {"redriveStatus": "REDRIVABLE_BY_MAP_RUN" if spec.child else "REDRIVABLE"}


def listed(record: Record) -> Json:
    """Return what ListExecutions tells."""
    spec = record.spec
    answer: Json = {
        "executionArn": spec.arn,
        "stateMachineArn": machine_arn(record),
        "name": spec.name,
        "status": record.status,
        "startDate": record.started,
        "redriveCount": record.redrives,
    }
    more = {
        "stopDate": record.stopped,
        "redriveDate": record.redriven,
        "stateMachineVersionArn": spec.version_arn,
        "stateMachineAliasArn": spec.alias_arn,
        "mapRunArn": record.map_run,
    }
    return answer | {key: value for key, value in more.items() if value is not None}


def machine_arn(record: Record) -> str:
    """Return the ARN of the machine; for a child of a Distributed Map it ends with the Map state's label."""
    base = record.spec.machine_arn.partition("/")[0]
    if record.map_run is None:
        return base
    return f"{base}/{record.map_run.split(':')[6].partition('/')[2]}"


def refusal(record: Record, now: float) -> str | None:
    """Return why an execution can not be redriven, in the service's words; None where it can."""
    if record.status in ("RUNNING", "SUCCEEDED"):
        return f"Execution is {record.status} and cannot be redriven"
    if record.events >= history.LIMIT - 1:
        return "Execution history event limit exceeded"
    if now - record.started > LONGEST:
        return "Execution has exceeded the max execution time"
    if now - (record.stopped or now) > PERIOD:
        return "Execution redrivable period exceeded"
    return None
