"""States with JSONPath.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.asl.data.support import environment, filled, finish, flow, state

from batchyard.asl.errors import StatesError

RAW = {"a": {"b": 1}, "keep": "k", "list": [1, 2]}


def passed(body: dict[str, Any], raw: Any = RAW, **variables: Any) -> Any:
    """Return what a Pass puts out."""
    data, env = flow({"Type": "Pass", **body}), environment(**variables)
    return data.finish(raw, data.arguments(raw, env), env).output


def test_a_state_without_fields_passes_the_very_same_value() -> None:
    data, env = flow({"Type": "Pass"}), environment()
    assert data.arguments(RAW, env) is RAW
    assert data.finish(RAW, RAW, env).output is RAW


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ({"InputPath": "$.a"}, {"b": 1}),
        ({"InputPath": None}, {}),
        ({"InputPath": "$$.Execution.Input"}, {"q": 1}),
        ({"InputPath": "$known"}, {"x": 1}),
        ({"OutputPath": "$.a.b"}, 1),
        ({"OutputPath": None}, {}),
        ({"Result": 7}, 7),
        ({"Result": 7, "ResultPath": "$.a.c"}, {"a": {"b": 1, "c": 7}, "keep": "k", "list": [1, 2]}),
        ({"Result": 7, "ResultPath": None}, RAW),
        ({"Result": {"x.$": "$.keep"}}, {"x.$": "$.keep"}),
        (
            {"Parameters": {"x.$": "$.keep", "y": {"z.$": "$.a.b"}, "c": "$.a"}},
            {"x": "k", "y": {"z": 1}, "c": "$.a"},
        ),
        ({"InputPath": "$.a", "Parameters": {"x.$": "$.b"}, "ResultPath": "$.r"}, {**RAW, "r": {"x": 1}}),
        ({"InputPath": "$.a", "ResultPath": "$.r", "OutputPath": "$.r"}, {"b": 1}),
    ],
)
def test_a_pass(body: dict[str, Any], output: Any) -> None:
    before = copy.deepcopy(RAW)
    assert passed(body, known={"x": 1}) == output
    assert before == RAW


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ({}, {"r": [1, {"s": 2}]}),
        ({"ResultSelector": {"x.$": "$.r[1].s"}}, {"x": 2}),
        ({"ResultSelector": {"x.$": "$.r[0]"}, "ResultPath": "$.keep"}, {**RAW, "keep": {"x": 1}}),
        ({"ResultPath": "$.new", "OutputPath": "$.new.r"}, [1, {"s": 2}]),
        ({"ResultPath": None}, RAW),
    ],
)
def test_a_task_s_result(body: dict[str, Any], output: Any) -> None:
    assert finish({"Type": "Task", **body}, RAW, {"r": [1, {"s": 2}]}).output == output


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ([{"x.$": "$.keep"}, "$.keep"], [{"x": "k"}, "$.keep"]),
        ({"x.$": "$", "y.$": "$$.State.Name", "z.$": "$known.x"}, {"x": RAW, "y": "S", "z": 1}),
        ({"x.$": "States.Format('{}!', $.keep)"}, {"x": "k!"}),
        ({"all.$": "$.list[?(@ > 1)]"}, {"all": [2]}),
        ({"x": {"y": [1, {"z": None}]}}, {"x": {"y": [1, {"z": None}]}}),
        ("$.keep", "$.keep"),
    ],
)
def test_payload_templates(template: Any, result: Any) -> None:
    assert filled(template, RAW, known={"x": 1}) == result


@pytest.mark.parametrize(
    ("body", "raw", "cause"),
    [
        # https://github.com/floci-io/floci/issues/2521
        (
            {"Parameters": {"x": {"y.$": "$.gone.deep"}}},
            {"other": 1},
            (
                "The JSONPath '$.gone.deep' specified for the field 'y.$' could not be found in the input '"
                '{"other":1}'
                "'"
            ),
        ),
        ({"Parameters": {"x.$": "$"}}, None, "Unable to apply Path transformation to null or empty input."),
        ({"InputPath": "$.gone"}, {}, "Invalid path '$.gone': No results for path: $['gone']"),
        ({"OutputPath": "$.a.b"}, {}, "Invalid path '$.a.b': Missing property in path $['a']"),
    ],
)
def test_paths_that_lead_nowhere(body: dict[str, Any], raw: Any, cause: str) -> None:
    with pytest.raises(StatesError) as error:
        passed(body, raw)
    assert (error.value.error, error.value.cause) == ("States.Runtime", cause)


@pytest.mark.parametrize(
    ("body", "assigned"),
    [
        # `$` is the result of a state that has one, else its input:
        # https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
        ({"Type": "Task", "ResultSelector": {"y": 1}}, "result"),
        ({"Type": "Pass", "Result": {"x": "own"}}, "own"),
        ({"Type": "Pass"}, "result"),
        ({"Type": "Wait"}, "result"),
    ],
)
def test_assign(body: dict[str, Any], assigned: Any) -> None:
    found = finish(
        {**body, "Assign": {"v.$": "$.x", "c": 1, "old.$": "$c"}}, {"x": "input"}, {"x": "result"}, c=0
    )
    assert found.assigned == {"v": assigned, "c": 1, "old": 0}


def test_a_catcher_puts_the_error_where_it_says() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
    catchers = [
        {"ErrorEquals": ["A"], "Next": "N"},
        {"ErrorEquals": ["B"], "Next": "N", "ResultPath": "$.error", "Assign": {"cause.$": "$.Cause"}},
    ]
    task, error = (
        state({"Type": "Task", "OutputPath": "$.gone", "Catch": catchers}),
        {"Error": "B", "Cause": "c"},
    )
    data, env = flow({"Type": "Task", "Catch": catchers}), environment()
    assert data.catch(task.catchers[0], {"a": 1}, error, env) == (error, {})
    assert data.catch(task.catchers[1], {"a": 1}, error, env) == ({"a": 1, "error": error}, {"cause": "c"})


@pytest.mark.parametrize(
    ("field", "body", "number"),
    [
        ("TimeoutSeconds", {}, None),
        ("TimeoutSeconds", {"TimeoutSeconds": 5}, 5),
        ("TimeoutSeconds", {"TimeoutSecondsPath": "$.n"}, 3),
        ("MaxConcurrency", {"MaxConcurrencyPath": "$.text"}, 12),
        ("MaxConcurrency", {"MaxConcurrency": 0}, 0),
        ("ToleratedFailurePercentage", {"ToleratedFailurePercentagePath": "$.half"}, 0.5),
    ],
)
def test_numbers(field: str, body: dict[str, Any], number: float | None) -> None:
    raw = {"n": 3, "text": "12", "half": 0.5}
    assert flow({"Type": "Task", **body}).number(field, raw, environment()) == number


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        # As recorded for MaxConcurrencyPath in localstack/localstack, test_base_scenarios.snapshot.json
        (
            "MaxConcurrency",
            "x",
            'The MaxConcurrencyPath field refers to value "x" which is not a valid integer: $.n',
        ),
        ("MaxConcurrency", -1, "Expected non-negative integer for MaxConcurrency, got '-1' instead."),
        ("TimeoutSeconds", 0, "Expected positive integer for TimeoutSeconds, got '0' instead."),
        (
            "HeartbeatSeconds",
            True,
            'The HeartbeatSecondsPath field refers to value "true" which is not a valid integer: $.n',
        ),
        (
            "TimeoutSeconds",
            100_000_000,
            "Expected an integer of at most 99999999 for TimeoutSeconds, got '100000000' instead.",
        ),
        (
            "ToleratedFailurePercentage",
            101,
            "ToleratedFailurePercentage must be between 0 and 100.",
        ),
        ("ToleratedFailureCount", -1, "ToleratedFailureCount cannot be negative."),
        (
            "ToleratedFailurePercentage",
            "x",
            'The ToleratedFailurePercentagePath field refers to value "x" which is not a valid float: $.n',
        ),
    ],
)
def test_numbers_that_a_field_does_not_take(field: str, value: Any, cause: str) -> None:
    with pytest.raises(StatesError) as error:
        flow({"Type": "Map", f"{field}Path": "$.n"}).number(field, {"n": value}, environment())
    assert (error.value.error, error.value.cause) == ("States.Runtime", cause)


@pytest.mark.parametrize(
    ("body", "pause"),
    [
        ({"Seconds": 3}, (3, None)),
        ({"SecondsPath": "$.n"}, (2, None)),
        ({"Timestamp": "1970-01-01T00:01:00Z"}, (None, 60)),
        ({"TimestampPath": "$.at"}, (None, 1.5)),
        ({"InputPath": "$.inner", "SecondsPath": "$.n"}, (9, None)),
    ],
)
def test_a_wait(body: dict[str, Any], pause: tuple[float | None, float | None]) -> None:
    raw = {"n": 2, "at": "1970-01-01T00:00:01.500Z", "inner": {"n": 9}}
    assert flow({"Type": "Wait", **body}).pause(raw, environment()) == pause


@pytest.mark.parametrize(
    ("body", "raw", "cause"),
    [
        # As recorded: https://github.com/localstack/localstack, base/test_wait.snapshot.json
        (
            {"TimestampPath": "$.start_at"},
            {"start_at": "2023-12-11T22:01:34"},
            (
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time "
                "format string: $.start_at == 2023-12-11T22:01:34"
            ),
        ),
        ({"SecondsPath": "$.n"}, {}, "The SecondsPath parameter does not reference an input value: $.n"),
        (
            {"SecondsPath": "$.n"},
            {"n": "2"},
            "The SecondsPath parameter cannot be parsed as a long value: $.n == 2",
        ),
        (
            {"SecondsPath": "$.n"},
            {"n": 1.5},
            "The SecondsPath parameter cannot be parsed as a long value: $.n == 1.5",
        ),
        (
            {"SecondsPath": "$.n"},
            {"n": -1},
            "The SecondsPath parameter references a negative value: $.n == -1",
        ),
    ],
)
def test_waits_that_can_not_be(body: dict[str, Any], raw: Any, cause: str) -> None:
    with pytest.raises(StatesError) as error:
        flow({"Type": "Wait", **body}).pause(raw, environment())
    assert (error.value.error, error.value.cause) == ("States.Runtime", cause)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, (None, None)),
        ({"Error": "E", "Cause": "c"}, ("E", "c")),
        # https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html
        ({"ErrorPath": "$.e", "CausePath": "States.Format('no {}', $.n)"}, ("Broken", "no 3")),
        ({"ErrorPath": "$known.x", "CausePath": "$$.State.Name"}, ("v", "S")),
    ],
)
def test_a_fail(body: dict[str, Any], told: tuple[str | None, str | None]) -> None:
    raw = {"e": "Broken", "n": 3}
    assert flow({"Type": "Fail", **body}).failure(raw, environment(known={"x": "v"})) == told


def test_a_fail_needs_texts() -> None:
    with pytest.raises(StatesError) as error:
        flow({"Type": "Fail", "ErrorPath": "$.n"}).failure({"n": 3}, environment())
    assert error.value.cause == "The ErrorPath parameter does not reference a string: $.n"


def test_items_of_a_map() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemspath.html"""
    body = {
        "Type": "Map",
        "ItemsPath": "$.list",
        "ItemSelector": {"v.$": "$$.Map.Item.Value", "k.$": "$.keep"},
    }
    data, env = flow(body), environment()
    env.context["Map"] = {"Item": {"Index": 0, "Value": 1}}
    assert data.items(RAW, env) == [1, 2]
    assert data.item(RAW, 1, env) == {"v": 1, "k": "k"}
    assert flow({"Type": "Map"}).item(RAW, 1, env) == 1
    with pytest.raises(StatesError) as error:
        flow({"Type": "Map", "ItemsPath": "$.a"}).items(RAW, env)
    assert error.value.cause == 'Reference path "$.a" must point to array.'


