"""Intrinsic functions: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html."""

from __future__ import annotations

import contextlib
import re
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.asl.data.support import filled, intrinsic

from batchyard.asl.data import intrinsics
from batchyard.asl.data.functions import FUNCTIONS
from batchyard.asl.data.text import dump
from batchyard.asl.data.values import same
from batchyard.asl.errors import StatesError

INPUT = {
    "name": "Ada",
    "list": [1, 2, 3, 4, 5],
    "mixed": [1, True, "1", 1, None, {"a": 1}, {"a": 1}],
    "object": {"a": 1, "b": {"c": 2}},
    "text": '{"a":[1,"x"]}',
    "template": "Hello, {}!",
    "long": "x" * 10_001,
}


@pytest.mark.parametrize(
    ("call", "found"),
    [
        # Format: https://github.com/localstack/localstack/tree/master/tests/aws/services/stepfunctions/v2/
        # intrinsic_functions/test_generic.snapshot.json
        ("States.Format('Hello, {}!', $.name)", "Hello, Ada!"),
        ("States.Format('{} {} {} {}', 1, 1.1, true, null)", "1 1.1 true null"),
        ("States.Format('{}', $.object)", '{"a":1,"b":{"c":2}}'),
        ("States.Format($.template, $.name)", "Hello, Ada!"),
        (r"States.Format('it\'s \{\} and \\ {}', 'x')", "it's {} and \\ x"),
        ("States.Format('plain')", "plain"),
        ("States.StringToJson($.text)", {"a": [1, "x"]}),
        ("States.JsonToString($.object)", '{"a":1,"b":{"c":2}}'),
        ("States.Array()", []),
        ("States.Array($.name, 1, 'a, b)', null)", ["Ada", 1, "a, b)", None]),
        ("States.ArrayPartition($.list, 2)", [[1, 2], [3, 4], [5]]),
        ("States.ArrayPartition($.list, 2.4)", [[1, 2], [3, 4], [5]]),
        ("States.ArrayContains($.list, 3)", True),
        ("States.ArrayContains($.list, '3')", False),
        ("States.ArrayContains($.list, true)", False),
        ("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
        ("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        ("States.ArrayRange(3, 1, 1)", []),
        ("States.ArrayGetItem($.list, 4)", 5),
        ("States.ArrayLength($.list)", 5),
        ("States.ArrayUnique($.mixed)", [1, True, "1", None, {"a": 1}]),
        ("States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="),
        ("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "Data to encode"),
        ("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("States.Hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
        ("States.JsonMerge($.object, States.StringToJson($.text), false)", {"a": [1, "x"], "b": {"c": 2}}),
        ("States.MathAdd(111, -1)", 110),
        ("States.MathAdd(1.5, 0)", 2),
        ("States.StringSplit('1,2,3,4,5', ',')", ["1", "2", "3", "4", "5"]),
        ("States.StringSplit('This.is+a,test=string', '.+,=')", ["This", "is", "a", "test", "string"]),
        ("States.StringSplit(',a,,b,', ',')", ["a", "b"]),
        ("States.ArrayGetItem(States.StringSplit('a b', ' '), 1)", "b"),
        ("States.ArrayLength($.list[?(@ > 2)])", 3),
        ("States.Format('{}', $.object['b'].c)", "2"),
        ("States.Array( $.name ,\t'x' )", ["Ada", "x"]),
        ("States.Format('{}', $$.Execution.Id)", "arn:e"),
        ("States.Format('{}', $known.a)", "variable"),
    ],
)
def test_functions(call: str, found: Any) -> None:
    assert same(intrinsic(call, INPUT, known={"a": "variable"}), found)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("States.ArrayRange(0, 1000, 1)", "A range has at most 1000 elements"),
        ("States.ArrayRange(0, 9, 0)", "The step must not be 0"),
        ("States.ArrayPartition($.list, 0)", "The chunk size must be greater than 0"),
        ("States.ArrayPartition('text', 1)", "The first argument must be an array"),
        ("States.ArrayGetItem($.list, 5)", "The index 5 is out of bounds for an array of length 5"),
        ("States.ArrayGetItem($.list, -1)", "The index -1 is out of bounds for an array of length 5"),
        ("States.Base64Encode($.long)", "The text is longer than 10000 characters"),
        ("States.Base64Decode($.long)", "The text is longer than 10000 characters"),
        ("States.Base64Decode('!')", "Invalid Base64"),
        ("States.Hash($.long, 'MD5')", "The text is longer than 10000 characters"),
        ("States.Hash('a', 'SHA-2')", "The algorithm must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"),
        (
            "States.JsonMerge($.object, $.object, true)",
            "Only shallow merging is supported: the third argument must be false",
        ),
        ("States.JsonMerge($.list, $.object, false)", "The first two arguments must be JSON objects"),
        (
            "States.MathAdd(2147483648, 0)",
            "The arguments must be integers between -2147483648 and 2147483647",
        ),
        ("States.MathAdd('a', 0)", "The first argument must be a number"),
        ("States.MathRandom(2, 2)", "The start must be less than the end"),
        ("States.StringSplit(1, ',')", "The argument must be a string"),
        (
            "States.Format('{} {}', 1)",
            "Number of arguments to States.Format do not match the occurrences of {}: 1",
        ),
    ],
)
def test_arguments_that_a_function_does_not_take(call: str, reason: str) -> None:
    with pytest.raises(StatesError) as error:
        intrinsic(call, INPUT)
    assert error.value.error == "States.IntrinsicFailure"
    assert error.value.cause == f"The function '{call}' had the following error: {reason}"


def test_an_argument_that_is_not_there() -> None:
    with pytest.raises(StatesError) as error:
        intrinsic("States.Format('{}', $.gone)", {"a": 1})
    assert (error.value.error, error.value.cause) == (
        "States.Runtime",
        (
            "The function 'States.Format('{}', $.gone)' had the following error: The JsonPath argument for "
            "the field '$.gone' could not be found in the input '{\"a\":1}'"
        ),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("States.Gone()", "there is no intrinsic function States.Gone"),
        ("States.UUID(1)", "States.UUID does not take 1 arguments"),
        ("States.Format('open", "no argument: 'open"),
        ("States.Format('a'", "arguments are not closed"),
        ("States.Format('a' 'b')", "unexpected ' after an argument"),
        ("States.Format('a') more", "there is more after the call: more"),
        ("States.Format(bare)", "no argument: bare)"),
        ("States.Array(1,)", "no argument: )"),
        ("Format('a')", "a call is a function's name with arguments in brackets"),
        ("States.JsonToString(" * 11 + "1" + ")" * 11, "calls are nested deeper than 10"),
    ],
)
def test_what_is_no_call_is_told(text: str, reason: str) -> None:
    assert intrinsics.check(text) == reason


def test_a_call_that_is_none_fails_the_state_only_when_it_runs() -> None:
    with pytest.raises(StatesError) as error:
        filled({"v.$": "States.Gone()"}, {})
    assert error.value.error == "States.Runtime"


def test_chance_is_the_execution_s_own() -> None:
    assert uuid.UUID(intrinsic("States.UUID()")).version == 4
    assert intrinsic("States.UUID()") == intrinsic("States.UUID()")  # each with the same seed
    assert 1 <= intrinsic("States.MathRandom(1, 999)") < 999


def test_a_seed_decides_a_random_number() -> None:
    found = [intrinsic(f"States.MathRandom(0, 1000000, {seed})") for seed in range(20)]
    assert found == [intrinsic(f"States.MathRandom(0, 1000000, {seed})") for seed in range(20)]
    assert len(set(found)) == 20


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(max_size=50).filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_base64_goes_and_comes_back(text: str) -> None:
    assert intrinsic("States.Base64Decode(States.Base64Encode($.v))", {"v": text}) == text


@given(json_values)
def test_json_goes_and_comes_back(value: Any) -> None:
    assert same(intrinsic("States.StringToJson(States.JsonToString($.v))", {"v": value}), value)


@given(st.lists(st.integers(), max_size=30), st.integers(min_value=1, max_value=8))
def test_partitions_hold_all_items_in_order(items: list[int], count: int) -> None:
    parts = intrinsic(f"States.ArrayPartition($.v, {count})", {"v": items})
    assert [item for part in parts for item in part] == items
    assert all(len(part) == count for part in parts[:-1])


@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.lists(
        st.sampled_from(["$.a", "$.gone", "1", "-2.5", "'x'", "true", "null", "$$", "'{}'"]), max_size=4
    ),
    json_values,
)
def test_any_arguments_give_a_value_or_a_states_error(name: str, arguments: list[str], value: Any) -> None:
    with contextlib.suppress(StatesError):
        dump(intrinsic(f"{name}({', '.join(arguments)})", {"a": value}))


@given(st.text("States.FormatUID(){}',\\1$a ", max_size=30).map(lambda text: "States." + text))
def test_any_text_is_a_call_or_told_to_be_none(text: str) -> None:
    reason = intrinsics.check(text)
    assert reason is None or reason
