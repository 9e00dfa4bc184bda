"""Rules on the ways through a machine: BY006."""

from __future__ import annotations

from collections.abc import Iterator

from batchyard.lint.registry import Hit, Subject, at, rule


@rule(
    "BY006",
    "warning",
    "a Choice without Default",
    fix="add a Default, for example to a Fail state that says which value came unexpected",
)
def no_default(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        if state.type == "Choice" and "Default" not in state.body:
            yield at(state, "where no rule holds the execution fails with States.NoChoiceMatched")
