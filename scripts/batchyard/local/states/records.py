"""What is kept of an execution beside its history: how it began, how it stands, how it ended."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from batchyard.asl.engine import Execution, ExecutionSpec, MapChild
from batchyard.local.states.interface import Json

# Histories are kept so long, and "an execution's name must be unique for [...] 90 days".
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
KEPT_SECONDS = 90 * 24 * 3600
_END = ("status", "stopped", "output", "error", "cause", "events", "redrives", "redriven", "tokens")


@dataclass(slots=True)
class Record:
    """One execution, open or closed.

    Args:
        id: counts up in the order of the starts.
        spec: what it began with.
        about: the machine's configuration at that time; empty for a child of a Distributed Map, whose parent
            has it.
        started: seconds since the epoch, as `stopped` and `redriven`.
        events: of its history, once it is closed.
        tokens: client tokens of its redrives, each with the time of the redrive.
    """

    id: int
    spec: ExecutionSpec
    about: Json
    started: float
    status: str = "RUNNING"
    stopped: float | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    events: int = 0
    redrives: int = 0
    redriven: float | None = None
    tokens: list[list[Any]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.status == "RUNNING"

    @property
    def map_run(self) -> str | None:
        return self.spec.child.map_run_arn if self.spec.child else None

    def follow(self, execution: Execution) -> None:
        """Take over how an execution stands."""
        self.status, self.stopped = execution.status, execution.stopped_at
        self.output, self.error, self.cause = execution.output, execution.error, execution.cause
        self.redrives, self.redriven = execution.redrive_count, execution.redriven_at
        self.events = len(execution.history)

    def document(self) -> Json:
        """Return it as JSON, its definition by digest."""
        spec = {name: getattr(self.spec, name) for name in ExecutionSpec.__slots__ if name != "definition"}
        child = self.spec.child
        spec["child"] = asdict(child) if child else None
        found = {"spec": spec, "definition": digest(self.spec.definition), "about": self.about}
        return found | {"started": self.started} | {name: getattr(self, name) for name in _END}

    @classmethod
    def load(cls, number: int, document: Json, definition_of: Callable[[str], str]) -> Record:
        """Return what `document` wrote.

        Args:
            definition_of: gives the definition of a digest.
        """
        found = document["spec"]
        child = MapChild(**found["child"]) if found["child"] else None
        spec = ExecutionSpec(**{**found, "child": child, "definition": definition_of(document["definition"])})
        end = {name: document[name] for name in _END}
        return cls(number, spec, document["about"], document["started"], **end)


def digest(definition: str) -> str:
    return hashlib.sha256(encoded(definition)).hexdigest()


def encoded(definition: str) -> bytes:
    """Return a definition as it is on disk: a JSON string may hold half a surrogate pair."""
    return definition.encode("utf-8", "surrogatepass")
