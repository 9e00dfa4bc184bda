"""One text per document; and any value survives the way through a template."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.errors import ManifestError
from batchyard.manifest.marked import read_json, read_yaml
from batchyard.render.canonical import dump, inline, size

# What has broken templates before: quotes, backslashes, delimiters, line breaks of YAML, control characters.
_NASTY = st.sampled_from([*"'\"\\\n\t\x00\x7f\x85\u2028\ufeff😀", "{%", "%}", "{{", "<%", "<#"])
_TEXT = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | _NASTY, max_size=6).map(
    "".join
)
_NUMBER = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_the_dump_reads_back_and_is_the_only_one(value: Any) -> None:
    text = dump(value)
    assert read_json(text, "x") == value
    assert dump(read_json(text, "x")) == text
    assert text.endswith("\n")


@given(_JSON)
def test_what_a_template_inserts_is_read_back_as_it_was(value: Any) -> None:
    assert read_yaml(f"key: {inline(value)}\nother: 1\n", "x").data == {"key": value, "other": 1}
    assert read_json(inline(value), "x") == value


def test_the_order_of_keys_does_not_matter() -> None:
    assert dump({"b": 1, "a": [2]}) == dump({"a": [2], "b": 1}) == '{\n  "a": [\n    2\n  ],\n  "b": 1\n}\n'


def test_paths_are_texts() -> None:
    assert inline({"path": Path("a/b")}) == '{"path": "a/b"}'


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"a": -math.inf}, {1, 2}, object(), "\ud800"])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(ManifestError, match="no JSON value"):
        dump(value)


def test_the_size_is_in_bytes() -> None:
    assert size({"a": "é"}) == len('{"a":"é"}'.encode())
    assert size({"a": "é"}) == len(json.dumps({"a": "e"}, separators=(",", ":"))) + 1
