"""What becomes of a state that fails: Retry, Catch, or the end of what it is part of.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchyard.asl.engine.branching import Branching
from batchyard.asl.engine.map_run import MapRun
from batchyard.asl.errors import (
    ALL,
    RUNTIME,
    TASK_FAILED,
    TIMEOUT,
    QueryError,
    StatesError,
)
from batchyard.asl.model import Map, Parallel, Retrier

if TYPE_CHECKING:
    import random

    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand

_PARTS = (Branching, MapRun)  # what a redrive goes on with


def evaluation(x: Execution, strand: Strand, error: StatesError) -> None:
    """Take an error that came of evaluating a state's fields: the cause says where."""
    fail(x, strand, _told(x, strand, error))


def _told(x: Execution, strand: Strand, error: StatesError) -> StatesError:
    state = strand.state
    cause = (
        f"An error occurred while executing the state '{state.name}' "
        f"(entered at the event id #{strand.entered}). {error.cause}"
    )
    if isinstance(error, QueryError):
        details = {"error": error.error, "cause": cause, "location": error.location, "state": state.name}
        shown = {key: value for key, value in details.items() if value}
        previous = strand.before if strand.last == strand.entered else strand.last
        strand.last = x.event(previous, "EvaluationFailed", shown)
    return StatesError(error.error, cause)


def fail(x: Execution, strand: Strand, error: StatesError) -> None:
    """Fail the strand's state: retry it, catch the error, or fail the strand."""
    strand.waiting = strand.waiting if isinstance(strand.waiting, _PARTS) else None
    if not _retried(x, strand, error) and not _caught(x, strand, error):
        _give_up(x, strand, error)
        _end(x, strand, error)


def _end(x: Execution, strand: Strand, error: StatesError) -> None:
    strand.alive = False
    if strand.around is None:
        x.fail(strand, error.error, error.cause)
    else:
        strand.around.failed(x, strand, error)


def matches(names: tuple[str, ...], error: StatesError) -> bool:
    """Say whether an entry of Retry or Catch is for an error."""
    if error.error == RUNTIME:  # never retried or caught, by whatever name
        return False
    wanted = {error.error, error.also or error.error, ALL}
    return any(name in wanted or (name == TASK_FAILED and error.error != TIMEOUT) for name in names)


def delay(retrier: Retrier, used: int, chance: random.Random) -> float:
    """Return the seconds before a retry.

    Args:
        used: how often this retrier has been used for the state already.
        chance: for full jitter.
    """
    seconds = retrier.interval * retrier.backoff**used
    if retrier.max_delay is not None:
        seconds = min(seconds, retrier.max_delay)
    return chance.uniform(0, seconds) if retrier.full_jitter else seconds


def _retried(x: Execution, strand: Strand, error: StatesError) -> bool:
    for index, retrier in enumerate(strand.state.retriers):
        if matches(retrier.errors, error):
            attempts = strand.attempts = strand.attempts or {}
            used = attempts.get(index, 0)
            if used >= retrier.attempts:
                return False
            attempts[index] = used + 1
            strand.tries += 1
            due = x.now + delay(retrier, used, x.chance)
            strand.waiting = x.timer(due, _again, strand)
            return True
    return False


def _again(x: Execution, strand: Strand) -> None:
    strand.waiting = None
    x.begin(strand)


def _caught(x: Execution, strand: Strand, error: StatesError) -> bool:
    for catcher in strand.state.catchers:
        if matches(catcher.errors, error):
            _give_up(x, strand, error)
            strand.env.now = x.now
            shown = {"Error": error.error or "", "Cause": error.cause or ""}
            try:
                finish = strand.data.catch(catcher, strand.raw, shown, strand.env)
            except StatesError as broken:  # a catcher that can not be evaluated catches nothing
                _end(x, strand, _told(x, strand, broken))
            else:
                x.steps.leave(x, strand, finish, catcher.next)
            return True
    return False


def _give_up(x: Execution, strand: Strand, error: StatesError) -> None:
    """Write that a Parallel or Map has failed for good."""
    if isinstance(strand.state, Parallel | Map) and (strand.waiting is not None or error.error != RUNTIME):
        strand.last = x.event(strand.last, f"{strand.state.type}StateFailed")
