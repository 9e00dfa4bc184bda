"""Definitions as texts: read strictly, and every part of them knows where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from batchyard import asl
from batchyard.asl import source
from batchyard.errors import ManifestError

JSON_TEXT = """{
\t"StartAt": "A",
  "States": {"A": {
    "Type": "Choice", "Choices": [1,
      {"Next" : "a\\"b/c"}],
    "a/b~c": [[], {}, {"x": 1}]
  }}
}
"""
YAML_TEXT = """# A machine.
StartAt: A
States:
  A:
    Type: Choice
    Choices:
      - 1
      - Next: B
    "a/b~c": [[], {}, {x: 1}]
"""


@pytest.mark.parametrize(
    ("pointer", "position"),
    [
        ("", (1, 1)),
        ("/StartAt", (2, 2)),
        ("/States/A", (3, 14)),
        ("/States/A/Choices/1", (5, 7)),
        ("/States/A/Choices/1/Next", (5, 8)),
        ("/States/A/a~1b~0c/2/x", (6, 24)),
        ("/States/A/Choices/7", (4, 23)),
        ("/States/A/Missing/deeper", (3, 14)),
        ("/States/A/Type/0", (4, 5)),
    ],
)
def test_a_part_of_json_stands_where_its_key_does(pointer: str, position: tuple[int, int]) -> None:
    assert source.parse(JSON_TEXT).position(pointer) == position


@pytest.mark.parametrize(
    ("pointer", "position"),
    [
        ("", (2, 1)),
        ("/StartAt", (2, 1)),
        ("/States/A/Choices/1", (8, 9)),
        ("/States/A/Choices/1/Next", (8, 9)),
        ("/States/A/a~1b~0c/2/x", (9, 24)),
        ("/States/A/Missing", (4, 3)),
    ],
)
def test_a_part_of_yaml_stands_where_its_key_does(pointer: str, position: tuple[int, int]) -> None:
    assert source.parse(YAML_TEXT).position(pointer) == position


def test_json_and_yaml_give_the_same_value() -> None:
    value = source.parse(JSON_TEXT).value
    assert value == json.loads(JSON_TEXT)
    assert source.parse(yaml.safe_dump(value, allow_unicode=True)).value == value
    assert source.parse("{StartAt: A, Comment: 'flow'}").form == "yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "b": {"a": 2, "a": 3}}', "m:2:16: key a is given twice"),
        ('{"a":\n [NaN]}', "m:2:3: NaN is no JSON value"),
        ('{"a": -Infinity}', "m:1:7: -Infinity is no JSON value"),
        ('{"a": 1e400}', "m:1:7: 1e400 is no JSON value"),
        ('{"a": %s}' % ("9" * 5000), "m:1:7: 99999"),
        ('{"a": 1]', "m:1:8: not valid JSON"),
        ("[" * 100_000, "m:1:1: nested too deeply"),
        ("a: 1\na: 2", "m:2: key a is given twice"),
        ("a: .nan", "m:1: .nan is no JSON value"),
        ("a: [1", "m:"),
        ("a: &x [*x]", "m:1: an alias that holds itself"),
        ("- " * 50_000, "m: nested too deeply"),
        ("a: " + "{b: " * 50_000, "m: nested too deeply"),
        ("- " * 600 + "1", "m: nested too deeply"),
    ],
    ids=range(14),
)
def test_what_would_be_lost_or_guessed_is_refused(text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        source.parse(text, "m")
    assert str(caught.value).startswith(message)


def test_a_few_lines_that_stand_for_billions_of_values_are_refused() -> None:
    text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    with pytest.raises(ManifestError, match="more than 1,000,000 values"):
        source.parse(text)


# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
def test_the_limit_counts_bytes() -> None:
    assert not source.parse(json.dumps("x" * (source.MAX_BYTES - 2))).too_long
    assert source.parse(json.dumps("x" * (source.MAX_BYTES - 1))).too_long
    assert source.parse(f'"{"é" * 600_000}"').too_long


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~ \"'é0", max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(VALUES, st.sampled_from([None, 1, "\t"]))
def test_every_part_of_any_json_is_found_at_its_own_text(value: Any, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    read = source.parse(text) if text[:1] in "{[" else source.Source(text, value)
    lines = text.split("\n")
    for pointer, item in asl.walk(value):
        line, column = read.position(pointer)
        found = lines[line - 1][column - 1 :]
        last = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        parent: Any = read.value
        for part in pointer.split("/")[1:-1]:
            key = part.replace("~1", "/").replace("~0", "~")
            parent = parent[int(key)] if isinstance(parent, list) else parent[key]
        is_member = pointer and isinstance(parent, dict)
        start = json.dumps(last if is_member else item, ensure_ascii=False)[: 1 if not is_member else None]
        assert found.startswith(start)
