"""Paths: https://states-language.net/spec.html#path and https://github.com/json-path/JsonPath."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.asl.data.support import environment

from batchyard.asl.data import jsonpath
from batchyard.asl.data.reference import Missing, parse

DOCUMENT = {
    "a": {"b": [{"c": 1}, {"c": 2}], "d e": "spaced", "null": None},
    "list": [{"keep": True}, {"keep": False}, {"other": 1}],
    "numbers": [3, 1, 2],
    "d": {"x": {"a": [1, 2]}},
    "empty": [],
}


def at(path: str, value: Any = DOCUMENT, **variables: Any) -> Any:
    return jsonpath.compile_path(path)(value, environment(**variables))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", DOCUMENT),
        ("$.a.b[0].c", 1),
        ("$.a.b[-1].c", 2),
        ("$['a']['d e']", "spaced"),
        ('$.a["d e"]', "spaced"),
        ("$.a.null", None),
        ("$$.Execution.Id", "arn:e"),
        ("$$.Execution['Input'].q", 1),
        ("$order", {"items": [5]}),
        ("$order.items[0]", 5),
        # Many nodes give an array: https://github.com/floci-io/floci/issues/3260
        ("$.list[?(@.keep)]", [{"keep": True}, {"keep": False}]),
        ("$.list[?(@.keep == true)]", [{"keep": True}]),
        ("$.d..a", [[1, 2]]),
        ("$.d..a[*]", [1, 2]),
        ("$.a.b[*].c", [1, 2]),
        ("$.numbers[0:2]", [3, 1]),
        ("$.numbers[-1:]", [2]),
        ("$.numbers[0,2]", [3, 2]),
        ("$order.items[*]", [5]),
        ("$$.Execution[?(@ == 'arn:e')]", ["arn:e"]),
        # ... also if there are none: https://github.com/localstack/localstack/pull/12366
        ("$.gone[*]", []),
        ("$[*].gone", []),
        ("$.gone[0:1].x", []),
        # Functions at the end: https://github.com/json-path/JsonPath#functions
        ("$.numbers.length()", 3),
        ("$.numbers.max()", 3),
        ("$.numbers.sum()", 6),
        ("$.a.b[*].c.min()", 1),
        ("$['empty','numbers']", {"empty": [], "numbers": [3, 1, 2]}),
    ],
)
def test_a_path_reads(path: str, found: Any) -> None:
    assert at(path, order={"items": [5]}) == found


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("$.gone", "No results for path: $['gone']"),
        ("$.a.gone.further", "Missing property in path $['a']['gone']"),
        ("$.a.b[7]", "No results for path: $['a']['b'][7]"),
        ("$.a[0]", "No results for path: $['a'][0]"),
        ("$.a.b.c", "No results for path: $['a']['b']['c']"),
        ("$.a['d e'][0]", "No results for path: $['a']['d e'][0]"),
        ("$gone.a", "No results for path: $['gone']"),
        ("$$.Gone", "No results for path: $['Gone']"),
        ("$.empty.max()", "Aggregation function attempted to calculate value using empty array"),
        # https://github.com/localstack/localstack/pull/12366
        ("$[0:1]", "Filter can only be applied to arrays"),
    ],
)
def test_a_path_that_leads_nowhere_says_where_it_ends(path: str, reason: str) -> None:
    with pytest.raises(Missing) as error:
        at(path)
    assert error.value.what == reason


@pytest.mark.parametrize("text", ["", "a.b", "$.", "$.a[", "$.a b", "$.a | $.b", "$.a[?(@.b ==)]", "$1"])
def test_what_is_no_path_is_told(text: str) -> None:
    assert jsonpath.check(text)
    assert jsonpath.check_reference(text)


@pytest.mark.parametrize("text", ["$", "$.a", "$.a.b[0]['c d']", "$.a['x:y']"])
def test_reference_paths_are_accepted(text: str) -> None:
    assert jsonpath.check(text) is None
    assert jsonpath.check_reference(text) is None


@pytest.mark.parametrize("text", ["$.a[*]", "$..a", "$.a[0:1]", "$.a[?(@.b)]", "$.a[0,1]", "$.a:b"])
def test_paths_that_can_match_more_are_no_reference_paths(text: str) -> None:
    """https://states-language.net/spec.html#ref-paths"""
    assert jsonpath.check(text) is None
    assert jsonpath.check_reference(text) == (
        "a reference path names one node only, without @ , : ? * and .."
    )


keys = st.one_of(
    st.sampled_from(["a", "b", "c d", "it's", "x.y", "[0]", "\\", 'q"']),
    st.integers(min_value=-2, max_value=2),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "c d", "it's"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def written(path: list[str | int]) -> str:
    """Return a path in brackets, as its author would write it."""
    steps = (
        f"[{key}]" if isinstance(key, int) else "['" + key.replace("\\", "\\\\").replace("'", "\\'") + "']"
        for key in path
    )
    return "$" + "".join(steps)


@given(st.lists(keys, max_size=4))
def test_what_is_written_in_brackets_is_read_back(path: list[str | int]) -> None:
    reference = parse(written(path))
    assert reference is not None
    assert list(reference.keys) == path


@given(values, st.lists(st.sampled_from(["a", "b", "c d", 0, 1, -1]), max_size=3))
def test_our_closures_agree_with_the_library(value: Any, path: list[str | int]) -> None:
    import jsonpath as library

    found = library.JSONPathEnvironment().findall(written(path), value) if path else [value]
    if path and not isinstance(value, dict | list):
        found = []
    try:
        ours = [at(written(path), value)]
    except Missing:
        ours = []
    assert ours == found


@given(st.text(max_size=20) | st.text("$.[]*?@()'\"ab01,:", max_size=14).map(lambda text: "$" + text), values)
def test_any_text_is_a_path_or_told_to_be_none(text: str, value: Any) -> None:
    if jsonpath.check(text) is None:
        with contextlib.suppress(Missing):
            at(text, value)
    else:
        with pytest.raises(ValueError, match=r"."):
            jsonpath.compile_path(text)
