"""DescribeStateMachine and DescribeStateMachineForExecution."""

from __future__ import annotations

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, definitions
from batchyard.local.states.api_errors import ApiError, no_machine
from batchyard.local.states.interface import Json, Service
from batchyard.local.states.machines import Machines

_CONFIGURATION = (
    "name",
    "roleArn",
    "loggingConfiguration",
    "tracingConfiguration",
    "encryptionConfiguration",
)


def describe(service: Service, scope: Scope, request: Json) -> Json:
    """Describe a machine, a version, the version that an alias starts, or a labelled Map state."""
    machines = service.machines
    arn = request["stateMachineArn"]
    parsed = arns.parse(arn, arns.MACHINE)
    record = machines.find(scope, parsed.base if parsed.label else arn)
    if "routingConfiguration" in record:
        record = _first(machines, record)
    text = _labelled(record, parsed.label, arn) if parsed.label else record["definition"]
    return {
        **_shown(record, text, request),
        "stateMachineArn": arn,
        "status": record.get("status", "ACTIVE"),
        "type": record["type"],
        "creationDate": record["creationDate"],
        **({"label": parsed.label} if parsed.label else {}),
        **({"description": record["description"]} if record.get("description") is not None else {}),
    }


def describe_for_execution(service: Service, scope: Scope, request: Json) -> Json:
    """Describe the machine that an execution runs, as it was when the execution was started."""
    arn = request["executionArn"]
    parsed = arns.parse(arn, "execution")
    started = service.machines.around.execution(arn) if parsed.scope == scope else None
    if started is None:
        raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    text = definitions.at(started["definition"], started.get("pointer") or "")
    shown = _shown(started, text, request)
    answer = shown | {"stateMachineArn": started["machine"], "updateDate": started["updateDate"]}
    if map_run := started.get("mapRunArn"):
        label = map_run.split(":")[6].partition("/")[2]
        answer |= {"mapRunArn": map_run, "label": label, "stateMachineArn": f"{started['machine']}/{label}"}
    return answer


def _shown(record: Json, text: str, request: Json) -> Json:
    answer = {key: record[key] for key in _CONFIGURATION}
    answer["definition"] = "{}" if request.get("includedData") == "METADATA_ONLY" else text
    if record["revisionId"]:
        answer["revisionId"] = record["revisionId"]
    if found := definitions.references(text):
        answer["variableReferences"] = found
    return answer


def _first(machines: Machines, alias: Json) -> Json:
    version = alias["routingConfiguration"][0]["stateMachineVersionArn"]
    record = machines.resources.get("version", version)
    if record is None:
        raise no_machine(version)
    return record


def _labelled(record: Json, label: str, arn: str) -> str:
    text = definitions.label_of(record["definition"], label)
    if text is None:
        raise no_machine(arn)
    return text
