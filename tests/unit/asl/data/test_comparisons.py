"""Rules of a Choice: https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html."""

from __future__ import annotations

import contextlib
import fnmatch
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.asl.data.support import environment, flow

from batchyard.asl.data import timestamps
from batchyard.asl.data.comparisons import OPERATORS, compile_rule, wildcard
from batchyard.asl.errors import StatesError

INPUT = {
    "text": "beta",
    "number": 5,
    "float": 5.0,
    "true": True,
    "null": None,
    "time": "2024-03-01T10:00:00Z",
    "later": "2024-03-01T11:30:00.5+01:00",
    "list": [],
    "same": "beta",
    "eight": 8,
}


def holds(rule: dict[str, Any], value: Any = INPUT, **variables: Any) -> bool:
    return compile_rule(rule)(value, environment(**variables))


@pytest.mark.parametrize(
    ("variable", "operator", "expected", "found"),
    [
        ("$.text", "StringEquals", "beta", True),
        ("$.text", "StringEquals", "Beta", False),
        ("$.text", "StringEqualsPath", "$.same", True),
        ("$.text", "StringLessThan", "gamma", True),
        ("$.text", "StringGreaterThan", "alpha", True),
        ("$.text", "StringLessThanEquals", "beta", True),
        ("$.text", "StringGreaterThanEqualsPath", "$.same", True),
        ("$.number", "NumericEquals", 5.0, True),
        ("$.float", "NumericEquals", 5, True),
        ("$.number", "NumericLessThan", 5, False),
        ("$.number", "NumericLessThanPath", "$.eight", True),
        ("$.number", "NumericGreaterThanEquals", 5, True),
        ("$.true", "BooleanEquals", True, True),
        ("$.true", "BooleanEquals", False, False),
        ("$.true", "BooleanEqualsPath", "$.true", True),
        ("$.time", "TimestampEquals", "2024-03-01T11:00:00+01:00", True),
        ("$.time", "TimestampLessThanPath", "$.later", True),
        ("$.later", "TimestampGreaterThan", "2024-03-01T10:30:00.4Z", True),
        ("$.time", "TimestampGreaterThanEquals", "2024-03-01T10:00:00.000Z", True),
        ("$.text", "StringMatches", "b*a", True),
        ("$.null", "IsNull", True, True),
        ("$.text", "IsNull", False, True),
        ("$.number", "IsNumeric", True, True),
        ("$.true", "IsNumeric", True, False),
        ("$.text", "IsString", True, True),
        ("$.true", "IsBoolean", True, True),
        ("$.time", "IsTimestamp", True, True),
        ("$.text", "IsTimestamp", False, True),
        ("$.gone", "IsPresent", False, True),
        ("$.null", "IsPresent", True, True),
        ("$.gone", "IsPresent", True, False),
        ("$$.Execution.Id", "StringEquals", "arn:e", True),
        ("$known.a", "NumericEquals", 1, True),
    ],
)
def test_operators(variable: str, operator: str, expected: Any, found: bool) -> None:
    assert holds({"Variable": variable, operator: expected}, known={"a": 1}) is found


@pytest.mark.parametrize(
    ("variable", "operator", "expected"),
    [
        ("$.text", "NumericEquals", 5),
        ("$.number", "StringEquals", "5"),
        ("$.true", "NumericEquals", 1),
        ("$.number", "BooleanEquals", True),
        ("$.text", "TimestampLessThan", "2024-03-01T10:00:00Z"),
        ("$.null", "StringEquals", "null"),
        ("$.number", "NumericEqualsPath", "$.text"),
        ("$.number", "StringMatches", "*"),
        ("$.list", "StringLessThan", "a"),
    ],
)
def test_values_of_different_types_do_not_match(variable: str, operator: str, expected: Any) -> None:
    """https://states-language.net/spec.html#choice-state"""
    assert holds({"Variable": variable, operator: expected}) is False


def test_all_operators_of_the_language_are_there() -> None:
    """39 data-test expressions: https://states-language.net/spec.html#data-test"""
    assert len(OPERATORS) == 39


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"Variable": "$.gone", "NumericEquals": 1}, "$.gone"),
        ({"Variable": "$.gone.further", "IsNull": True}, "$.gone.further"),
        ({"Variable": "$.number", "NumericLessThanPath": "$.gone"}, "$.gone"),
        ({"Not": {"Variable": "$gone", "StringMatches": "*"}}, "$gone"),
    ],
)
def test_a_variable_that_is_not_there_fails_the_state(rule: dict[str, Any], path: str) -> None:
    """The wording as recorded: https://github.com/localstack/localstack, choice_operators/*.snapshot.json"""
    with pytest.raises(StatesError) as error:
        holds(rule)
    assert (error.value.error, error.value.cause) == (
        "States.Runtime",
        f"Invalid path '{path}': The choice state's condition path references an invalid value.",
    )


