"""What states do, as an execution is given it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from batchyard.asl.data.interface import Finish
from batchyard.asl.engine.tasks import Effect, Outcome
from batchyard.asl.errors import StatesError
from batchyard.asl.model import State

if TYPE_CHECKING:
    from batchyard.asl.engine.execution import Execution
    from batchyard.asl.engine.strand import Pending, Strand

Action: TypeAlias = "Callable[[Execution, Strand], None]"
Failure: TypeAlias = "Callable[[Execution, Strand, StatesError], None]"
Told: TypeAlias = "Callable[[Pending, Outcome, Execution, Strand], None]"


class Leave(Protocol):
    """Leaves a state; `broken` takes what is wrong with its output, else Retry and Catch do."""

    def __call__(
        self,
        x: Execution,
        strand: Strand,
        finish: Finish,
        following: str | None,
        broken: Failure | None = None,
    ) -> None: ...


@dataclass(frozen=True)
class Steps:
    """What states do, by type, and how they are left; passed in, because those functions are written on this.

    Args:
        enter: enters a strand's state.
        begin: begins an attempt at a state of each type.
        leave: leaves a state with what it left behind, for another one or the strand's end.
        fail: takes an error that a task, a branch or a Fail state came to.
        evaluation: takes an error that the evaluation of a state raised.
        told: takes the outcome of an effect of each kind.
        go_on: goes on with a map run after something has happened to it.
        begin_again: goes on with a map run that is redriven.
    """

    enter: Action
    begin: Mapping[type[State], Action]
    leave: Leave
    fail: Failure
    evaluation: Failure
    told: Mapping[type[Effect], Told]
    go_on: Action
    begin_again: Action
