"""All that ever happens to an execution from outside: with its spec, they decide everything in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal, NamedTuple

from batchyard.asl.engine.tasks import Beat, Failed, Outcome, Started, Submitted, Succeeded

Kind = Literal["start", "tick", "told", "timer", "stop", "redrive", "child", "update"]
_OUTCOMES: dict[str, type[Outcome]] = {
    each.__name__: each for each in (Started, Submitted, Succeeded, Failed, Beat)
}


class Stimulus(NamedTuple):
    """One thing that happened.

    Args:
        at: seconds since the epoch; the only time that what follows from it sees.
        kind: start; tick (go on with what is ready); told (an effect's outcome); timer (one is due); stop;
            redrive; child (one of a Distributed Map has ended); update (of a map run).
        data: what the kind needs.
    """

    at: float
    kind: Kind
    data: dict[str, Any]

    def to_json(self) -> list[Any]:
        """Return it as a JSON value."""
        data = self.data
        if self.kind == "told":
            outcome = data["outcome"]
            data = {"id": data["id"], "type": type(outcome).__name__, **_members(outcome)}
        return [self.at, self.kind, data]

    @classmethod
    def from_json(cls, value: list[Any]) -> Stimulus:
        """Return what `to_json` wrote."""
        at, kind, data = value
        if kind == "told":
            members = {key: item for key, item in data.items() if key not in ("id", "type")}
            data = {"id": data["id"], "outcome": _OUTCOMES[data["type"]](**members)}
        return cls(at, kind, data)


def told(at: float, effect: str, outcome: Outcome) -> Stimulus:
    """Return that an effect had an outcome."""
    return Stimulus(at, "told", {"id": effect, "outcome": outcome})


def _members(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Succeeded | Submitted):  # asdict would copy an output of any size
        return {"output": outcome.output}
    return asdict(outcome)
