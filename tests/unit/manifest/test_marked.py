"""YAML and JSON are read strictly, and everything knows its line."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.errors import ManifestError
from batchyard.manifest.marked import read_json, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: [a, no, yes, off]", {"on": ["a", "no", "yes", "off"]}),
        ("a: 010", {"a": 10}),
        ("a: 12:30:45", {"a": "12:30:45"}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: true\nb: null\nc:", {"a": True, "b": None, "c": None}),
        ('a: "NaN"', {"a": "NaN"}),
        ("", None),
    ],
)
def test_words_numbers_and_dates_are_what_they_look_like(text: str, value: object) -> None:
    assert read_yaml(text, "x.yaml").data == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "x.yaml:3: key a is given twice"),
        ("a:\n  b: 1\n  b: 2", "x.yaml:3: key b is given twice"),
        ("a: 1\nb: NaN", "x.yaml:2: NaN is no JSON value"),
        ("a: -.inf", "x.yaml:1: -.inf is no JSON value"),
        ("a: 1e999", "x.yaml:1: 1e999 is no JSON value"),
        ("a: [1, 2", "x.yaml:2: not valid YAML"),
        ("a: 1\n\tb: 2", "x.yaml:2: not valid YAML"),
        ("? [a]\n: 1", "x.yaml:1: a key has to be a plain word"),
        ("a: &self [*self]", "x.yaml:1: an alias that holds itself"),
    ],
)
def test_what_would_be_lost_or_guessed_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read_yaml(text, "x.yaml")
    assert str(caught.value).startswith(message)


def test_a_place_leads_to_its_line_or_to_the_nearest_one_around_it() -> None:
    document = read_yaml("a:\n  b: [1,\n    2]\nc: 3", "x.yaml")
    assert document.where(("a", "b", 1)) == "x.yaml:3"
    assert document.where(("a", "nothing", "deeper")) == "x.yaml:1"
    assert document.where(("c",)) == "x.yaml:4"


def test_an_alias_gives_the_value_it_stands_for() -> None:
    assert read_yaml("a: &x {k: 1}\nb: *x", "x.yaml").data == {"a": {"k": 1}, "b": {"k": 1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "x.json:1: key a is given twice"),
        ('{"a": NaN}', "x.json:1: NaN is no JSON value"),
        ('{"a": [-Infinity]}', "x.json:1: -Infinity is no JSON value"),
        ('{"a":\n 1,}', "x.json:2: not valid JSON"),
    ],
)
def test_json_is_read_strictly(text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read_json(text, "x.json")
    assert str(caught.value).startswith(message)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("abc .\n'\""),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc\"'", max_size=5), inner),
    max_leaves=10,
)


@given(_JSON)
def test_json_means_the_same_when_read_as_yaml(value: object) -> None:
    read = read_yaml(json.dumps(value), "x.yaml").data
    assert read == value
    assert not isinstance(read, float) or math.isfinite(read)
