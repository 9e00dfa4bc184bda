"""What keeps the turns of executions, so that they can be played again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from batchyard.asl.engine.spec import ExecutionSpec
from batchyard.asl.engine.stimuli import Stimulus

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution


def child_end(execution: Execution) -> dict[str, Any]:
    """Return what a closed child execution tells the one that it belongs to."""
    return end_of(
        execution.spec,
        status=execution.status,
        output=execution.output,
        error=execution.error,
        cause=execution.cause,
        startedAt=execution.started_at,
        stoppedAt=execution.stopped_at,
        redriveCount=execution.redrive_count,
    )


def end_of(spec: ExecutionSpec, **end: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return what `child_end` tells, for a child of which only this is kept."""
    child = spec.child
    assert child is not None  # noqa: S101 - it is a child
    return {
        "mapRunArn": child.map_run_arn,
        "index": child.index,
        "arn": spec.arn,
        "name": spec.name,
        **end,
    }


class Journal(Protocol):
    """Keeps what happens, so that it can be played again."""

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None:
        """Take a turn: the events from `execution.history[first_event:]` on are new."""
        ...

    def commit(self) -> None:
        """Write the turns; their effects are handed out only after this returns."""
        ...

    def ended(self, arn: str) -> dict[str, Any] | None:
        """Return `child_end` of a closed child execution; None if there is none of that ARN."""
        ...

    def stimuli(self, arn: str) -> Iterable[Stimulus] | None:
        """Return what happened to a closed child that did not succeed; None if it is not kept."""
        ...


class NoJournal:
    """Keeps nothing."""

    def turn(self, execution: Execution, stimulus: Stimulus, first_event: int) -> None: ...

    def commit(self) -> None: ...

    def ended(self, arn: str) -> dict[str, Any] | None:  # noqa: ARG002
        return None

    def stimuli(self, arn: str) -> Iterable[Stimulus] | None:  # noqa: ARG002
        return None
