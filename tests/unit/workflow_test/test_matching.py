"""Values and names held against what is expected."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.workflow_test.matching import differences, fits, fits_sequence, shown

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.lists(st.sampled_from("ABC"), max_size=8)


@given(JSON)
def test_every_value_is_as_it_is(value: Any) -> None:
    assert list(differences(value, value, "x", exact=True)) == []


@given(JSON, JSON)
def test_two_values_fit_exactly_if_they_are_equal(left: Any, right: Any) -> None:
    assert (not list(differences(left, right, "x", exact=True))) == (
        shown(left) == shown(right) or equal(left, right)
    )


def equal(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return type(left) is type(right) and left == right


@pytest.mark.parametrize(
    ("expected", "actual", "holds"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": {"b": []}}, {"a": {"b": [], "c": 1}}, True),
        ([{"a": 1}], [{"a": 1, "b": 2}], True),
        ([1], [1, 2], False),
        ({"a": None}, {}, False),
        (1, True, False),
        (1, 1.0, True),
        ("1", 1, False),
        ({}, [], False),
    ],
)
def test_only_what_is_named_is_compared(expected: object, actual: object, holds: bool) -> None:
    assert fits(expected, actual) is holds


@pytest.mark.parametrize(
    ("expected", "actual", "holds"),
    [
        (["A", "..."], "AB", True),
        (["...", "B"], "B", True),
        (["A", "...", "C"], "AC", True),
        (["A", "...", "B", "...", "C"], "ABC", True),
        (["A", "...", "B", "...", "B"], "AB", False),
        (["...", "B", "A", "..."], "ABA", True),
        (["...", "B", "A", "..."], "AB", False),
        (["A"], "AB", False),
        (["..."], "", True),
        ([], "", True),
    ],
)
def test_three_dots_stand_for_any_states(expected: list[str], actual: str, holds: bool) -> None:
    assert fits_sequence(expected, list(actual)) is holds


@given(NAMES, NAMES, NAMES)
def test_dots_hold_whatever_is_in_their_place(before: list[str], gap: list[str], after: list[str]) -> None:
    assert fits_sequence([*before, "...", *after], before + gap + after)


def test_long_values_are_cut() -> None:
    assert shown("x" * 500) == '"' + "x" * 199 + "… (502 characters)"
