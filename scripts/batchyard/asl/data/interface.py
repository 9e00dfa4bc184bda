"""What the interpreter asks of a state's query language; JSONPath and JSONata both answer it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from batchyard.asl.model import Catcher, Rule

Value = Any  # any JSON value; never changed once it has been made


@dataclass(slots=True)
class Environment:
    """What expressions see beside a state's input.

    Args:
        context_of: makes the context object, when something asks for it.
        variables: the variables in scope, outer ones included; not changed by an evaluation.
        random: the execution's own source of chance (`$random`, `States.UUID`, ...).
        now: seconds since the epoch; the only clock that an expression sees.
    """

    context_of: Callable[[], dict[str, Value]]
    variables: Mapping[str, Value]
    random: random.Random
    now: float
    _context: dict[str, Value] | None = field(default=None, init=False)

    @property
    def context(self) -> dict[str, Value]:
        if self._context is None:
            self._context = self.context_of()
        return self._context

    def forget(self) -> None:
        """Make the context object anew when something asks for it again."""
        self._context = None


class Finish(NamedTuple):
    """What a state leaves behind: its output, and the variables that it assigns."""

    output: Value
    assigned: Mapping[str, Value]


class Pause(NamedTuple):
    """How long a Wait waits: for seconds, or until a time in seconds since the epoch."""

    seconds: float | None
    until: float | None


class StateData(Protocol):
    """One state's data flow.

    Every method raises StatesError (QueryError, ...) where the service fails the state.
    """

    def effective(self, raw: Value, env: Environment) -> Value:
        """Return the input after InputPath; with JSONata the input itself."""
        ...

    def arguments(self, raw: Value, env: Environment) -> Value:
        """Return what the state works on, of InputPath and Parameters, or of Arguments."""
        ...

    def finish(self, raw: Value, result: Value, env: Environment) -> Finish:
        """Return output and assignments after success.

        They are of ResultSelector, ResultPath and OutputPath, or of Output, and of Assign. For a Pass,
        `result` is what `arguments` returned (its Result field is read here); for Wait and Succeed it is the
        effective input.
        """
        ...

    def choose(self, raw: Value, env: Environment) -> Rule | None:
        """Return the first rule of a Choice that holds, or None for the default."""
        ...

    def chosen(self, rule: Rule | None, raw: Value, env: Environment) -> Finish:
        """Return output and assignments of a Choice that takes this rule, or its default."""
        ...

    def catch(self, catcher: Catcher, raw: Value, error: Value, env: Environment) -> Finish:
        """Return output and assignments of a catcher; `error` is `{"Error": ..., "Cause": ...}`."""
        ...

    def number(self, field: str, raw: Value, env: Environment) -> float | None:
        """Return a number that stands under `field` or `<field>Path`; None if neither is there.

        For TimeoutSeconds, HeartbeatSeconds, MaxConcurrency, ToleratedFailureCount,
        ToleratedFailurePercentage.
        """
        ...

    def pause(self, raw: Value, env: Environment) -> Pause:
        """Return how long a Wait waits."""
        ...

    def failure(self, raw: Value, env: Environment) -> tuple[str | None, str | None]:
        """Return error and cause of a Fail state."""
        ...

    def items(self, raw: Value, env: Environment) -> Value:
        """Return the items of a Map without ItemReader: an array, or for a Distributed Map an object too."""
        ...

    def item(self, raw: Value, value: Value, env: Environment) -> Value:
        """Return one iteration's input, of ItemSelector; the context has Map.Item; `value` is the item."""
        ...

    def evaluate(self, field: str, raw: Value, env: Environment) -> Value:
        """Return a whole field evaluated: Credentials, ItemReader, ItemBatcher, ResultWriter; None if absent.

        Members such as `MaxItemsPath` come back as `MaxItems`; JSONPath's `Parameters` and JSONata's
        `Arguments` both come back as `Parameters`.
        """
        ...
