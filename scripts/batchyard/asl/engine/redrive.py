"""Redrive: an execution that did not succeed goes on where it failed.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchyard.asl.engine import history
from batchyard.asl.engine.failing import try_again
from batchyard.asl.engine.strand import Pending
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
    strand.alive, strand.last = True, last
    strand.attempts, strand.tries = None, 0
    waiting = strand.waiting
    if waiting is None or isinstance(waiting, int | Pending):
        # A Fail is entered anew, as is what the strand had not come to.
        again = strand.entered and not isinstance(strand.state, Fail)
        execution.ready.append((try_again if again else execution.steps.enter, strand))
    else:
        waiting.redrive(execution, last)
