"""JSONata expressions: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html.

What the service answers was measured on it: https://github.com/floci-io/floci/issues/2736
and the issues beside.
"""

from __future__ import annotations

import contextlib
import copy
import sys
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.asl.data.support import environment, evaluated, output

from batchyard.asl.data import jsonata, jsonata_library
from batchyard.asl.data.java_random import JavaRandom
from batchyard.asl.data.text import dump
from batchyard.asl.errors import QueryError, StatesError

RAW = {"n": 5, "list": [{"a": 1}, {"a": 2}], "one": [7], "empty": [], "none": None, "text": "abc"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$states.input", RAW),
        ("$states.input.n * 2", 10),
        ("$states.input.n / 2", 2.5),
        ("5.5 % 2", 1.5),
        # https://github.com/floci-io/floci/pull/2783
        ("1 / 0", "Infinity"),
        ("[-1 / 0]", ["-Infinity"]),
        ("{'k': 1e308 * 10}", {"k": "Infinity"}),
        ("$states.input.list.a", [1, 2]),
        ("$states.input.list[a=2].a", 2),
        ("$states.input.list[0]", {"a": 1}),
        ("$states.input.one", [7]),
        ("$states.input.empty", []),
        ("$states.input.none", None),
        ("$known", None),
        ("$order.items", [1]),
        ("$states.context.Execution.Id", "arn:e"),
        ("$lookup($states, 'context').State.Name", "S"),
        ("$map($states.input.list, function($i) { $i.a + 1 })", [2, 3]),
        ("[1..3]", [1, 2, 3]),
        ("[]", []),
        ("{'a': null, 'b': $states.input.gone}", {"a": None}),
        ("{'f': $sum}", {"f": ""}),
        ("'n = ' & $states.input.n & true & null", "n = 5truenull"),
        ("$string({'a': 1.0})", '{"a":1}'),
        ("$states.input.n > 3 and $exists($states.input.text)", True),
        ("$match('ab', /a(b)/).groups", ["b"]),
        # Functions of Step Functions: https://github.com/floci-io/floci/issues/2662
        ('$parse("{\\"a\\":1}").a', 1),
        ("$partition([1,2,3,4], 2)", [[1, 2], [3, 4]]),
        ("$range(0, 6, 2)", [0, 2, 4, 6]),
        ("$range(-1.7, 2, 1)", [-1, 0, 1, 2]),
        ('$hash("input", "SHA-1")', "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"),
        ("$random(42)", 0.7275636800328681),
        # No limit of a thousand: https://github.com/floci-io/floci/pull/2676
        ("$count($range(1, 200000, 1))", 200_000),
        # The execution's own clock.
        ("$millis()", 1_700_000_000_500),
        ("$now()", "2023-11-14T22:13:20.500Z"),
        ("$now('[Y0001]-[M01]')", "2023-11"),
    ],
)
def test_expressions(text: str, value: Any) -> None:
    before = copy.deepcopy(RAW)
    assert evaluated(text, RAW, known=None, order={"items": [1]}) == value
    assert before == RAW


TOO_DEEP = (
    ": Stack overflow error: Check for non-terminating recursive function. "
    "Consider rewriting as tail-recursive."
)
TOO_LARGE = ": Expression evaluation memory limit exceeded: Check for excessive memory usage"
THREW = "The JSONata expression '{}' specified for the field 'Output/v' threw an error during evaluation{}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('$abs("x")', '. T0410: Argument 1 of function "abs" does not match function signature'),
        ('$eval("1+1")', ". T1006: Attempted to invoke a non-function"),
        ("$gone()", ". T1006: Attempted to invoke a non-function"),
        ('$number("x")', '. D3030: Unable to cast value to a number: "x"'),
        (
            "[1..900000] ~> $count()",
            TOO_LARGE,
        ),
        (
            "$sum([1..900000])",
            TOO_LARGE,
        ),
        (
            "+".join(["$random()"] * 200),
            TOO_DEEP,
        ),
        (
            "($f := function($x) { 1 + $f($x) }; $f(1))",
            TOO_DEEP,
        ),
        ("$partition([1], -1)", ": The chunk size must be greater than 0"),
        ("$hash('a', 'SHA-2')", ": The algorithm must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"),
    ],
)
def test_what_expressions_fail_with(text: str, reason: str) -> None:
    with pytest.raises(QueryError) as error:
        evaluated(text, RAW)
    assert error.value.error == "States.QueryEvaluationError"
    assert error.value.cause == THREW.format(text, reason)
    assert error.value.location == "Output/v"


