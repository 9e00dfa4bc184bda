"""JSON text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.asl.data.text import LIMIT, dump, load, size, too_large
from batchyard.asl.data.values import same
from batchyard.asl.errors import StatesError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 1.5, True, None]}, '{"a":[1,1.5,true,null]}'),
        ("né\u2028", '"né\u2028"'),
        (2**70, "1180591620717411303424"),
        (1.0, "1.0"),
        ("\ud800", '"\ud800"'),
        ([2**70, float("nan")], "[1180591620717411303424,null]"),
    ],
)
def test_values_are_written_compactly(value: Any, text: str) -> None:
    assert dump(value) == text


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "{'a':1}", "", "{} {}", "[" * 200_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(text)


def test_integers_keep_all_their_digits() -> None:
    assert load("123456789012345678901234567890") == 123456789012345678901234567890


def test_nesting_beyond_measure_fails_the_state() -> None:
    value: list[Any] = []
    for _ in range(200_000):
        value = [value]
    with pytest.raises(StatesError):
        dump(value)
    while value:  # the interpreter itself would nest as deep to free it
        value = value[0]


def test_the_limit_counts_bytes() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
    assert LIMIT == 262_144
    assert size("aé😀") == 7
    assert not too_large("a" * LIMIT)
    assert too_large("a" * (LIMIT + 1))
    assert too_large("é" * (LIMIT // 2 + 1))
    assert not too_large("é" * (LIMIT // 2))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert same(load(dump(value)), value)
