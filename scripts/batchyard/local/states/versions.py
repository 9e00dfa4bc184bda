"""Published versions of state machines.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html
"""

from __future__ import annotations

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, paging
from batchyard.local.states.api_errors import ApiError, conflict, invalid
from batchyard.local.states.interface import Json, Service
from batchyard.local.states.machines import MACHINE, REVISION, VERSION, Machines, deleting

MOST = 1000
_INITIAL = "INITIAL"


def publish(machines: Machines, record: Json, description: str | None) -> Json:
    """Return the version of a machine's current revision, made now unless there is one.

    The machine's record is put again, because it counts its versions.

    Raises:
        ApiError: ServiceQuotaExceededException.
    """
    there = machines.versions(record["arn"])
    for version in there:
        if version["revisionId"] == record["revisionId"]:
            return version
    if len(there) >= MOST:
        raise ApiError(
            "ServiceQuotaExceededException",
            f"The maximum number of versions per state machine is {MOST}.",
            402,
        )
    number = record["versions"] + 1
    arn = f"{record['arn']}:{number}"
    version = {key: record[key] for key in REVISION}
    version |= {"arn": arn, "machine": record["arn"], "version": number}
    version |= {"creationDate": machines.clock.now(), "description": description}
    machines.resources.put(VERSION, arn, version)
    machines.resources.put(MACHINE, record["arn"], record | {"versions": number})
    return version


def publish_version(service: Service, scope: Scope, request: Json) -> Json:
    machines = service.machines
    record = machines.machine(scope, request["stateMachineArn"])
    if record["status"] == "DELETING":
        raise deleting(record["arn"])
    wanted, current = request.get("revisionId"), record["revisionId"] or _INITIAL
    if wanted is not None and wanted != current:
        raise conflict(
            f"Failed to publish the State Machine version for revision {wanted}. "
            f"The current State Machine revision is {current}."
        )
    version = publish(machines, record, request.get("description"))
    return {"creationDate": version["creationDate"], "stateMachineVersionArn": version["arn"]}


def list_versions(service: Service, scope: Scope, request: Json) -> Json:
    """List a machine's versions, the newest first; a machine that is not there has none."""
    parsed = arns.parse(request["stateMachineArn"], arns.MACHINE)
    if parsed.label or parsed.qualifier:
        raise invalid(f"The state machine ARN is not valid: {request['stateMachineArn']}")
    there = service.machines.versions(parsed.base) if parsed.scope == scope else []
    found, more = paging.page(there, request, lambda each: each["arn"], service.clock.now())
    shown = [{"creationDate": each["creationDate"], "stateMachineVersionArn": each["arn"]} for each in found]
    return {"stateMachineVersions": shown, **more}


def delete_version(service: Service, scope: Scope, request: Json) -> Json:
    """Delete a version; one that is not there is no error."""
    arn = request["stateMachineVersionArn"]
    parsed = arns.parse(arn, arns.MACHINE)
    if not parsed.version:
        raise invalid(f"The state machine version ARN is not valid: {arn}")
    machines = service.machines
    names = [alias["name"] for alias in machines.aliases(parsed.base) if arn in routed(alias)]
    if names:
        raise conflict(
            "Version to be deleted must not be referenced by an alias. "
            f"Current list of aliases referencing this version: [{', '.join(names)}]"
        )
    if parsed.scope == scope:
        machines.resources.delete(VERSION, arn)
    return {}


def routed(alias: Json) -> list[str]:
    """Return the versions that an alias starts."""
    return [route["stateMachineVersionArn"] for route in alias["routingConfiguration"]]
