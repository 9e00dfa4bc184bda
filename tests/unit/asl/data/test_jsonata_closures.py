"""Our closures for plain JSONata against the library."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.asl.data.support import environment

from batchyard.asl.data.jsonata import FAULTS, UNDEFINED, Expression, View
from batchyard.asl.data.jsonata_library import by_library, library
from batchyard.asl.data.values import same

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**17), max_value=10**17)
    | st.integers(min_value=-3, max_value=3)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.5, -0.0, 1.0, "", "a", "1", "ä"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=5,
)
LEAVES = st.sampled_from(
    [
        "$states.input",
        "$states.input.a",
        "$states.input.a.b",
        "$states.input.b",
        "$states.result",
        "$states.result.a",
        "$x",
        "$x.a",
        "$gone",
        "$states.errorOutput",
        "$states.context.Execution.Id",
        "1",
        "0",
        "2.5",
        "-3",
        "'a'",
        "''",
        "true",
        "false",
        "null",
    ]
)
OPERATORS = st.sampled_from(["+", "-", "*", "/", "%", "&", "=", "!=", "<", "<=", ">", ">=", "and", "or"])
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, OPERATORS, inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})"),
        st.tuples(inner, inner).map(lambda parts: f"{{'k': {parts[0]}, 'l': {parts[1]}}}"),
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.tuples(st.sampled_from(["exists", "not", "count"]), inner).map(
            lambda parts: f"${parts[0]}({parts[1]})"
        ),
        inner.map(lambda part: f"-{part}"),
        inner.map(lambda part: f"({part} ? 'yes')"),
    ),
    max_leaves=5,
)


def outcome(expression: Expression, view: View) -> Any:
    try:
        return expression(view)
    except FAULTS as error:
        return f"{type(error).__name__}: {error}"


@settings(max_examples=400)
@given(TEXTS, VALUES, VALUES, VALUES)
def test_closures_and_library_agree(text: str, raw: Any, result: Any, variable: Any) -> None:
    view = View(raw, environment(x=variable), result)
    ours, theirs = outcome(library(text), view), outcome(by_library(text), view)
    assert (ours is UNDEFINED) == (theirs is UNDEFINED)
    assert ours is UNDEFINED or same(ours, theirs)


@pytest.mark.parametrize(
    "text",
    [
        "$states.input.list.a",
        "$states.input.list[0].a",
        "$states.input.list[a=1]",
        "$x^(a)",
        "$x{a: b}",
        "$states.input.*",
        "$x.a[]",
        "$sum($x)",
        "$count",
        "($y := 1; $y)",
        "$x ~> $count()",
    ],
)
def test_other_forms_are_left_to_the_library(text: str) -> None:
    view = View({"list": [{"a": 1}, {"a": 2}]}, environment(x=[{"a": 1, "b": "c"}]))
    ours, theirs = outcome(library(text), view), outcome(by_library(text), view)
    assert (ours is UNDEFINED and theirs is UNDEFINED) or ours == theirs


def test_variables_hide_functions_of_their_names() -> None:
    view = View({}, environment(count=5))
    assert library("$count")(view) == 5
