"""What runs inside an execution: strands, each in one state at a time, and what they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchyard.asl.data.interface import Environment, StateData, Value
from batchyard.asl.engine.program import start_of
from batchyard.asl.engine.tasks import Effect
from batchyard.asl.model import Map, Scope, State

if TYPE_CHECKING:
    from batchyard.asl.engine.branching import Branching
    from batchyard.asl.engine.map_run import MapRun


class Pending:
    """An effect that was handed out, and whose end has not been told.

    Args:
        effect: what was handed out.
        strand: whose state waits for it.
    """

    __slots__ = ("beat", "began", "effect", "strand", "submitted", "timeout")

    def __init__(self, effect: Effect, strand: Strand) -> None:
        self.effect, self.strand = effect, strand
        self.began = False  # whether its Started event has been written
        self.submitted: Any = None
        self.timeout: int | None = None  # ids of timers
        self.beat: int | None = None


class Strand:
    """One line of control: the machine's own, a branch of a Parallel, or an iteration of a Map.

    Args:
        scope: the states that it runs through.
        raw: its input.
        variables: those in scope; never changed in place.
        last: id of the event that led here.
        around: the branches that it is one of; None for the machine's own.
        index: its place among them.
    """

    __slots__ = (
        "alive",
        "around",
        "attempts",
        "before",
        "data",
        "entered",
        "entered_at",
        "env",
        "index",
        "item",
        "last",
        "raw",
        "scope",
        "state",
        "text",
        "token",
        "tries",
        "variables",
        "waiting",
    )

    def __init__(
        self,
        scope: Scope,
        raw: Value,
        variables: Mapping[str, Value],
        last: int,
        around: Branching | None = None,
        index: int = 0,
    ) -> None:
        self.scope, self.raw, self.variables, self.last = scope, raw, variables, last
        self.around, self.index = around, index
        self.alive = True
        self.text: str | None = None  # the input as JSON, once it is known
        self.state: State = start_of(scope)
        self.data: StateData
        self.env: Environment
        self.before = 0  # id of the event before the one that entered the state
        self.entered = 0  # id of the event that entered the state
        self.entered_at = 0.0
        self.attempts: dict[int, int] | None = None  # retries by retrier
        self.tries = 0  # retries of the state
        self.token: str | None = None
        self.item: Value = None  # the context's Map object, inside an iteration
        # What the state waits for: an effect, a timer's id, branches, a map run.
        self.waiting: Pending | int | Branching | MapRun | None = None

    @property
    def place(self) -> tuple[int, ...]:
        """Return the indices of the inline iterations that it runs in, the outermost first."""
        around = self.around
        if around is None:
            return ()
        owner = around.owner
        return (*owner.place, self.index) if isinstance(owner.state, Map) else owner.place
