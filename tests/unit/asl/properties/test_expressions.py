"""Random expressions of both query languages give a value or an error of the language, never a traceback."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from batchyard.asl.engine import NoJournal, VirtualClock, virtual
from batchyard.asl.validate import validate

from .machines import World
from .wellformed import check

MANY = settings(max_examples=60, deadline=None)
DATA = {
    "n": 3,
    "f": 2.5,
    "s": "a,b",
    "list": [1, 2, 3],
    "objects": [{"x": 1}, {"x": "1"}],
    "null": None,
    "o": {},
}
FIELDS = [f"$.{each}" for each in DATA]
FIELDS += ["$", "$.nothing", "$$.State.Name", "$.list[*]", "$.objects[?(@.x > 0)].x"]
STEPS = [
    ".n",
    ".list",
    ".objects",
    ".x",
    ".nothing",
    "[0]",
    "[-1]",
    "[1:]",
    "[:-1]",
    "[0,2]",
    "[*]",
    "..x",
    "..*",
]
STEPS += [
    "['s']",
    "['a b']",
    "[?(@.x)]",
    "[?(@.x > 0)]",
    "[?(@.x == '1' || !@.y)]",
    "[?(@ in [1, 2])]",
    ".*",
    "[",
]
PLACES = st.sampled_from(FIELDS) | st.builds(
    "{}{}".format,
    st.sampled_from(["$", "$$", "$v", "$$.Execution"]),
    st.lists(st.sampled_from(STEPS), max_size=4).map("".join),
)
# Intrinsic functions with their number of arguments.
INTRINSICS = {
    "Array": 3,
    "ArrayContains": 2,
    "ArrayGetItem": 2,
    "ArrayLength": 1,
    "ArrayPartition": 2,
    "ArrayRange": 3,
    "ArrayUnique": 1,
    "Base64Decode": 1,
    "Base64Encode": 1,
    "Format": 2,
    "Hash": 2,
    "JsonMerge": 3,
    "JsonToString": 1,
    "MathAdd": 2,
    "MathRandom": 2,
    "StringSplit": 2,
    "StringToJson": 1,
    "UUID": 0,
}
LITERALS = ["1", "-7", "0", "2.5", "true", "false", "null", "'a'", "''", "'{}'", "'SHA-1'", r"'it\'s'"]
FUNCTIONS = """
    sum count max min average string length substring uppercase split join replace match contains number abs
    floor round power sqrt boolean not exists append sort reverse shuffle distinct zip keys values lookup
    spread merge each type map filter reduce single sift now millis fromMillis toMillis eval error assert
    partition range hash random uuid parse base64encode base64decode formatNumber formatBase parseInteger
    encodeUrl decodeUrl clone
""".split()  # noqa: SIM905 - a list of sixty lines says no more
ATOMS = ["$states.input", "$states.context.State.Name", "$states", "$nothing", "$", "/a+/"]
ATOMS += [f"$states.input.{each}" for each in DATA]
ATOMS += ["1", "-7", "0", "2.5", "true", "null", '"a"', "[]", "{}", "[1, 2]", '{"k": 1}']
ATOMS += ["function($x) { $x }", "$states.input.list[1]", "$states.input.objects.x", "$states.input.*"]
OPERATORS = ["+", "-", "*", "/", "%", "&", "=", "!=", "<", ">=", "and", "or", "in", "~>", ".", "..", ":="]


def intrinsics() -> st.SearchStrategy[str]:
    """Return calls of intrinsic functions; what they are given need not fit."""
    values = st.sampled_from(LITERALS + FIELDS)

    def call(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        names = st.sampled_from(sorted(INTRINSICS))
        return names.flatmap(lambda name: _call(name, [inner] * INTRINSICS[name]))

    return call(st.recursive(values, call, max_leaves=4))


def jsonata() -> st.SearchStrategy[str]:
    """Return expressions, some that can not be parsed."""

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        functions = st.builds(
            "${}({})".format, st.sampled_from(FUNCTIONS), st.lists(inner, max_size=3).map(", ".join)
        )
        return (
            functions
            | st.builds("({} {} {})".format, inner, st.sampled_from(OPERATORS), inner)
            | st.builds("({} ? {} : {})".format, inner, inner, inner)
            | st.builds("{}[{}]".format, inner, inner)
            | st.builds("{}^(>{})".format, inner, inner)
            | st.builds("$map({}, function($v, $i) {{ {} }})".format, inner, inner)
        )

    return st.recursive(st.sampled_from(ATOMS), larger, max_leaves=6)


def _call(name: str, arguments: list[st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    return st.tuples(*arguments).map(lambda drawn: f"States.{name}({', '.join(drawn)})")


@MANY
@given(intrinsics())
def test_intrinsic_functions(expression: str) -> None:
    holds_up({"Type": "Pass", "Parameters": {"out.$": expression}})


@MANY
@given(jsonata())
def test_jsonata(expression: str) -> None:
    holds_up({"Type": "Pass", "QueryLanguage": "JSONata", "Output": {"out": "{% " + expression + " %}"}})


@MANY
@given(jsonata())
def test_conditions(expression: str) -> None:
    rule = {"Condition": "{% " + expression + " %}", "Next": "E"}
    holds_up({"Type": "Choice", "QueryLanguage": "JSONata", "Choices": [rule], "Default": "E"})


@MANY
@given(
    st.sampled_from(FIELDS),
    st.sampled_from(FIELDS),
    st.sampled_from(["InputPath", "OutputPath", "ItemsPath"]),
)
def test_paths(path: str, other: str, field: str) -> None:
    kind = "Map" if field == "ItemsPath" else "Pass"
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    more: dict[str, Any] = {"ItemProcessor": inner} if kind == "Map" else {"Parameters": {"a.$": other}}
    holds_up({"Type": kind, field: path, **more})


def holds_up(state: dict[str, Any]) -> None:
    """Run a machine with this state, if validation takes it: it ends, and the same each time."""
    state = state if "Choices" in state else {**state, "Next": "E"}
    machine = {"StartAt": "S", "States": {"S": state, "E": {"Type": "Succeed"}}}
    if validate(machine).result == "OK":
        ends = [run(machine) for _ in range(2)]
        assert ends[0] == ends[1]


def run(machine: dict[str, Any]) -> tuple[str, str | None, str | None]:
    clock = VirtualClock()
    execution = virtual.run(virtual.spec(machine, DATA), World(0, clock), clock=clock, journal=NoJournal())
    check(execution.history, execution.status)
    assert execution.status in ("SUCCEEDED", "FAILED")
    if execution.output is not None:
        json.loads(execution.output)
    else:
        assert execution.error is not None
        assert execution.error.startswith("States.")
    return execution.status, execution.output, execution.cause