def test_a_distributed_map_takes_an_object_too() -> None:
    body = {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}}
    assert flow(body).items({"a": 1}, environment()) == {"a": 1}


def test_whole_fields() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"""
    body = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "CSV", "MaxItemsPath": "$.n"},
            "Parameters": {"Bucket.$": "$.bucket", "Key": "k"},
        },
        "ItemBatcher": {"MaxItemsPerBatchPath": "$.n", "BatchInput": {"x.$": "$.bucket"}},
        "Credentials": {"RoleArn.$": "$.role"},
    }
    data, env, raw = flow(body), environment(), {"n": 4, "bucket": "b", "role": "arn:r"}
    assert data.evaluate("ItemReader", raw, env) == {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "CSV", "MaxItems": 4},
        "Parameters": {"Bucket": "b", "Key": "k"},
    }
    assert data.evaluate("ItemBatcher", raw, env) == {"MaxItemsPerBatch": 4, "BatchInput": {"x": "b"}}
    assert data.evaluate("Credentials", raw, env) == {"RoleArn": "arn:r"}
    assert data.evaluate("ResultWriter", raw, env) is None


texts = st.sampled_from(["$", "$.a", "$..a", "bad", "States.X(", "States.UUID()", "$.a[?(", ""]) | st.text(
    max_size=5
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "a.$", "b", "Variable", "And", "IsNull"]), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = [
    "InputPath",
    "OutputPath",
    "Parameters",
    "Result",
    "ResultPath",
    "ResultSelector",
    "Assign",
    "ItemsPath",
    "ItemSelector",
    "Seconds",
    "SecondsPath",
    "Timestamp",
    "TimestampPath",
    "Error",
    "ErrorPath",
    "Cause",
    "CausePath",
    "TimeoutSeconds",
    "TimeoutSecondsPath",
    "Choices",
    "Catch",
    "ItemReader",
    "Credentials",
]


@given(
    st.sampled_from(["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"]),
    st.dictionaries(st.sampled_from(FIELDS), anything | st.lists(anything, max_size=2), max_size=4),
    anything,
)
def test_any_state_gives_values_or_states_errors(kind: str, body: dict[str, Any], raw: Any) -> None:
    made, env = state({**body, "Type": kind}), environment()
    data = flow({**body, "Type": kind})
    calls = [
        lambda: data.arguments(raw, env),
        lambda: data.finish(raw, raw, env),
        lambda: data.choose(raw, env),
        lambda: data.chosen(None, raw, env),
        lambda: data.number("TimeoutSeconds", raw, env),
        lambda: data.pause(raw, env),
        lambda: data.failure(raw, env),
        lambda: data.items(raw, env),
        lambda: data.item(raw, 1, env),
        lambda: data.evaluate("ItemReader", raw, env),
        *(
            lambda each=each: data.catch(each, raw, {"Error": "E", "Cause": ""}, env)
            for each in made.catchers
        ),
    ]
    for call in calls:
        with contextlib.suppress(StatesError):
            call()
