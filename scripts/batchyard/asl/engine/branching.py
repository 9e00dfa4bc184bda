"""Parallel and inline Map: strands inside a strand.

Order and links of events are as recorded from the service; each rule is held by a test that names its source.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from batchyard.asl.data.interface import Value
from batchyard.asl.data.text import dump
from batchyard.asl.engine.limits import size_error
from batchyard.asl.engine.redrive import revive
from batchyard.asl.errors import RUNTIME, StatesError
from batchyard.asl.model import Scope

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand

_ABORTED = {"Task", "Wait", "Parallel", "Map"}  # states that the service writes an Aborted event for

# https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
CONCURRENCY = 40


class Branching:
    """One attempt at a Parallel or Map.

    Args:
        owner: whose state it is.
        results: one place per branch.
    """

    __slots__ = ("owner", "results", "running")

    def __init__(self, owner: Strand, results: list[Value]) -> None:
        self.owner, self.results = owner, results
        self.running: dict[int, Strand] = {}

    def ended(self, x: Execution, strand: Strand) -> None:
        """Take the output of a branch that is through."""
        del self.running[strand.index]
        self.results[strand.index] = strand.raw
        self._next(x, strand)

    def failed(self, x: Execution, strand: Strand, error: StatesError) -> None:
        """End all branches, because one has failed; then the state fails with its error."""
        previous = strand.last
        self._tell_failed(x, strand, previous)
        _tell_aborted(x, strand, previous)
        self._end_others(x, strand, previous)
        self.owner.last = previous
        x.steps.fail(x, self.owner, error)

    def abort(self, x: Execution, reason: str) -> None:
        """End all branches, because what they are part of has ended."""
        for each in self.running.values():
            x.release(each, reason)

    def redrive(self, x: Execution, last: int) -> None:
        """Go on with the branches that are not through."""
        for each in self.running.values():
            revive(x, each, last)

    def _end_others(self, x: Execution, strand: Strand | None, previous: int) -> None:
        for other in self.running.values():
            if other is not strand:
                self.tell_aborted(x, other, previous)
                _tell_aborted(x, other, previous)
                x.release(other, "a sister branch has failed")

    @abstractmethod
    def _next(self, x: Execution, strand: Strand) -> None: ...

    def _tell_failed(self, x: Execution, strand: Strand, previous: int) -> None:
        """Write that a branch has failed."""

    def tell_aborted(self, x: Execution, strand: Strand, previous: int) -> None:
        """Write that a branch was ended."""

    def _finish(self, x: Execution, last: int) -> None:
        owner = self.owner
        owner.last, owner.waiting = last, None
        x.event(last, f"{owner.state.type}StateSucceeded")
        owner.env.now = x.now
        owner.env.forget()  # an iteration's item may be left in it
        try:
            finish = owner.data.finish(owner.raw, self.results, owner.env)
        except StatesError as error:
            x.steps.evaluation(x, owner, error)
        else:
            x.steps.leave(x, owner, finish, owner.state.next)


class Branches(Branching):
    """The branches of a Parallel."""

    __slots__ = ()

    def _next(self, x: Execution, strand: Strand) -> None:
        if not self.running:
            self._finish(x, strand.last)


class Iterations(Branching):
    """The iterations of an inline Map.

    Args:
        items: what they work on.
        limit: how many may run at once.
    """

    __slots__ = ("_following", "_items", "_limit", "_scope")

    def __init__(self, owner: Strand, scope: Scope, items: list[Value], limit: int) -> None:
        super().__init__(owner, [None] * len(items))
        self._scope, self._items = scope, items
        self._limit, self._following = limit, 0

    def start(self, x: Execution, last: int) -> None:
        """Start as many iterations as may run at once."""
        self._refill(x, last)
        if not self._items:
            self._finish(x, last)

    def redrive(self, x: Execution, last: int) -> None:
        super().redrive(x, last)
        self._refill(x, last)

    def _refill(self, x: Execution, last: int) -> None:
        while self._following < len(self._items) and len(self.running) < self._limit:
            try:
                self._start_one(x, last)
            except StatesError as error:  # the item selector's
                self._end_others(x, None, last)
                self.owner.waiting = None
                x.steps.evaluation(x, self.owner, error)
                return

    def _start_one(self, x: Execution, last: int) -> None:
        index, owner = self._following, self.owner
        self._following += 1
        value = self._items[index]
        item = {"Item": {"Index": index, "Value": value}}
        owner.item, around = item, owner.item
        owner.env.forget()
        owner.env.now = x.now
        try:
            raw = owner.data.item(owner.raw, value, owner.env)
            text = dump(raw)
            if raw is not value and (error := size_error(text, owner.state.name)):
                raise error
        finally:
            owner.item = around
        started = x.event(last, "MapIterationStarted", self._named(index))
        strand = x.strand(self._scope, raw, owner.variables, started, self, index)
        strand.item, strand.text = item, text
        self.running[index] = strand
        x.ready.append((x.steps.enter, strand))

    def _next(self, x: Execution, strand: Strand) -> None:
        told = x.event(strand.last, "MapIterationSucceeded", self._named(strand.index))
        if self._following < len(self._items):
            self._refill(x, strand.last)
        elif not self.running:
            self._finish(x, told)

    def _tell_failed(self, x: Execution, strand: Strand, previous: int) -> None:
        x.event(previous, "MapIterationFailed", self._named(strand.index))

    def tell_aborted(self, x: Execution, strand: Strand, previous: int) -> None:
        x.event(previous, "MapIterationAborted", self._named(strand.index))

    def _named(self, index: int) -> dict[str, Any]:
        return {"name": self.owner.state.name, "index": index}


def _tell_aborted(x: Execution, strand: Strand, previous: int) -> None:
    """Write that what runs in a strand was ended, the innermost first."""
    if isinstance(strand.waiting, Branching):
        for each in strand.waiting.running.values():
            if each.alive:
                _tell_aborted(x, each, previous)
                strand.waiting.tell_aborted(x, each, previous)
    if strand.entered and strand.state.type in _ABORTED:
        x.event(previous, f"{strand.state.type}StateAborted")


def begin_parallel(x: Execution, strand: Strand) -> None:
    """Start all branches."""
    state = strand.state
    raw = strand.data.arguments(strand.raw, strand.env)
    text = dump(raw)
    if raw is not strand.raw and (error := size_error(text, state.name)):
        x.steps.fail(x, strand, error)
        return
    started = strand.last = x.event(strand.last, "ParallelStateStarted")
    branches = Branches(strand, [None] * len(state.children))
    strand.waiting = branches
    for index, scope in enumerate(state.children):
        each = x.strand(scope, raw, strand.variables, started, branches, index)
        each.item, each.text = strand.item, text
        branches.running[index] = each
        x.ready.append((x.steps.enter, each))


def begin_map(x: Execution, strand: Strand) -> None:
    """Start the iterations of an inline Map."""
    state, data, env = strand.state, strand.data, strand.env
    items = data.items(strand.raw, env)
    if not isinstance(items, list):
        raise StatesError(RUNTIME, f"The items of the Map state '{state.name}' are not an array.")
    limit = min(int(data.number("MaxConcurrency", strand.raw, env) or 0) or CONCURRENCY, CONCURRENCY)
    started = strand.last = x.event(strand.last, "MapStateStarted", {"length": len(items)})
    iterations = Iterations(strand, state.children[0], items, limit)
    strand.waiting = iterations
    iterations.start(x, started)
