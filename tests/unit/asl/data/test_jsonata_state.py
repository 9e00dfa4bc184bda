"""States with JSONata: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.asl.data.support import environment, flow, state

from batchyard.asl.data.waiting import INVALID_TIMESTAMP
from batchyard.asl.errors import QueryError, StatesError

RAW = {"n": 5, "list": [1, 2], "text": "abc"}


def data(body: dict[str, Any]) -> Any:
    return flow(body, "JSONata")


def test_without_fields_values_pass_as_they_are() -> None:
    env = environment()
    assert data({"Type": "Pass"}).arguments(RAW, env) is RAW
    assert data({"Type": "Task"}).finish(RAW, [1], env) == ([1], {})
    assert data({"Type": "Choice", "Choices": []}).chosen(None, RAW, env).output is RAW


def test_a_task() -> None:
    task, env = (
        data(
            {
                "Type": "Task",
                "Arguments": {"N": "{% $states.input.n + $v %}", "Constant": "$.x"},
                "Output": "{% $states.result.r & $states.input.text %}",
                "Assign": {"v": "{% $v + 1 %}", "w": "{% $v %}"},
            }
        ),
        environment(v=1),
    )
    assert task.arguments(RAW, env) == {"N": 6, "Constant": "$.x"}
    assert task.finish(RAW, {"r": "R"}, env) == ("Rabc", {"v": 2, "w": 1})


def test_a_catcher_sees_the_error() -> None:
    catchers = [
        {"ErrorEquals": ["A"], "Next": "N"},
        {
            "ErrorEquals": ["B"],
            "Next": "N",
            "Output": {"why": "{% $states.errorOutput.Cause %}", "n": "{% $states.input.n %}"},
            "Assign": {"e": "{% $states.errorOutput.Error %}"},
        },
        {"ErrorEquals": ["C"], "Next": "N", "Output": {"x": ["{% $states.gone %}"]}},
    ]
    body, error, env = {"Type": "Task", "Catch": catchers}, {"Error": "B", "Cause": "c"}, environment()
    found = state(body, "JSONata").catchers
    assert data(body).catch(found[0], RAW, error, env) == (error, {})
    assert data(body).catch(found[1], RAW, error, env) == ({"why": "c", "n": 5}, {"e": "B"})
    with pytest.raises(QueryError) as failed:
        data(body).catch(found[2], RAW, error, env)
    assert failed.value.location == "Catch[2]/Output/x[0]"


def test_a_choice() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html"""
    choice, env = (
        data(
            {
                "Type": "Choice",
                "Choices": [
                    {"Condition": "{% $states.input.n > 5 %}", "Next": "A"},
                    {
                        "Condition": True,
                        "Next": "B",
                        "Output": "{% $states.input.n %}",
                        "Assign": {"v": "{% $states.input.text %}"},
                    },
                ],
                "Output": "else",
            }
        ),
        environment(),
    )
    assert choice.choose({"n": 6}, env).next == "A"
    rule = choice.choose(RAW, env)
    assert rule.next == "B"
    assert choice.chosen(rule, RAW, env) == (5, {"v": "abc"})
    assert choice.chosen(None, RAW, env) == ("else", {})


UNEXPECTED = "The JSONata expression '{}' specified for the field '{}' returned an unexpected result type. {}"


@pytest.mark.parametrize(
    ("body", "ask", "text", "location", "reason"),
    [
        (
            {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.n %}", "Next": "A"}]},
            lambda made, env: made.choose(RAW, env),
            "$states.input.n",
            "Choices[0]/Condition",
            "Expected 'boolean', but was 'number' for value: 5",
        ),
        (
            {"Type": "Task", "TimeoutSeconds": "{% $states.input.text %}"},
            lambda made, env: made.number("TimeoutSeconds", RAW, env),
            "$states.input.text",
            "TimeoutSeconds",
            "Expected 'number', but was 'string' for value: \"abc\"",
        ),
        (
            {"Type": "Wait", "Seconds": "{% $states.input.list %}"},
            lambda made, env: made.pause(RAW, env),
            "$states.input.list",
            "Seconds",
            "Expected 'number', but was 'array' for value: [1,2]",
        ),
        (
            {"Type": "Fail", "Error": "{% {} %}"},
            lambda made, env: made.failure(RAW, env),
            "{}",
            "Error",
            "Expected 'string', but was 'object' for value: {}",
        ),
        (
            {"Type": "Map", "Items": "{% null %}"},
            lambda made, env: made.items(RAW, env),
            "null",
            "Items",
            "Expected 'array', but was 'null' for value: null",
        ),
    ],
)
def test_results_of_another_type(
    body: dict[str, Any], ask: Any, text: str, location: str, reason: str
) -> None:
    with pytest.raises(QueryError) as error:
        ask(data(body), environment())
    assert (error.value.location, error.value.cause) == (location, UNEXPECTED.format(text, location, reason))


