"""Rules on shape and reachability: BY001 to BY010."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, at, rule

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_NAME = 80
_CONTAINERS = {"Parallel": ("Branches",), "Map": ("ItemProcessor", "Iterator")}


@rule(
    "BY001",
    "error",
    "the document or a part of it is not of the shape of the language",
    fix="see states-language.net",
)
def shape(subject: Subject) -> Iterator[Hit]:
    if not isinstance(subject.definition, dict):
        yield Hit("", "", f"a state machine is an object, not {type(subject.definition).__name__}")
        return
    for scope in subject.machine.scopes:
        owner = scope.owner.name if scope.owner else ""
        if not isinstance(scope.start, str):
            yield Hit(
                scope.path, owner, "StartAt is missing or is no name", "name the first state in StartAt"
            )
        states = scope.body.get("States")
        if not isinstance(states, dict) or not states:
            yield Hit(scope.path, owner, "States is missing or empty", "give it at least one state")
            continue
        for name, body in states.items():
            if not isinstance(body, dict):
                yield Hit(asl.pointer(scope.path, "States", name), name, "a state is an object")
            elif not body.get("Type"):
                yield Hit(
                    asl.pointer(scope.path, "States", name), name, "Type is missing", "name the state's Type"
                )


@rule(
    "BY002",
    "error",
    "a transition names a state that is not in its scope",
    fix="name a state of the same States object",
)
def unknown_target(subject: Subject) -> Iterator[Hit]:
    for scope in subject.machine.scopes:
        owner = scope.owner.name if scope.owner else ""
        if isinstance(scope.start, str) and scope.states and not scope.named(scope.start):
            yield Hit(asl.pointer(scope.path, "StartAt"), owner, f"StartAt names no state: {scope.start}")
        for state in scope.states:
            for edge in state.edges:
                if not scope.named(edge.target):
                    key = edge.path.rsplit("/", 1)[-1]
                    yield Hit(edge.path, state.name, f"{key} names no state of its scope: {edge.target}")


@rule("BY003", "error", "a state that nothing leads to", fix="lead a transition to it or take it out")
def unreachable(subject: Subject) -> Iterator[Hit]:
    for scope in subject.machine.scopes:
        if not scope.named(scope.start):
            continue
        reached: set[object] = set()
        waiting: list[object] = [scope.start]
        while waiting:
            state = scope.named(waiting.pop())
            if state is not None and state.name not in reached:
                reached.add(state.name)
                waiting.extend(edge.target for edge in state.edges)
        for state in scope.states:
            if state.name not in reached:
                yield at(state, "no transition leads here")


@rule("BY004", "error", "a state with neither Next nor End", fix="add Next, or End: true")
def dead_end(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        if state.type in asl.STATE_TYPES and state.type not in ("Choice", *asl.TERMINAL_TYPES):
            if "Next" not in state.body and state.body.get("End") is not True:
                yield at(state, "the state has neither Next nor End: true")
        elif state.type == "Choice" and not asl.as_list(state.body.get("Choices")):
            yield at(state, "Choices is missing or empty", fix="give it at least one rule with Next")
        for index, choice in enumerate(
            asl.as_list(state.body.get("Choices")) if state.type == "Choice" else []
        ):
            if "Next" not in asl.as_dict(choice):
                yield at(state, "a Choice rule has no Next", "Choices", index)


@rule(
    "BY005",
    "error",
    "Next and End that exclude each other, or stand where none belongs",
    fix="keep one of them",
)
def two_ends(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        both = "Next" in state.body and state.body.get("End") is True
        if both and state.type not in ("Choice", *asl.TERMINAL_TYPES):
            yield at(state, "the state has both Next and End")
        if state.type in ("Choice", *asl.TERMINAL_TYPES):
            for key in {"Next", "End"} & state.body.keys():
                fix = (
                    "take it out; a Choice goes by its rules and Default"
                    if state.type == "Choice"
                    else "take it out"
                )
                yield at(state, f"a {state.type} state has no {key}", key, fix=fix)


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


@rule("BY007", "error", "a state name that occurs twice in one machine", fix="rename one of the two")
def duplicate_name(subject: Subject) -> Iterator[Hit]:
    by_name: dict[str, list[asl.State]] = defaultdict(list)
    for state in subject.machine.states:
        by_name[state.name].append(state)
    for states in by_name.values():
        for state in states[1:]:
            yield at(state, f"the name is used already at {states[0].path}")


@rule("BY008", "error", "an unknown state Type", fix=f"use one of {', '.join(asl.STATE_TYPES)}")
def unknown_type(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        if state.body.get("Type") and state.type not in asl.STATE_TYPES:
            yield at(state, f"there is no state type {state.body['Type']!r}", "Type")


@rule("BY009", "error", f"a state name of more than {MAX_NAME} characters", fix="shorten it")
def long_name(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        if not 1 <= len(state.name) <= MAX_NAME:
            yield at(state, f"the name has {len(state.name)} characters; 1 to {MAX_NAME} are allowed")


@rule("BY010", "error", "a Parallel without branches, or a Map without one item processor", fix="give it one")
def empty_container(subject: Subject) -> Iterator[Hit]:
    for state in subject.machine.states:
        if state.type not in _CONTAINERS:
            continue
        keys = [key for key in _CONTAINERS[state.type] if state.body.get(key)]
        if len(keys) != 1 or not state.children:
            deep = state.scope.depth >= asl.MAX_DEPTH
            what = (
                f"more than {asl.MAX_DEPTH} levels deep"
                if deep
                else f"needs {' or '.join(_CONTAINERS[state.type])}"
            )
            yield at(state, f"a {state.type} state {what}")
