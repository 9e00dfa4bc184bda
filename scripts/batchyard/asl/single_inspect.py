"""What TestState shows of a state's data flow at the levels DEBUG and TRACE."""

from __future__ import annotations

from typing import Any

from batchyard.asl import data
from batchyard.asl.data.interface import Environment, StateData
from batchyard.asl.data.text import dump
from batchyard.asl.model import State, read
from batchyard.asl.single_items import batches, items_of, selected
from batchyard.asl.walk import Json, as_dict

_LIMITS = (
    ("maxConcurrency", "MaxConcurrency"),
    ("toleratedFailureCount", "ToleratedFailureCount"),
    ("toleratedFailurePercentage", "ToleratedFailurePercentage"),
)


class Inspection:
    """The members of inspectionData, gathered on the way.

    Args:
        raw: the state's input.
    """

    def __init__(self, raw: Any) -> None:  # noqa: ANN401 - any JSON value
        self._raw = raw
        self.data: Json = {"input": dump(raw)}
        self.item_count = 0

    def before(self, state: State, flow: StateData, env: Environment, items: str | None) -> Any:  # noqa: ANN401
        """Note what a state works on; return what it sends."""
        raw, paths = self._raw, not state.jsonata
        if paths and not (state.type == "Pass" and "Result" in state.body):
            self._note("afterInputPath", flow.effective(raw, env))
        if state.type == "Map":
            self._of_map(state, flow, env, items)
            return None
        if state.type not in ("Task", "Pass", "Parallel"):
            return None
        sent = flow.arguments(raw, env)
        if paths and "Result" not in state.body:
            self._note("afterParameters", sent)
        elif "Arguments" in state.body:
            self._note("afterArguments", sent)
        return sent

    def result(self, state: State, result: Any, env: Environment) -> None:  # noqa: ANN401
        """Note what becomes of a state's result."""
        if state.type in ("Task", "Parallel") or "Result" in state.body:
            self._note("result", result)
        if state.jsonata or state.type not in ("Task", "Parallel", "Map", "Pass"):
            return
        # The same state without what comes later gives what is there before it.
        for member, without in (
            ("afterResultSelector", ("ResultPath", "OutputPath", "Assign")),
            ("afterResultPath", ("OutputPath", "Assign")),
        ):
            self._note(member, data.compile(_less(state, without)).finish(self._raw, result, env).output)

    def shown(self, variables: Json, details: Json | None) -> Json:
        """Return inspectionData."""
        found = dict(self.data)
        if variables:
            found["variables"] = dump(variables)
        if details:
            found["errorDetails"] = details
        return found

    def _of_map(self, state: State, flow: StateData, env: Environment, items: str | None) -> None:
        found = items_of(state, flow, self._raw, env, items)
        read = "ItemReader" in state.body
        if not state.jsonata and not read:
            self._note("afterItemsPath", found)
        elif "ItemsPointer" in as_dict(as_dict(state.body.get("ItemReader")).get("ReaderConfig")) and found:
            self._note("afterItemsPointer", found)
        self.item_count = len(found) if isinstance(found, list | dict) else 0
        if self.item_count and ("ItemSelector" in state.body or "Parameters" in state.body):
            found = selected(flow, self._raw, env, found)
            self._note("afterItemSelector", found)
        if self.item_count and (made := batches(state, flow, self._raw, env, found)) is not None:
            self._note("afterItemBatcher", made)
        for member, name in _LIMITS:
            number = flow.number(name, self._raw, env)
            if number is not None or member == "maxConcurrency":
                percentage = member == "toleratedFailurePercentage"
                self.data[member] = float(number or 0) if percentage else int(number or 0)

    def _note(self, member: str, value: Any) -> None:  # noqa: ANN401
        self.data[member] = dump(value)


def _less(state: State, without: tuple[str, ...]) -> State:
    body = {key: value for key, value in state.body.items() if key not in without}
    machine = read({"StartAt": state.name, "States": {state.name: body}, "QueryLanguage": state.language})
    return machine.states[0]
