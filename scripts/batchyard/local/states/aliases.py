"""Aliases: names that start one or two versions of a state machine.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html
"""

from __future__ import annotations

from batchyard.local.batch.host import Scope
from batchyard.local.states import arns, paging
from batchyard.local.states.api_errors import ApiError, conflict, invalid
from batchyard.local.states.interface import Json, Service
from batchyard.local.states.machines import ALIAS, VERSION, Machines, deleting, machine_of
from batchyard.local.states.versions import routed

MOST = 100
_REASON = "INVALID_ROUTING_CONFIGURATION"


def create(service: Service, scope: Scope, request: Json) -> Json:
    machines = service.machines
    routes = _routes(request["routingConfiguration"])
    machine = _machine(machines, scope, routes)
    arn = f"{machine}:{request['name']}"
    there = machines.resources.get(ALIAS, arn)
    if there is None:
        there = _made(machines, machine, arn, request, routes)
    elif (there["description"], there["routingConfiguration"]) != (request.get("description"), routes):
        raise conflict(
            "Failed to create alias because an alias with the same name and a different routing "
            "configuration already exists."
        )
    return {"creationDate": there["creationDate"], "stateMachineAliasArn": arn}


def update(service: Service, scope: Scope, request: Json) -> Json:
    machines = service.machines
    given = {
        key: request[key] for key in ("description", "routingConfiguration") if request.get(key) is not None
    }
    if not given:
        raise invalid(
            "Either the description or the routing configuration must be specified.",
            reason="MISSING_REQUIRED_PARAMETER",
        )
    alias = _existing(machines, scope, request["stateMachineAliasArn"])
    if "routingConfiguration" in given:
        given["routingConfiguration"] = _routes(given["routingConfiguration"])
        if _machine(machines, scope, given["routingConfiguration"]) != alias["machine"]:
            raise _routing("Routing configuration must contain versions of the alias's state machine.")
    if given.items() <= alias.items():
        return {"updateDate": alias["updateDate"]}
    alias |= given | {"updateDate": service.clock.now()}
    machines.resources.put(ALIAS, alias["arn"], alias)
    return {"updateDate": alias["updateDate"]}


def describe(service: Service, scope: Scope, request: Json) -> Json:
    alias = _existing(service.machines, scope, request["stateMachineAliasArn"])
    shown = {"description": alias["description"]} if alias["description"] is not None else {}
    keys = ("creationDate", "name", "routingConfiguration", "updateDate")
    return shown | {key: alias[key] for key in keys} | {"stateMachineAliasArn": alias["arn"]}


def listing(service: Service, scope: Scope, request: Json) -> Json:
    """List a machine's aliases, or those that start one version of it."""
    given = service.machines.find(scope, request["stateMachineArn"])
    if "routingConfiguration" in given:
        raise invalid("A state machine ARN or a state machine version ARN must be specified.")
    machine = service.machines.get(machine_of(given))
    if machine is None or machine["status"] == "DELETING":
        raise deleting(machine_of(given))
    found = service.machines.aliases(machine["arn"])
    if "machine" in given:
        found = [alias for alias in found if given["arn"] in routed(alias)]
    page, more = paging.page(found, request, lambda each: each["arn"], service.clock.now())
    shown = [{"creationDate": each["creationDate"], "stateMachineAliasArn": each["arn"]} for each in page]
    return {"stateMachineAliases": shown, **more}


def delete(service: Service, scope: Scope, request: Json) -> Json:
    """Delete an alias; one that is not there is no error."""
    arn = request["stateMachineAliasArn"]
    if arns.parse(arn, arns.MACHINE).scope == scope:
        service.machines.resources.delete(ALIAS, arn)
    return {}


def _made(machines: Machines, machine: str, arn: str, request: Json, routes: list[Json]) -> Json:
    if len(machines.aliases(machine)) >= MOST:
        raise ApiError(
            "ServiceQuotaExceededException",
            f"The maximum number of aliases per state machine is {MOST}.",
            402,
        )
    now = machines.clock.now()
    alias = {
        "arn": arn,
        "machine": machine,
        "name": request["name"],
        "description": request.get("description"),
        "routingConfiguration": routes,
        "creationDate": now,
        "updateDate": now,
    }
    machines.resources.put(ALIAS, arn, alias)
    return alias


def _existing(machines: Machines, scope: Scope, arn: str) -> Json:
    parsed = arns.parse(arn, arns.MACHINE)
    alias = machines.resources.get(ALIAS, arn)
    if alias is None or parsed.scope != scope:
        raise ApiError(
            "ResourceNotFound", "Request references a resource that does not exist.", resourceName=arn
        )
    return dict(alias)


def _routes(given: list[Json]) -> list[Json]:
    """Return a routing configuration with what belongs to it alone, if it is sound."""
    routes = [{key: route[key] for key in ("stateMachineVersionArn", "weight")} for route in given]
    named = [route["stateMachineVersionArn"] for route in routes]
    parsed = [arns.parse(arn, arns.MACHINE) for arn in named]
    shown = f"Received: [{', '.join(named)}]"
    if not all(each.version for each in parsed):
        raise _routing(f"Routing configuration must contain state machine version ARNs. {shown}")
    if len({each.base for each in parsed}) > 1:
        raise _routing(f"Routing configuration must contain versions of one state machine. {shown}")
    if len(set(named)) < len(named):
        raise _routing(f"Routing configuration must contain distinct state machine version ARNs. {shown}")
    weights = [route["weight"] for route in routes]
    if sum(weights) != 100:
        raise _routing(f"Sum of routing configuration weights must equal 100. Received: {weights}")
    return routes


def _machine(machines: Machines, scope: Scope, routes: list[Json]) -> str:
    """Return the ARN of the machine whose versions a routing configuration names, if all are there."""
    for route in routes:
        arn = route["stateMachineVersionArn"]
        if machines.resources.get(VERSION, arn) is None or arns.parse(arn, arns.MACHINE).scope != scope:
            raise ApiError(
                "ResourceNotFound", "Request references a resource that does not exist.", resourceName=arn
            )
    arn = arns.parse(routes[0]["stateMachineVersionArn"], arns.MACHINE).base
    machine = machines.get(arn)
    if machine is None or machine["status"] == "DELETING":
        raise deleting(arn)
    return arn


def _routing(message: str) -> ApiError:
    return invalid(message, reason=_REASON)
