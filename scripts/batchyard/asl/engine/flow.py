"""States that need nobody: Pass, Choice, Wait, Succeed and Fail; and how every state is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchyard.asl.data.interface import Finish
from batchyard.asl.data.text import dump
from batchyard.asl.engine.failing import evaluation, fail
from batchyard.asl.engine.limits import size_error
from batchyard.asl.engine.steps import Failure
from batchyard.asl.errors import NO_CHOICE, RUNTIME, StatesError
from batchyard.asl.model import Choice, State

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Strand

_ENTERED = {each: f"{each.__name__}StateEntered" for each in State.__subclasses__()}
_EXITED = {each: f"{each.__name__}StateExited" for each in State.__subclasses__()}


def enter(x: Execution, strand: Strand) -> None:
    """Enter the strand's state."""
    state = strand.state
    strand.data = x.program.data(state)
    strand.attempts, strand.tries, strand.token = None, 0, None
    if strand.text is None:
        strand.text = dump(strand.raw)
    strand.entered_at, strand.before = x.now, strand.last
    details = {"name": state.name, "input": strand.text}
    strand.entered = strand.last = x.event(strand.last, _ENTERED[type(state)], details)
    x.begin(strand)


def leave(
    x: Execution, strand: Strand, finish: Finish, following: str | None, broken: Failure | None = None
) -> None:
    """Leave the strand's state with what it left behind, for the next state or the strand's end.

    Args:
        broken: takes what is wrong with it; without one, Retry and Catch do.
    """
    output, assigned = finish
    state = strand.state
    text = strand.text if output is strand.raw else None
    try:
        if text is None:
            text = dump(output)
            if error := size_error(text, state.name):
                raise error
        details: dict[str, Any] = {"name": state.name, "output": text}
        if assigned:
            texts = details["assignedVariables"] = {name: dump(value) for name, value in assigned.items()}
            if error := x.store(texts):
                raise error
            strand.variables = {**strand.variables, **assigned}
    except StatesError as error:
        (broken or (evaluation if error.error == RUNTIME else fail))(x, strand, error)
        return
    strand.last = x.event(strand.last, _EXITED[type(state)], details)
    strand.raw, strand.text, strand.waiting = output, text, None
    if following is None:
        end(x, strand)
    else:
        strand.state, strand.entered = strand.scope.named(following) or state, 0
        x.ready.append((enter, strand))


def end(x: Execution, strand: Strand) -> None:
    """End a strand well."""
    strand.alive = False
    del strand.env  # it leads back to the strand, which would then wait for the collector of cycles
    if strand.around is None:
        x.finish(strand)
    else:
        strand.around.ended(x, strand)


def begin_pass(x: Execution, strand: Strand) -> None:
    """Pass its input, or what it makes of it, on."""
    data, raw, env = strand.data, strand.raw, strand.env
    leave(x, strand, data.finish(raw, data.arguments(raw, env), env), strand.state.next)


def begin_succeed(x: Execution, strand: Strand) -> None:
    """End the strand."""
    data, raw, env = strand.data, strand.raw, strand.env
    leave(x, strand, data.finish(raw, data.effective(raw, env), env), None)


def begin_fail(x: Execution, strand: Strand) -> None:
    """Fail with the state's error and cause; no Retry or Catch of its own."""
    error, cause = strand.data.failure(strand.raw, strand.env)
    fail(x, strand, StatesError(error, cause))


def begin_choice(x: Execution, strand: Strand) -> None:
    """Go where the first rule that holds leads."""
    state, data, raw, env = strand.state, strand.data, strand.raw, strand.env
    assert isinstance(state, Choice)  # noqa: S101 - by the table of steps
    rule = data.choose(raw, env)
    following = rule.next if rule else state.default
    if following is None:
        raise StatesError(NO_CHOICE, "No choice rule matched, and there is no Default.")
    if x.observer is not None:
        x.observer.chosen(state, rule)
    leave(x, strand, data.chosen(rule, raw, env), following)


def begin_wait(x: Execution, strand: Strand) -> None:
    """Wait."""
    pause = strand.data.pause(strand.raw, strand.env)
    due = x.now + pause.seconds if pause.seconds is not None else pause.until or x.now
    strand.waiting = x.timer(max(due, x.now), waited, strand)


def waited(x: Execution, strand: Strand) -> None:
    """Go on after a Wait."""
    data, raw, env = strand.data, strand.raw, strand.env
    env.now = x.now
    leave(x, strand, data.finish(raw, data.effective(raw, env), env), strand.state.next)
