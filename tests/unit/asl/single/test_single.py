"""One state alone, as TestState runs it.

Rules and members: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html,
https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html, and recorded answers of the
service (public repository localstack/localstack: tests/aws/services/stepfunctions/v2/test_state/*.json).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.asl.single.requests import (
    JSONATA,
    MAP,
    PARALLEL,
    PLACE,
    TASK,
    answer_of,
    error,
    refusal,
    result,
)

from batchyard.asl import single
from batchyard.asl.engine.tasks import Failed, Succeeded


def test_each_step_of_a_task_s_data_is_shown() -> None:
    answer = answer_of(TASK, {"entries": [], "a": 1}, mock=result({"Entries": [{"EventId": "e"}]}))
    selected = {"sent": [{"EventId": "e"}]}
    assert answer == {
        "status": "SUCCEEDED",
        "output": selected,
        "nextState": "After",
        "inspectionData": {
            "input": {"entries": [], "a": 1},
            "afterInputPath": {"entries": [], "a": 1},
            "afterParameters": {"Entries": []},
            "result": {"Entries": [{"EventId": "e"}]},
            "afterResultSelector": selected,
            "afterResultPath": {"entries": [], "a": 1, "result": selected},
        },
    }


def test_the_level_info_shows_the_end_only() -> None:
    answer = answer_of(TASK, {"entries": []}, "INFO", mock=result({"Entries": []}))
    assert answer == {"status": "SUCCEEDED", "output": {"sent": []}, "nextState": "After"}


def test_jsonata_shows_arguments_and_variables() -> None:
    answer = answer_of(JSONATA, {"x": 1}, mock=result({"Payload": 2}), variables='{"n": 40}')
    assert answer == {
        "status": "SUCCEEDED",
        "output": {"y": 42},
        "inspectionData": {
            "input": {"x": 1},
            "afterArguments": {"FunctionName": "f", "Payload": 1},
            "result": {"Payload": 2},
            "variables": {"n": 40, "kept": 2},
        },
    }


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (
            {"Type": "Pass", "End": True},
            {"afterInputPath", "afterParameters", "afterResultSelector", "afterResultPath"},
        ),
        ({"Type": "Pass", "Result": 1, "End": True}, {"result", "afterResultSelector", "afterResultPath"}),
        ({"Type": "Succeed"}, {"afterInputPath"}),
        ({"Type": "Wait", "Seconds": 1, "End": True}, {"afterInputPath"}),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "End": True}, set()),
    ],
)
def test_what_is_shown_depends_on_the_type(state: dict[str, Any], shown: set[str]) -> None:
    answer = answer_of(state, {"a": 1})
    assert answer["status"] == "SUCCEEDED"
    assert set(answer["inspectionData"]) == {"input"} | shown


def test_a_choice_tells_where_it_leads() -> None:
    state = {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "One"}]}
    assert answer_of(state, {"n": 1}, "INFO") == {
        "status": "SUCCEEDED",
        "output": {"n": 1},
        "nextState": "One",
    }
    assert answer_of(state, {"n": 2}, "INFO")["error"] == "States.NoChoiceMatched"
    assert answer_of({**state, "Default": "Other"}, {"n": 2}, "INFO")["nextState"] == "Other"


def test_a_fail_state_fails() -> None:
    answer = answer_of({"Type": "Fail", "Error": "E", "Cause": "c"}, {"a": 1}, "INFO")
    assert answer == {"status": "FAILED", "error": "E", "cause": "c"}


@pytest.mark.parametrize(
    ("used", "status", "details"),
    [
        (0, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 2}),
        (3, "RETRIABLE", {"retryIndex": 0, "retryBackoffIntervalSeconds": 16}),
        (4, "FAILED", {"retryIndex": 0}),
    ],
)
def test_a_mocked_error_is_retried_as_often_as_the_retrier_says(
    used: int, status: str, details: dict[str, int]
) -> None:
    answer = answer_of(TASK, {"entries": []}, mock=error("A"), stateConfiguration={"retrierRetryCount": used})
    assert (answer["status"], answer["error"], answer["cause"]) == (status, "A", "why")
    assert "output" not in answer
    assert "nextState" not in answer
    assert answer["inspectionData"]["errorDetails"] == details


@pytest.mark.parametrize(("name", "index", "following"), [("A", 0, "First"), ("B", 1, "Second")])
def test_a_mocked_error_is_caught(name: str, index: int, following: str) -> None:
    answer = answer_of(JSONATA, {"x": 1}, mock=error(name))
    assert (answer["status"], answer["nextState"]) == ("CAUGHT_ERROR", following)
    assert answer["output"] == {"Error": name, "Cause": "why"}
    assert answer["inspectionData"]["errorDetails"] == {"catchIndex": index}


def test_an_expression_that_fails_is_an_error_like_any_other() -> None:
    answer = answer_of({**JSONATA, "Arguments": "{% $error('x') %}"}, {"x": 1}, mock=result({}))
    assert (answer["status"], answer["error"]) == ("CAUGHT_ERROR", "States.QueryEvaluationError")


def test_a_map_shows_its_items_and_limits() -> None:
    answer = answer_of(MAP, {"values": ["a", "b"]}, mock=result([1, 2]))
    assert answer["output"] == [1, 2]
    assert answer["inspectionData"] == {
        "input": {"values": ["a", "b"]},
        "afterInputPath": {"values": ["a", "b"]},
        "afterItemsPath": ["a", "b"],
        "afterItemSelector": [{"value": "a", "index": 0}, {"value": "b", "index": 1}],
        "maxConcurrency": 3,
        "toleratedFailureCount": 1,
        "afterResultSelector": [1, 2],
        "afterResultPath": [1, 2],
    }


@pytest.mark.parametrize(
    ("change", "failures", "status"),
    [
        ({}, 1, "SUCCEEDED"),
        ({}, 2, "FAILED"),
        ({"ToleratedFailureCount": None}, 2, "SUCCEEDED"),
        ({"ToleratedFailureCount": None, "ToleratedFailurePercentage": 50}, 1, "SUCCEEDED"),
        ({"ToleratedFailureCount": None, "ToleratedFailurePercentage": 40}, 1, "FAILED"),
        (
            {"Catch": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "Next": "C"}]},
            2,
            "CAUGHT_ERROR",
        ),
        ({"Retry": [{"ErrorEquals": ["States.ALL"]}]}, 2, "RETRIABLE"),
    ],
)
def test_a_map_tolerates_so_many_failures(change: dict[str, Any], failures: int, status: str) -> None:
    state = {key: value for key, value in {**MAP, **change}.items() if value is not None}
    config = {"mapIterationFailureCount": failures}
    answer = answer_of(state, {"values": [1, 2]}, mock=result([1, 2]), stateConfiguration=config)
    assert answer["status"] == status
    if status != "SUCCEEDED":
        assert answer["error"] == "States.ExceedToleratedFailureThreshold"
        assert answer["cause"] == "The specified tolerated failure threshold was exceeded"


READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON"},
    "Parameters": {"Bucket": "b", "Key": "k"},
}


@pytest.mark.parametrize(
    ("reader", "text", "values", "pointer"),
    [
        ({}, '["a"]', ["a"], None),
        ({"InputType": "JSONL"}, '{"x": 1}\n{"x": 2}\n', [{"x": 1}, {"x": 2}], None),
        ({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "x,y\n1,2\n", [{"x": "1", "y": "2"}], None),
        ({"InputType": "JSON", "ItemsPointer": "/in"}, '{"in": [7]}', [7], [7]),
    ],
)
def test_a_map_s_items_may_come_from_its_reader(
    reader: dict[str, Any], text: str, values: list[Any], pointer: list[Any] | None
) -> None:
    state = {key: value for key, value in MAP.items() if key != "ItemsPath"}
    state["ItemReader"] = {**READER, "ReaderConfig": reader or READER["ReaderConfig"]}
    config = {"mapItemReaderData": text}
    shown = answer_of(state, {}, mock=result([1]), stateConfiguration=config)["inspectionData"]
    assert [each["value"] for each in shown["afterItemSelector"]] == values
    assert "afterItemsPath" not in shown
    assert shown.get("afterItemsPointer") == pointer


def test_a_map_s_items_are_batched() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
    state = {**MAP, "ItemSelector": {"v.$": "$$.Map.Item.Value"}, "ItemBatcher": {"MaxItemsPerBatch": 2}}
    shown = answer_of(state, {"values": [1, 2, 3]}, mock=result([1]))["inspectionData"]
    assert shown["afterItemBatcher"] == [{"Items": [{"v": 1}, {"v": 2}]}, {"Items": [{"v": 3}]}]


def test_a_state_of_a_whole_machine_is_found_wherever_it_is() -> None:
    machine = {"StartAt": "P", "QueryLanguage": "JSONata", "States": {"P": PARALLEL}}
    answer = answer_of(machine, {"a": 1}, stateName="Right")
    assert answer == {"status": "SUCCEEDED", "output": {"a": 1}, "inspectionData": {"input": {"a": 1}}}
    assert refusal(machine, stateName="Middle") == ("ValidationException", "State not found in definition")


def test_the_context_is_one_of_an_express_execution() -> None:
    state = {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}
    context = answer_of(state, {"a": 1}, "INFO")["output"]["c"]
    machine = context["StateMachine"]["Name"]
    about = context["Execution"]
    assert about["Id"] == f"arn:aws:states:us-east-1:111111111111:express:{machine}:{about['Name']}"
    assert (about["Input"], about["RoleArn"], about["StartTime"]) == (
        {"a": 1},
        None,
        "2023-11-14T22:13:20.000Z",
    )
    assert context["State"] == {"Name": "StateName", "EnteredTime": "2023-11-14T22:13:20.000Z"}


def test_a_task_without_a_mock_is_done_by_who_asks() -> None:
    request = {
        "definition": json.dumps(TASK),
        "input": '{"entries": [1]}',
        "roleArn": "arn:aws:iam::111111111111:role/r",
    }
    ready = single.prepare(request, PLACE)
    assert ready.call is not None
    assert (ready.call.arguments, ready.call.role_arn) == ({"Entries": [1]}, request["roleArn"])
    assert json.loads(ready.answer(Succeeded({"Entries": [2]}))["output"]) == {"sent": [2]}
    assert ready.answer(Failed("A", "c"))["status"] == "RETRIABLE"
    assert ready.answer(Failed("B", "c")) == {"status": "FAILED", "error": "B", "cause": "c"}
