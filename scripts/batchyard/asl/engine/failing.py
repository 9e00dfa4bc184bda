"""What becomes of a state that fails: Retry, Catch, or the end of what it is part of.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchyard.asl.engine.strand import Pending
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

# Seconds; a Standard execution lasts a year at most.
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_LONGEST = 365 * 86_400.0


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
    if isinstance(strand.waiting, int | Pending):  # branches and map runs stay: a redrive goes on with them
        strand.waiting = None
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


def backoff(retrier: Retrier, used: int) -> float:
    """Return the seconds before a retry; with jitter the most that they may be.

    Args:
        used: how often this retrier has been used for the state already.
    """
    try:
        seconds = float(retrier.interval * retrier.backoff**used)
    except OverflowError:
        seconds = _LONGEST
    return min(seconds, _LONGEST if retrier.max_delay is None else retrier.max_delay)


def delay(retrier: Retrier, used: int, chance: random.Random) -> float:
    """Return the seconds before a retry; `chance` is for full jitter."""
    seconds = backoff(retrier, used)
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
            if x.observer is not None:
                x.observer.retried(strand.state, index)
            due = x.now + delay(retrier, used, x.chance)
            strand.waiting = x.timer(due, try_again, strand)
            return True
    return False


def try_again(x: Execution, strand: Strand) -> None:
    """Begin another attempt at the strand's state."""
    strand.waiting = None
    x.begin(strand)


def _caught(x: Execution, strand: Strand, error: StatesError) -> bool:
    for catcher in strand.state.catchers:
        if matches(catcher.errors, error):
            _give_up(x, strand, error)
            if x.observer is not None:
                x.observer.caught(strand.state, catcher)
            strand.env.now = x.now
            strand.env.forget()  # an iteration's item may be left in it
            shown = {"Error": error.error or "", "Cause": error.cause or ""}
            try:
                finish = strand.data.catch(catcher, strand.raw, shown, strand.env)
            except StatesError as broken:  # a catcher that can not be evaluated catches nothing
                _end(x, strand, _told(x, strand, broken))
            else:
                x.steps.leave(x, strand, finish, catcher.next, _end)
            return True
    return False


def _give_up(x: Execution, strand: Strand, error: StatesError) -> None:
    """Write that a Parallel or Map has failed for good."""
    if isinstance(strand.state, Parallel | Map) and (strand.waiting is not None or error.error != RUNTIME):
        strand.last = x.event(strand.last, f"{strand.state.type}StateFailed")
