"""A map run: the child executions that one attempt at a Distributed Map starts, and what limits them.

Rules: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from batchyard.asl.engine.failing import try_again
from batchyard.asl.engine.limits import size_error
from batchyard.asl.engine.map_child import UNSUCCESSFUL, Child
from batchyard.asl.engine.map_counts import Counts
from batchyard.asl.engine.map_describe import describe
from batchyard.asl.engine.map_fields import Fields, Limits
from batchyard.asl.engine.map_names import Names
from batchyard.asl.engine.spec import ExecutionSpec, MapChild
from batchyard.asl.errors import DATA_LIMIT, RUNTIME, TOLERATED_FAILURES, StatesError

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Pending, Strand

# https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
CONCURRENCY = 10_000
# https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
REDRIVES = 1_000
_EXCEEDED = "The specified tolerated failure threshold was exceeded"
Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]


class MapRun:
    """A map run.

    Args:
        arn: of the map run.
        parent: the execution that it belongs to.
        strand: whose state it is.
        names: of its children.
        limits: its concurrency and tolerated failures.
        fields: what the state says of items and results.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        arn: str,
        parent: ExecutionSpec,
        strand: Strand,
        names: Names,
        limits: Limits,
        fields: Fields,
        now: float,
    ) -> None:
        self.arn, self.strand, self.names, self.limits, self.fields = arn, strand, names, limits, fields
        self.parent = parent
        self.status: Status = "RUNNING"
        self.started_at = now
        self.stopped_at: float | None = None
        self.redrive_count = 0
        self.redriven_at: float | None = None
        self.error: StatesError | None = None  # what it fails with, once the running children are through
        self.pending: Pending | None = None  # its reader or writer
        self.children: list[Child] = []
        self.running: set[int] = set()
        self.again: deque[Child] = deque()  # children to redrive
        self.counts = Counts()
        self.total: int | None = None  # items; None until they have been read
        self.inputs: Iterator[tuple[str, int]] = iter(())
        self.through = False  # no inputs are left
        self.broken = False  # an input could not be made
        self.queued = False  # something has happened that `distributed.go_on` has not seen

    @property
    def left(self) -> bool:
        """Say whether there are children to start."""
        return bool(self.again) or not self.through

    def fill(self, x: Execution) -> None:
        """Start children for as long as there is room; an input that can not be made fails the map run."""
        most = self.limits.concurrency or CONCURRENCY
        try:
            while self.error is None and len(self.running) < most:
                if self.again:
                    self._again(x, self.again.popleft())
                elif (following := next(self.inputs, None)) is not None:
                    self._start(x, *following)
                else:
                    self.through = True
                    break
        except StatesError as error:
            self.broken, self.inputs = True, iter(())
            self.end_badly(x, error)

    def child_ended(self, x: Execution, data: Mapping[str, Any]) -> None:
        """Take the end of a child."""
        index = data["index"]
        if index not in self.running:
            return
        child = self.children[index]
        if self.stale(data):
            return
        self.running.discard(index)
        self.counts.add(child, -1)
        child.ended(data)
        self.counts.add(child)
        if child.status == "SUCCEEDED" and not self.fields.keep:
            child.text = ""
        self._go_on(x)

    def update(self, x: Execution, data: Mapping[str, Any]) -> None:
        """Change the limits."""
        self.limits.change(data)
        self._go_on(x)

    def check(self, x: Execution) -> None:
        """Fail if more items have failed than are tolerated."""
        if self.error is None and self.limits.exceeded(self.counts.failed_items, self.total or 0):
            self.end_badly(x, StatesError(TOLERATED_FAILURES, _EXCEEDED))

    def end_badly(self, x: Execution, error: StatesError) -> None:
        """Start no more children and stop those that can be: Express ones run to their end."""
        self.error = error
        if self.stopping:
            self._stop_children(x)

    def abort(self, x: Execution, reason: str) -> None:
        """End it, because what it is part of has ended."""
        if self.status != "RUNNING":
            return
        if x.open:
            self.strand.last = x.event(self.strand.last, "MapRunAborted")
        if self.pending is not None:
            x.forget(self.pending, reason)
            self.pending = None
        self._stop_children(x)
        for index in self.running:
            child = self.children[index]
            self.counts.move(child, "ABORTED")
            child.started_at = child.started_at or self.started_at
            child.stopped_at = x.now
        self.running.clear()
        self.close(x, "ABORTED")

    def close(self, x: Execution, status: Status) -> None:
        """End it; children that still wait to be redriven are what they were before."""
        self.status, self.stopped_at = status, x.now
        while self.again:
            child = self.again.popleft()
            self.counts.move(child, child.before)

    def redrive(self, x: Execution, last: int) -> None:
        """Go on after the execution was redriven: unsuccessful children run again.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
        """
        strand = self.strand
        if self.broken or (self.error is not None and self.error.error in (DATA_LIMIT, RUNTIME)):
            x.ready.append((try_again, strand))
            return
        self.redrive_count += 1
        self.redriven_at, self.queued = x.now, False
        self.status, self.stopped_at, self.error = "RUNNING", None, None
        details = {"mapRunArn": self.arn, "redriveCount": self.redrive_count}
        strand.last = x.event(last, "MapRunRedriven", details)
        for child in self.children:
            if child.status in UNSUCCESSFUL and child.redrivable(self.names.express, x.now):
                child.before = child.status
                self.counts.move(child, "PENDING_REDRIVE")
                self.again.append(child)
        x.ready.append((x.steps.begin_again, strand))

    def ahead(self) -> list[tuple[str, int]]:
        """Return the inputs of the children that were not started, which a redrive starts."""
        found: list[tuple[str, int]] = []
        try:
            found.extend(self.inputs)
        except StatesError:  # what can not be made is no child; a redrive begins with a new map run
            self.broken = True
        self.inputs = iter(found)
        return found

    @property
    def stopping(self) -> bool:
        """Say whether the children that run are to be stopped."""
        return self.status == "RUNNING" and self.error is not None and not self.names.express

    def open_children(self) -> Iterator[ExecutionSpec]:
        """Yield the specs of the children that have not ended."""
        return (self._spec(self.children[index]) for index in sorted(self.running))

    def stale(self, ended: Mapping[str, Any]) -> bool:
        """Say whether a child's end is that of an attempt before the redrive."""
        child = self.children[ended["index"]]
        # A child whose attempt was not kept, as that of each Express one, begins anew: it counts no redrives.
        since = child.before != "RUNNING" and ended["startedAt"] < (self.redriven_at or 0)
        return since and (self.names.express or ended["redriveCount"] < child.redrives)

    def describe(self) -> dict[str, Any]:
        """Return what DescribeMapRun tells; times are seconds since the epoch."""
        return describe(self)

    def _go_on(self, x: Execution) -> None:
        if self.status == "RUNNING" and not self.queued:
            self.queued = True
            x.ready.append((x.steps.go_on, self.strand))

    def _start(self, x: Execution, text: str, items: int) -> None:
        if error := size_error(text, self.strand.state.name):
            raise error
        index = len(self.children)
        name, arn = self.names.child(x.chance)
        child = Child(index, items, text, name, arn, x.chance.getrandbits(63))
        self.children.append(child)
        self.counts.add(child)
        self.running.add(index)
        x.children.append(self._spec(child))

    def _again(self, x: Execution, child: Child) -> None:
        self.counts.move(child, "RUNNING")
        self.running.add(child.index)
        if self.names.express:
            x.children.append(self._spec(child))
        else:
            child.redrives += 1
            x.redriven_children.append(self._spec(child))

    def _stop_children(self, x: Execution) -> None:
        x.stopped_children.extend(self.children[index].arn for index in sorted(self.running))

    def _spec(self, child: Child) -> ExecutionSpec:
        spec, names = self.parent, self.names
        return ExecutionSpec(
            child.arn,
            child.name,
            names.machine_arn,
            names.labelled,
            spec.role_arn,
            "EXPRESS" if names.express else "STANDARD",
            spec.definition,
            child.text,
            child.seed,
            self.strand.state.children[0].path,
            child=MapChild(spec.arn, self.arn, child.index),
        )