def test_an_expression_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonata_library, "MAX_STEPS", 10_000)  # seconds are for users, not for tests
    with pytest.raises(QueryError, match="timeout"):
        evaluated("($f := function($x) { $f($x) }; $f(1))")


@pytest.mark.parametrize(
    ("template", "text", "location"),
    [
        # https://github.com/floci-io/floci/pull/2689
        ({"v": "{% $states.input.gone %}"}, "$states.input.gone", "Output/v"),
        ({"a": {"b": [1, "{%$gone%}"]}}, "$gone", "Output/a/b[1]"),
        ("{% $states.result %}", "$states.result", "Output"),
    ],
)
def test_an_expression_that_gives_nothing_fails_the_state(template: Any, text: str, location: str) -> None:
    with pytest.raises(QueryError) as error:
        output(template, {})
    assert error.value.location == location
    assert error.value.cause == (
        f"The JSONata expression '{text}' specified for the field '{location}' returned nothing (undefined)."
    )


def test_an_expression_that_gives_a_function_fails_the_state() -> None:
    """As recorded for Items: https://github.com/localstack/localstack, test_base_scenarios.snapshot.json"""
    with pytest.raises(QueryError) as error:
        output("{% $f := function($x){$x} %}", {})
    assert error.value.cause == (
        "The JSONata expression '$f := function($x){$x}' specified for the field 'Output' returned an "
        "unsupported result type."
    )


@pytest.mark.parametrize(
    "literal",
    [
        # As recorded: https://github.com/localstack/localstack, outputdecl/test_output.snapshot.json
        " {% $states.input %} ",
        "$states.input",
        "States.Format('{}', 1)",
        "{% $states.input",
        "{%}",
    ],
)
def test_texts_without_the_two_marks_are_texts(literal: str) -> None:
    assert output({"v": literal, "x.$": "$"}, {}) == {"v": literal, "x.$": "$"}


def test_chance_is_the_execution_s_own() -> None:
    assert uuid.UUID(evaluated("$uuid()")).version == 4
    for text in ("$uuid()", "$random()", "$shuffle([1..20])"):
        assert evaluated(text) == evaluated(text)  # each with the same seed
    env = environment()
    first = jsonata.compile_expression("$random()", "Output")
    assert first(jsonata.View({}, env)) != first(jsonata.View({}, env))


def test_seeded_chance_is_that_of_java() -> None:
    assert [JavaRandom(seed).unit() for seed in (42, 0)] == [0.7275636800328681, 0.730967787376657]


def test_the_library_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(QueryError):
        evaluated("$gone()")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["{% $a + 1 %}", "$a + 1", "$map([1], $string)"])
def test_what_is_jsonata_is_accepted(text: str) -> None:
    assert jsonata.check(text) is None


@pytest.mark.parametrize(("text", "reason"), [("{% 1 + %}", "Unexpected end of"), ("a[1,2)", "Expected ")])
def test_what_is_no_jsonata_is_told(text: str, reason: str) -> None:
    """https://github.com/floci-io/floci/issues/2745"""
    assert (jsonata.check(text) or "").startswith(reason)


def test_the_library_is_imported_late() -> None:
    import subprocess

    code = "import sys, batchyard.asl.data; sys.exit('jsonata' in sys.modules or 'jsonpath' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}).returncode == 0
    )


PIECES = st.sampled_from(
    [
        *(
            "$states.input",
            "$states.input.a",
            "$x",
            "$",
            "$$",
            "1",
            "-1",
            "0",
            "'a'",
            "null",
            "[1,2]",
            "{'a':1}",
        ),
        *(
            "$uuid()",
            "$now()",
            "$random",
            "$string",
            "$partition",
            "$range",
            "$hash",
            "$parse",
            "$sum",
            "$map",
        ),
        *(
            "+",
            "/",
            "%",
            "&",
            "=",
            "<",
            "..",
            "and",
            "in",
            "~>",
            ".",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            "?",
            ":",
        ),
        *(":=", "function($i){$i}", "/a/", "*", "**", "^(a)", "@$v", "#$i", "|a|{}|", "%."),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES, min_size=1, max_size=6), st.recursive(st.none() | st.integers(), st.lists, max_leaves=3)
)
def test_any_text_gives_a_value_or_a_query_error(pieces: list[str], raw: Any) -> None:
    with contextlib.suppress(QueryError):
        dump(evaluated(" ".join(pieces), {"a": raw}, x=raw))


@given(st.text(max_size=12))
def test_any_expression_fails_with_a_states_error_only(text: str) -> None:
    with contextlib.suppress(StatesError):
        output("{%" + text + "%}", {})
