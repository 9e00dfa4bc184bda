"""An observer is told which ways executions take."""

from __future__ import annotations

from typing import Any

from tests.unit.asl.engine.script import Script
from tests.unit.asl.engine.test_redrives import Kept
from tests.unit.asl.engine.test_strands import ALL, FAIL, PASS, TASK, machine

from batchyard.asl.engine import Engine, VirtualClock, virtual
from batchyard.asl.engine.tasks import Failed
from batchyard.asl.model import Catcher, Choice, Rule, State


class Notes:
    """Notes everything."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, Any]] = []

    def chosen(self, state: Choice, rule: Rule | None) -> None:
        self.told.append(("chosen", state.name, rule and rule.next))

    def retried(self, state: State, retrier: int) -> None:
        self.told.append(("retried", state.name, retrier))

    def caught(self, state: State, catcher: Catcher) -> None:
        self.told.append(("caught", state.name, catcher.next))


RULE = {"Variable": "$.n", "NumericEquals": 1}
DEFINITION = machine(
    C={"Type": "Choice", "Choices": [{**RULE, "Next": "D"}]},
    D={"Type": "Choice", "Choices": [{**RULE, "NumericEquals": 2, "Next": "X"}], "Default": "T"},
    T={
        **TASK,
        "Retry": [{"ErrorEquals": ["F"]}, {"ErrorEquals": ["E"], "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["F"], "Next": "X"}, {"ErrorEquals": ALL, "Next": "P"}],
    },
    P=PASS,
    X=FAIL,
)


def test_it_is_told_of_rules_retries_and_catchers_and_not_again() -> None:
    clock, script, journal, notes = VirtualClock(), Script({"T": [[(1, Failed("E"))]]}), Kept(), Notes()
    engine = Engine(clock, script, journal, observer=notes)
    execution = engine.start(virtual.spec(DEFINITION, {"n": 1}))
    virtual.drive(engine, clock, script, lambda: execution.open)
    assert execution.status == "SUCCEEDED"
    told = [("chosen", "C", "D"), ("chosen", "D", None), ("retried", "T", 1), ("caught", "T", "P")]
    assert notes.told == told
    engine.restore(execution.spec, journal.stimuli_of)
    assert notes.told == told


def test_a_choice_that_finds_no_way_has_taken_none() -> None:
    clock, script, notes = VirtualClock(), Script(), Notes()
    engine = Engine(clock, script, Kept(), observer=notes)
    execution = engine.start(virtual.spec(DEFINITION, {"n": 2}))
    virtual.drive(engine, clock, script, lambda: execution.open)
    assert execution.error == "States.NoChoiceMatched"
    assert not notes.told
