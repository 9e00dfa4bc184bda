"""What is wrong with a JSON text, in the words of the service's parser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.local.states.json_input import fault

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_json_has_no_fault(value: object) -> None:
    assert fault(json.dumps(value)) is None
    assert fault(json.dumps(value, ensure_ascii=False, indent=2)) is None


@given(st.text())
def test_any_other_text_has_one(text: str) -> None:
    try:
        json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert fault(text)
    else:
        assert fault(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nope", "Unrecognized token 'nope'"),
        ("NaN", "Unrecognized token 'NaN'"),
        ("{1: 2}", "Unexpected character ('1' (code 49)): was expecting double-quote to start field name"),
        ('{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon"),
        ("[1 2]", "Unexpected character ('2' (code 50)): was expecting comma"),
        ("[1,", "Unexpected end-of-input"),
        ("[" * 100_000 + "]" * 100_000, "nesting depth"),
    ],
)
def test_the_place_is_named(text: str, says: str) -> None:
    assert says in str(fault(text))
