"""Data flow of states: what goes in, what comes out, what is kept in variables."""

from __future__ import annotations

from batchyard.asl.data.interface import StateData
from batchyard.asl.data.path_state import PathState
from batchyard.asl.model import State

__all__ = ["compile"]


def compile(state: State) -> StateData:  # noqa: A001 - what it does
    """Return a state's data flow, made ready once for all its runs."""
    if state.jsonata:
        from batchyard.asl.data.jsonata_state import JsonataState

        return JsonataState(state)
    return PathState(state)
