"""Redrive: an execution that did not succeed goes on where it failed.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchyard.asl.engine import history
from batchyard.asl.engine.branching import Branching
from batchyard.asl.model import Fail

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand

PERIOD = 14 * 24 * 3600  # seconds after the end
EVENTS = history.LIMIT - 1


def refusal(execution: Execution, now: float) -> str | None:
    """Return why an execution can not be redriven, as the service says it; None where it can."""
    if execution.open:
        return "Execution is RUNNING and cannot be redriven"
    if execution.status == "SUCCEEDED":
        return "Execution is SUCCEEDED and cannot be redriven"
    if execution.spec.kind == "EXPRESS":
        return "Execution is EXPRESS and cannot be redriven"
    if now - (execution.stopped_at or now) > PERIOD:
        return "Execution has exceeded the redrivable period"
    if len(execution.history) >= EVENTS:
        return "Execution history event limit exceeded"
    return None


def revive(execution: Execution, strand: Strand, last: int) -> None:
    """Let a strand go on at the state that failed or was ended; branches that are through stay so.

    Args:
        last: id of the event that led to it.
    """
    from batchyard.asl.engine.strand import Pending

    strand.alive, strand.last = True, last
    waiting = strand.waiting
    if isinstance(waiting, Branching):
        for each in waiting.running.values():
            revive(execution, each, last)
        waiting.refill(execution, last)
    elif waiting is None or isinstance(waiting, int | Pending):
        strand.waiting, strand.attempts, strand.tries = None, None, 0
        again = strand.entered and not isinstance(strand.state, Fail)  # which is entered anew
        execution.ready.append((_begin, strand) if again else (execution.steps.enter, strand))
    else:
        waiting.redrive(execution, last)


def _begin(x: Execution, strand: Strand) -> None:
    x.begin(strand)
