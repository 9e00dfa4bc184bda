"""What an execution begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["STANDARD", "EXPRESS"]


@dataclass(frozen=True, slots=True)
class MapChild:
    """The place of a child execution in its Distributed Map."""

    parent_arn: str
    map_run_arn: str
    index: int


@dataclass(frozen=True, slots=True)
class ExecutionSpec:
    """All that an execution's course depends on, beside what happens to it.

    Args:
        arn: of the execution.
        name: of the execution.
        machine_arn: of the state machine, without version or alias.
        machine_name: of the state machine.
        role_arn: of the state machine.
        kind: STANDARD or EXPRESS.
        definition: the text of the definition that it runs, JSON.
        input: JSON text.
        seed: decides all that is random in it.
        pointer: JSON pointer of the states that it runs: "" for the machine's own, for a child execution of a
            Distributed Map those of its item processor.
        version_arn: the version that it was started with, if any.
        alias_arn: the alias that it was started with, if any.
        child: of a Distributed Map.
        trace_header: as StartExecution took it.
    """

    arn: str
    name: str
    machine_arn: str
    machine_name: str
    role_arn: str
    kind: Kind
    definition: str
    input: str
    seed: int
    pointer: str = ""
    version_arn: str | None = None
    alias_arn: str | None = None
    child: MapChild | None = None
    trace_header: str | None = None