def test_numbers() -> None:
    task, env = (
        data({"Type": "Task", "TimeoutSeconds": "{% $states.input.n %}", "HeartbeatSeconds": 3}),
        environment(),
    )
    assert task.number("TimeoutSeconds", RAW, env) == 5
    assert task.number("HeartbeatSeconds", RAW, env) == 3
    assert task.number("MaxConcurrency", RAW, env) is None
    with pytest.raises(QueryError) as error:
        task.number("TimeoutSeconds", {"n": 0}, env)
    assert error.value.cause == "Expected positive integer for TimeoutSeconds, got '0' instead."


@pytest.mark.parametrize(
    ("body", "pause"),
    [
        ({"Seconds": 2}, (2, None)),
        ({"Seconds": "{% $states.input.n * 2 %}"}, (10, None)),
        ({"Timestamp": "1970-01-01T00:01:00Z"}, (None, 60)),
        ({"Timestamp": "{% '1970-01-01T00:00:0' & 7 & 'Z' %}"}, (None, 7)),
    ],
)
def test_a_wait(body: dict[str, Any], pause: tuple[float | None, float | None]) -> None:
    assert data({"Type": "Wait", **body}).pause(RAW, environment()) == pause


@pytest.mark.parametrize("body", [{"Seconds": "{% -1 %}"}, {"Seconds": "{% 0.5 %}"}])
def test_waits_that_can_not_be(body: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as error:
        data({"Type": "Wait", **body}).pause(RAW, environment())
    assert error.value.location == next(iter(body))


def test_a_time_that_is_none() -> None:
    with pytest.raises(StatesError) as error:
        data({"Type": "Wait", "Timestamp": "{% $states.input.text %}"}).pause(RAW, environment())
    assert (error.value.error, error.value.cause) == (
        "States.Runtime",
        INVALID_TIMESTAMP.format("Timestamp", "$states.input.text == abc"),
    )


def test_a_fail() -> None:
    fail = data(
        {"Type": "Fail", "Error": "{% $states.input.text %}", "Cause": "{% 'n is ' & $states.input.n %}"}
    )
    assert fail.failure(RAW, environment()) == ("abc", "n is 5")
    assert data({"Type": "Fail"}).failure(RAW, environment()) == (None, None)


def test_a_map() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html"""
    body = {
        "Type": "Map",
        "Items": ["{% $states.input.n %}", 6],
        "ItemSelector": {"v": "{% $states.context.Map.Item.Value %}", "n": "{% $states.input.n %}"},
    }
    made, env = data(body), environment()
    env.context["Map"] = {"Item": {"Index": 0, "Value": "item"}}
    assert made.items(RAW, env) == [5, 6]
    assert made.item(RAW, "item", env) == {"v": "item", "n": 5}
    assert data({"Type": "Map"}).items([1], env) == [1]
    with pytest.raises(StatesError):
        data({"Type": "Map"}).items(RAW, env)


def test_whole_fields() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"""
    body = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% $states.input.n %}"},
            "Arguments": {"Bucket": "{% $states.input.text %}"},
        },
        "ResultWriter": {"Arguments": {"Prefix": "{% $states.input.gone %}"}},
    }
    made, env = data(body), environment()
    assert made.evaluate("ItemReader", RAW, env) == {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON", "MaxItems": 5},
        "Parameters": {"Bucket": "abc"},
    }
    assert made.evaluate("Credentials", RAW, env) is None
    with pytest.raises(QueryError) as error:
        made.evaluate("ResultWriter", RAW, env)
    assert error.value.location == "ResultWriter/Arguments/Prefix"


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        ["{% $states.input %}", "{% 1 + %}", "{% $sum %}", "{%%}", "{% 'x' %}", "{% true %}", ""]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["a", "Condition", "Next", "Output", "Arguments"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)
FIELDS = [
    "Arguments",
    "Output",
    "Assign",
    "Items",
    "ItemSelector",
    "Seconds",
    "Timestamp",
    "Error",
    "Cause",
    "TimeoutSeconds",
    "Choices",
    "Catch",
    "ItemReader",
]


@given(
    st.sampled_from(["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"]),
    st.dictionaries(st.sampled_from(FIELDS), anything | st.lists(anything, max_size=2), max_size=4),
    anything,
)
def test_any_state_gives_values_or_states_errors(kind: str, body: dict[str, Any], raw: Any) -> None:
    made, env = state({**body, "Type": kind}, "JSONata"), environment()
    found = data({**body, "Type": kind})
    calls = [
        lambda: found.arguments(raw, env),
        lambda: found.finish(raw, raw, env),
        lambda: found.choose(raw, env),
        lambda: found.chosen(None, raw, env),
        lambda: found.number("TimeoutSeconds", raw, env),
        lambda: found.pause(raw, env),
        lambda: found.failure(raw, env),
        lambda: found.items(raw, env),
        lambda: found.item(raw, 1, env),
        lambda: found.evaluate("ItemReader", raw, env),
        *(lambda each=each: found.catch(each, raw, {"Error": "E"}, env) for each in made.catchers),
    ]
    for call in calls:
        with contextlib.suppress(StatesError):
            call()
