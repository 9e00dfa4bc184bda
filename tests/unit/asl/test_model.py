"""Machines as typed, immutable objects: what states tell of themselves, and where they stand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from batchyard import asl
from batchyard.asl.model import Choice, Map, Parallel, Retrier, Task

TEXT = """
StartAt: Work
States:
  Work:
    Type: Task
    Resource: arn:aws:states:::batch:submitJob.sync
    Parameters: {JobName: a}
    Retry:
      - ErrorEquals: [A, B]
        MaxAttempts: 0
        MaxDelaySeconds: 5
        JitterStrategy: FULL
      - ErrorEquals: [States.ALL]
    Catch: [{ErrorEquals: [C], Next: End, ResultPath: null}]
    Next: Ask
  Ask:
    Type: Choice
    Choices: [{Variable: $.a, IsNull: true, Next: End}]
    Default: Each
  Each:
    Type: Map
    ItemProcessor:
      ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: EXPRESS}
      StartAt: Both
      States:
        Both:
          Type: Parallel
          QueryLanguage: JSONata
          Branches: [{StartAt: P, States: {P: {Type: Pass}}}]
          End: true
    Next: End
  End: {Type: Succeed}
"""


def _states() -> dict[str, asl.State]:
    return {state.name: state for state in asl.parse(TEXT, name="m.yaml").states}


def test_each_type_of_state_has_its_class() -> None:
    states = _states()
    kinds = {"Work": Task, "Ask": Choice, "Each": Map, "Both": Parallel}
    assert {name: type(states[name]) for name in kinds} == kinds
    assert type(asl.read({"States": {"A": {"Type": "Tusk"}}}).states[0]) is asl.State


def test_states_know_their_place_in_the_text() -> None:
    states = _states()
    assert states["Work"].position == (4, 3)
    assert states["Both"].position == (26, 9)
    source = states["P"].scope.source
    assert source is not None
    assert source.where(states["P"].path).startswith("m.yaml:29:")
    assert asl.read({"States": {"A": {}}}).states[0].position is None


# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: defaults of a retrier
def test_retriers_and_catchers_have_their_defaults() -> None:
    work = _states()["Work"]
    assert work.retriers == (
        Retrier(("A", "B"), 1, 0, 2.0, 5, True),
        Retrier(("States.ALL",), 1, 3, 2.0, None, False),
    )
    ((catcher),) = work.catchers
    assert (catcher.errors, catcher.next, catcher.body["ResultPath"]) == (("C",), "End", None)


def test_transitions_rules_and_children_are_read_once() -> None:
    states = _states()
    ask, each = states["Ask"], states["Each"]
    assert isinstance(ask, Choice)
    assert [(rule.next, rule.path) for rule in ask.rules] == [("End", "/States/Ask/Choices/0")]
    assert ask.default == "Each"
    assert [(edge.kind, edge.target) for edge in states["Work"].edges] == [("next", "Ask"), ("catch", "End")]
    for name in ("children", "edges", "retriers", "catchers"):
        assert getattr(each, name) is getattr(each, name)
    assert each.distributed
    assert each.children[0].express


# https://github.com/floci-io/floci/issues/2968: states inside ask the machine's language, not their Map's
def test_states_inside_do_not_inherit_the_query_language_of_their_map_or_parallel() -> None:
    states = _states()
    assert states["Both"].jsonata
    assert not states["P"].jsonata


def test_a_scope_is_found_by_its_place() -> None:
    machine = asl.parse(TEXT)
    scope = machine.scope_at("/States/Each/ItemProcessor")
    assert scope is not None
    assert scope.named("Both") is _find(machine, "Both")
    assert machine.scope_at("") is machine.scope
    assert machine.scope_at("/States/Nothing") is None


def _find(machine: asl.Machine, name: str) -> asl.State:
    return next(state for state in machine.states if state.name == name)


def test_what_was_read_can_not_be_changed() -> None:
    machine = asl.parse(TEXT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        machine.states[0].name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("seconds", "timeout"), [(5, 5), (0, 0), ("5", None), (True, None), (-1, None), (float("nan"), None)]
)
def test_the_timeout_of_a_machine_is_a_number_of_seconds(seconds: Any, timeout: float | None) -> None:
    assert asl.read({"TimeoutSeconds": seconds}).timeout == timeout


def test_keys_become_texts_and_what_holds_itself_is_cut() -> None:
    loop: dict[Any, Any] = {1: [1], "shared": [0]}
    loop["self"] = loop
    loop["again"] = loop["shared"]
    assert asl.plain(loop) == {"1": [1], "shared": [0], "self": None, "again": [0]}
