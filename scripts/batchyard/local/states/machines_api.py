"""CreateStateMachine, UpdateStateMachine, ListStateMachines and DeleteStateMachine."""

from __future__ import annotations

import uuid
from typing import Any

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, checks, definitions, logging_config, paging, tags, versions
from batchyard.local.states.api_errors import ApiError, invalid
from batchyard.local.states.interface import Json, Service
from batchyard.local.states.machines import MACHINE, Machines, deleting, labelled

# A request that agrees in these is the same request again; role and tags do not count.
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
_IDENTITY = (
    "definition",
    "type",
    "loggingConfiguration",
    "tracingConfiguration",
    "encryptionConfiguration",
    "created",
)
_UPDATABLE = (
    "definition",
    "roleArn",
    "loggingConfiguration",
    "tracingConfiguration",
    "encryptionConfiguration",
)


def create(service: Service, scope: Scope, request: Json) -> Json:
    machines = service.machines
    checks.name(request["name"])
    _check_description(request)
    record = _record(machines, scope, request)
    machines.roles.check(scope, record)
    arn = record["arn"]
    marked = tags.checked(arn, request.get("tags"))
    there = machines.get(arn)
    if there is None:
        machines.resources.put(MACHINE, arn, record)
        if marked:
            tags.put(machines.resources, arn, marked)
        there = record
    elif there["status"] == "DELETING":
        raise deleting(arn)
    elif any(there[key] != record[key] for key in _IDENTITY):
        raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
    answer = {"creationDate": there["creationDate"], "stateMachineArn": arn}
    return answer | _published(machines, there, request)


def update(service: Service, scope: Scope, request: Json) -> Json:
    machines = service.machines
    _check_description(request)
    if all(request.get(key) is None for key in _UPDATABLE):
        raise ApiError(
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration "
            "must be specified",
        )
    record = machines.machine(scope, request["stateMachineArn"])
    if record["status"] == "DELETING":
        raise deleting(record["arn"])
    given = _given(machines, scope, request, record["type"])
    machines.roles.check(scope, record | given)
    changed = any(record[key] != value for key, value in given.items())
    now = machines.clock.now()
    if changed:
        record = record | given | {"revisionId": str(uuid.uuid4()), "updateDate": now}
        machines.resources.put(MACHINE, record["arn"], record)
    answer: Json = {"revisionId": record["revisionId"]} if record["revisionId"] else {}
    return answer | {"updateDate": now} | _published(machines, record, request)


def listing(service: Service, scope: Scope, request: Json) -> Json:
    found, more = paging.page(
        service.machines.of(scope), request, lambda each: each["arn"], service.clock.now()
    )
    shown = [
        {"stateMachineArn": each["arn"], "name": each["name"], "type": each["type"]}
        | {"creationDate": each["creationDate"]}
        for each in found
    ]
    return {"stateMachines": shown, **more}


def delete(service: Service, scope: Scope, request: Json) -> Json:
    """Delete a machine; one that is not there is no error."""
    parsed = arns.parse(request["stateMachineArn"], arns.MACHINE)
    if parsed.label:
        raise labelled()
    record = service.machines.get(request["stateMachineArn"]) if parsed.scope == scope else None
    if record and record["status"] != "DELETING":
        service.machines.delete(record)
    return {}


def _record(machines: Machines, scope: Scope, request: Json) -> Json:
    kind = request.get("type") or "STANDARD"
    now = machines.clock.now()
    given: Json = {"loggingConfiguration": {}, "tracingConfiguration": {}, "encryptionConfiguration": {}}
    given |= {key: request[key] for key in _UPDATABLE if request.get(key) is not None}
    return {
        "arn": arns.arn(scope, arns.MACHINE, request["name"]),
        "name": request["name"],
        "type": kind,
        "status": "ACTIVE",
        "creationDate": now,
        "updateDate": now,
        "revisionId": None,
        "versions": 0,
        "created": [bool(request.get("publish")), request.get("versionDescription")],
        **_given(machines, scope, given, kind),
    }


def _given(machines: Machines, scope: Scope, request: Json, kind: str) -> Json:
    """Return what a request sets of a machine, checked and with defaults."""
    found: Json = {}
    if (text := request.get("definition")) is not None:
        definitions.check(text, express=kind == "EXPRESS")
        found["definition"] = text
    if (role := request.get("roleArn")) is not None:
        checks.role(scope, role)
        found["roleArn"] = role
    if (logging := request.get("loggingConfiguration")) is not None:
        exists = machines.around.log_group_exists
        found["loggingConfiguration"] = logging_config.checked(logging, exists)
    if (tracing := request.get("tracingConfiguration")) is not None:
        found["tracingConfiguration"] = {"enabled": bool(tracing.get("enabled"))}
    if (encryption := request.get("encryptionConfiguration")) is not None:
        found["encryptionConfiguration"] = checks.encryption(encryption)
    return found


def _check_description(request: dict[str, Any]) -> None:
    if request.get("versionDescription") is not None and not request.get("publish"):
        raise invalid("Version description can only be set when publish is true")


def _published(machines: Machines, record: Json, request: Json) -> Json:
    if not request.get("publish"):
        return {}
    version = versions.publish(machines, record, request.get("versionDescription"))
    return {"stateMachineVersionArn": version["arn"]}