TRUE, FALSE = {"Variable": "$.number", "NumericEquals": 5}, {"Variable": "$.number", "NumericEquals": 6}
BROKEN = {"Variable": "$.gone", "NumericEquals": 6}


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"And": [TRUE, TRUE]}, True),
        ({"And": [TRUE, FALSE]}, False),
        ({"Or": [FALSE, TRUE]}, True),
        ({"Or": [FALSE, FALSE]}, False),
        ({"Not": FALSE}, True),
        ({"Not": {"And": [TRUE, {"Or": [FALSE, FALSE]}]}}, True),
        ({"And": [FALSE, BROKEN]}, False),
        ({"Or": [TRUE, BROKEN]}, True),
    ],
)
def test_rules_combine(rule: dict[str, Any], found: bool) -> None:
    assert holds(rule) is found


def test_the_first_rule_that_holds_is_taken() -> None:
    body = {
        "Type": "Choice",
        "InputPath": "$.inner",
        "OutputPath": "$.kept",
        "Choices": [
            {**FALSE, "Next": "No"},
            {**TRUE, "Next": "Yes", "Assign": {"seen.$": "$.number"}},
            {**TRUE, "Next": "Late"},
        ],
        "Default": "Else",
        "Assign": {"default.$": "$.kept"},
    }
    choice, raw, env = flow(body), {"inner": {"number": 5, "kept": "k"}}, environment()
    rule = choice.choose(raw, env)
    assert rule is not None
    assert rule.next == "Yes"
    assert choice.chosen(rule, raw, env) == ("k", {"seen": 5})
    assert choice.choose({"inner": {"number": 7, "kept": 1}}, env) is None
    assert choice.chosen(None, raw, env) == ("k", {"default": "k"})


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("*.log", "zebra.log", True),
        ("foo*.log", "foobar.log", True),
        ("foo*.*", "foobar.zebra", True),
        ("*", "", True),
        ("a*a", "a", False),
        ("a**b", "axb", True),
        ("*ab*b", "aab", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"a\\*", "a\\x", True),
        ("a.c", "abc", False),
        ("line*", "line\nbreak", True),
    ],
)
def test_string_matches(pattern: str, text: str, found: bool) -> None:
    """`*` stands for any characters, `\\*` for itself: https://states-language.net/spec.html#choice-state"""
    assert wildcard(pattern)(text) is found


@given(st.text("ab*.", max_size=8), st.text("ab.", max_size=10))
def test_string_matches_as_file_names_do(pattern: str, text: str) -> None:
    assert wildcard(pattern)(text) == bool(re.match(fnmatch.translate(pattern), text))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:01.5-00:30", 1801.5),
        ("2024-02-29T00:00:00.000000001Z", 1709164800),
        ("2024-01-01T00:00Z", 1704067200),
        ("2024-01-01T00:00:00", None),
        ("2024-01-01t00:00:00Z", None),
        ("2024-01-01 00:00:00Z", None),
        ("2024-02-30T00:00:00Z", None),
        ("2024-01-01T24:00:00Z", None),
        ("2024-01-01T00:00:00+19:00", None),
        ("0001-01-01T00:00:00+10:00", -62135632800),
        ("2024-01-01", None),
        ("", None),
    ],
)
def test_timestamps(text: str, seconds: float | None) -> None:
    """https://states-language.net/spec.html#timestamps"""
    assert timestamps.seconds_of(text) == pytest.approx(seconds)


@given(
    st.sampled_from(sorted(OPERATORS)),
    st.sampled_from(["$.text", "$.gone", "$", "$.list[*]", "bad["]) | st.none() | st.integers(),
    st.one_of(
        st.none(), st.text(max_size=3), st.integers(), st.booleans(), st.sampled_from(["$.number", "$.x"])
    ),
)
def test_any_rule_gives_an_answer_or_a_states_error(operator: str, variable: Any, expected: Any) -> None:
    with contextlib.suppress(StatesError):
        assert holds({"Variable": variable, operator: expected}) in (True, False)
