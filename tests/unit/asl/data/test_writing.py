"""ResultPath: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultpath.html."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.asl.data.support import environment, failure

from batchyard.asl.data import jsonpath
from batchyard.asl.data.writing import writer
from batchyard.asl.errors import StatesError


@pytest.mark.parametrize(
    ("path", "value", "combined"),
    [
        ("$", {"a": 1}, "new"),
        (None, {"a": 1}, {"a": 1}),
        ("$.a", {"a": 1}, {"a": "new"}),
        ("$.b.c", {"a": 1}, {"a": 1, "b": {"c": "new"}}),
        ("$.a.b.c", {"a": {"b": {"x": 1}}}, {"a": {"b": {"x": 1, "c": "new"}}}),
        ("$.list[1]", {"list": [1, 2]}, {"list": [1, "new"]}),
        ("$[0].a", [{}], [{"a": "new"}]),
        ("$['a b']", {}, {"a b": "new"}),
    ],
)
def test_a_result_is_put_where_the_path_says(path: str | None, value: Any, combined: Any) -> None:
    before = copy.deepcopy(value)
    assert writer(path)(value, "new") == combined
    assert value == before


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("$.a", "text", '"text"'),
        ("$.a.b", {"a": 1}, '{"a":1}'),
        ("$.list[2]", {"list": [1, 2]}, '{"list":[1,2]}'),
        ("$[0]", {}, "{}"),
        ("$.a", [1], "[1]"),
        ("$.a", None, "null"),
    ],
)
def test_a_path_that_does_not_fit_the_input_fails(path: str, value: Any, text: str) -> None:
    """The name of the error: https://states-language.net/spec.html#appendix-a"""
    with pytest.raises(StatesError) as error:
        writer(path)(value, "new")
    assert failure(error.value) == (
        "States.ResultPathMatchFailure",
        f"Unable to apply ReferencePath {path} to input {text}",
    )


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4), st.integers())
def test_what_is_written_is_read_at_the_same_path(steps: list[str], result: int) -> None:
    path = "$." + ".".join(steps)
    value: dict[str, Any] = {"z": 1}
    written = writer(path)(value, result)
    assert jsonpath.compile_path(path)(written, environment()) == result
    assert written["z"] == 1
    assert value == {"z": 1}
