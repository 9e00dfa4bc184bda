"""Names of map runs and of child executions.

Forms of the ARNs:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass

from batchyard.asl.engine.spec import ExecutionSpec
from batchyard.asl.model import State


@dataclass(frozen=True, slots=True)
class Names:
    """What a map run and its children are named with.

    Args:
        prefix: partition, service, region and account of their ARNs, with a colon at the end.
        machine: name of the state machine.
        label: of the Map state.
        express: whether children are of type EXPRESS.
    """

    prefix: str
    machine: str
    label: str
    express: bool

    @property
    def labelled(self) -> str:
        return f"{self.machine}/{self.label}"

    @property
    def machine_arn(self) -> str:
        """Return the ARN that children tell as their state machine's."""
        return f"{self.prefix}stateMachine:{self.labelled}"

    def map_run(self, chance: random.Random) -> str:
        """Return a new map run's ARN."""
        return f"{self.prefix}mapRun:{self.labelled}:{identifier(chance)}"

    def child(self, chance: random.Random) -> tuple[str, str]:
        """Return name and ARN of a new child."""
        name = identifier(chance)
        if self.express:
            return name, f"{self.prefix}express:{self.labelled}:{name}:{identifier(chance)}"
        return name, f"{self.prefix}execution:{self.labelled}:{name}"


def names(spec: ExecutionSpec, state: State) -> Names:
    """Return the names for a Map state; without a Label it gets an identifier, always the same one.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html (Label)
    """
    # Labels are unique in a definition, so that those of nested ones name the machine alone, too.
    machine = spec.machine_name.partition("/")[0]
    arn = spec.machine_arn.partition("/")[0]
    label = state.body.get("Label") or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{arn}{state.path}"))
    prefix = ":".join(arn.split(":")[:5]) + ":"
    return Names(prefix, machine, label, state.children[0].express)


def identifier(chance: random.Random) -> str:
    """Return a random UUID (version 4)."""
    digits = f"{chance.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
