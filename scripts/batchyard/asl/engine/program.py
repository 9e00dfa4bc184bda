"""A definition made ready to run, once for all executions that run it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from batchyard.asl import data
from batchyard.asl.data.interface import StateData
from batchyard.asl.model import Machine, Scope, State, read


class Program:
    """A definition with its states' data flow compiled as they are first entered.

    Args:
        machine: the definition, which has been validated.
        pointer: JSON pointer of the states to run; "" for the machine's own.
    """

    def __init__(self, machine: Machine, pointer: str = "") -> None:
        self.machine = machine
        self.scope = next(scope for scope in machine.scopes if scope.path == pointer)
        self._data: dict[State, StateData] = {}

    def data(self, state: State) -> StateData:
        """Return a state's data flow."""
        found = self._data.get(state)
        if found is None:
            found = self._data[state] = data.compile(state)
        return found


@lru_cache(maxsize=256)
def program(definition: str, express: bool, pointer: str = "") -> Program:
    """Return the program of a definition's text; the same one for the same text."""
    return Program(_machine(definition, express), pointer)


@lru_cache(maxsize=256)
def _machine(definition: str, express: bool) -> Machine:
    document: Any = json.loads(definition)
    return read(document, express=express)


def start_of(scope: Scope) -> State:
    """Return the state that a scope starts at.

    Raises:
        KeyError: it names none, which validation would have told.
    """
    state = scope.named(scope.start)
    if state is None:
        raise KeyError(f"{scope.path}/StartAt names no state")
    return state
