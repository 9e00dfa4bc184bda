"""State machines with their versions and aliases: what is kept of them, and what an ARN stands for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from batchyard.asl.engine.clock import Clock
from batchyard.asl.engine.spec import Kind
from batchyard.local.batch.host import Scope
from batchyard.local.states import arns
from batchyard.local.states.api_errors import ApiError, invalid, no_machine
from batchyard.local.states.interface import Alone, Json, Resources, Surroundings
from batchyard.local.states.roles import AnyRole, Roles

MACHINE, VERSION, ALIAS, TAGS = "machine", "version", "alias", "tags"
# What a version keeps of the machine that it was published from.
REVISION = (
    "name",
    "type",
    "definition",
    "roleArn",
    "loggingConfiguration",
    "tracingConfiguration",
    "encryptionConfiguration",
    "revisionId",
    "updateDate",
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an execution that is started with an ARN runs.

    Args:
        machine_arn: without version and alias.
        kind: STANDARD or EXPRESS.
        definition: the text of the version or of the current revision.
        logging: the logging configuration as it is described.
        tracing: the tracing configuration as it is described.
        encryption: the encryption configuration as it is described.
        version_arn: the version, given or chosen by the alias.
        alias_arn: the alias, if it was given.
        revision_id: None for a machine as it was created.
        update_date: when that revision was made, in seconds since the epoch.
    """

    machine_arn: str
    name: str
    role_arn: str
    kind: Kind
    definition: str
    logging: Json
    tracing: Json
    encryption: Json
    version_arn: str | None
    alias_arn: str | None
    revision_id: str | None
    update_date: float

    def about(self) -> Json:
        """Return what DescribeStateMachineForExecution has to know of an execution, beside its definition."""
        return {
            "machine": self.machine_arn,
            "name": self.name,
            "roleArn": self.role_arn,
            "loggingConfiguration": self.logging,
            "tracingConfiguration": self.tracing,
            "encryptionConfiguration": self.encryption,
            "revisionId": self.revision_id,
            "updateDate": self.update_date,
        }


class Machines:
    """All state machines, versions and aliases of all accounts and regions.

    Args:
        resources: where the records are.
        clock: of the service.
        chance: draws the version that an alias starts.
        around: the executions and the environment.
        roles: says which roles machines may have; by default any.
    """

    def __init__(
        self,
        resources: Resources,
        clock: Clock,
        chance: random.Random | None = None,
        around: Surroundings | None = None,
        roles: Roles | None = None,
    ) -> None:
        self.resources, self.clock = resources, clock
        self.roles: Roles = roles or AnyRole()
        self.around: Surroundings = around or Alone()
        self._chance = chance or random.Random()  # noqa: S311 - shares of traffic, no secret

    def resolve(self, scope: Scope, arn: str) -> Resolved:
        """Return what starting an ARN runs; an alias draws one of its versions by their weights.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html

        Raises:
            ApiError: InvalidArn, StateMachineDoesNotExist, StateMachineDeleting, ValidationException.
        """
        record = self.find(scope, arn)
        alias = record["arn"] if "routingConfiguration" in record else None
        if alias:
            record = self._drawn(record)
        machine = self.get(machine_of(record))
        if machine is None:
            raise no_machine(arn)
        if machine["status"] == "DELETING":
            raise deleting(machine["arn"])
        version = record["arn"] if "machine" in record else None
        return _resolved(machine["arn"], record, version, alias)

    def find(self, scope: Scope, arn: str) -> Json:
        """Return the record of a machine, a version or an alias.

        Raises:
            ApiError: InvalidArn, StateMachineDoesNotExist, ValidationException.
        """
        parsed = arns.parse(arn, arns.MACHINE)
        if parsed.label:
            raise labelled()
        kind = MACHINE if not parsed.qualifier else VERSION if parsed.version else ALIAS
        record = self.get(arn) if kind == MACHINE else self.resources.get(kind, arn)
        if record is None or parsed.scope != scope:
            raise no_machine(arn)
        return record

    def machine(self, scope: Scope, arn: str) -> Json:
        """Return the record of a machine by its unqualified ARN.

        Raises:
            ApiError: as `find`; a version's or alias's ARN is no machine's.
        """
        record = self.find(scope, arn)
        if "machine" in record:
            raise no_machine(arn)
        return record

    def get(self, arn: str) -> Json | None:
        """Return a machine's record; one that is being deleted goes when its last execution has ended."""
        record = self.resources.get(MACHINE, arn)
        if record and record["status"] == "DELETING" and not any(self.around.open_executions(arn)):
            self.resources.delete(MACHINE, arn)
            return None
        return record

    def of(self, scope: Scope) -> list[Json]:
        """Return the machines of one account and region by name."""
        prefix = arns.prefix(scope, arns.MACHINE)
        found = [each["arn"] for each in self.resources.all(MACHINE) if each["arn"].startswith(prefix)]
        return [record for arn in sorted(found) if (record := self.get(arn))]

    def versions(self, machine_arn: str) -> list[Json]:
        """Return a machine's versions, the newest first."""
        return sorted(self._below(VERSION, machine_arn), key=lambda each: -int(each["version"]))

    def aliases(self, machine_arn: str) -> list[Json]:
        """Return a machine's aliases by name."""
        return sorted(self._below(ALIAS, machine_arn), key=lambda each: str(each["name"]))

    def delete(self, record: Json) -> None:
        """Delete a machine with all that belongs to it; its open executions are aborted first."""
        arn = record["arn"]
        for version in self.versions(arn):
            self.resources.delete(VERSION, version["arn"])
        for alias in self.aliases(arn):
            self.resources.delete(ALIAS, alias["arn"])
        self.resources.delete(TAGS, arn)
        self.resources.put(MACHINE, arn, record | {"status": "DELETING"})
        for execution in list(self.around.open_executions(arn)):
            self.around.stop(execution)
        self.get(arn)

    def _below(self, kind: str, machine_arn: str) -> Iterator[Json]:
        return (each for each in self.resources.all(kind) if each["machine"] == machine_arn)

    def _drawn(self, alias: Json) -> Json:
        routes = alias["routingConfiguration"]
        weights = [route["weight"] for route in routes]
        chosen = self._chance.choices(routes, weights)[0] if len(routes) > 1 else routes[0]
        record = self.resources.get(VERSION, chosen["stateMachineVersionArn"])
        if record is None:
            raise no_machine(chosen["stateMachineVersionArn"])
        return record


def machine_of(record: Json) -> str:
    """Return the ARN of the machine that a machine's, version's or alias's record belongs to."""
    return str(record["machine"] if "machine" in record else record["arn"])


def deleting(arn: str) -> ApiError:
    return ApiError("StateMachineDeleting", f"State Machine is being deleted: '{arn}'")


def labelled() -> ApiError:
    reason = "API_DOES_NOT_SUPPORT_LABELED_ARNS"
    return invalid("This operation does not support labeled state machine ARNs.", reason=reason)


def _resolved(machine_arn: str, record: Json, version: str | None, alias: str | None) -> Resolved:
    return Resolved(
        machine_arn,
        record["name"],
        record["roleArn"],
        record["type"],
        record["definition"],
        record["loggingConfiguration"],
        record["tracingConfiguration"],
        record["encryptionConfiguration"],
        version,
        alias,
        record["revisionId"],
        record["updateDate"],
    )
