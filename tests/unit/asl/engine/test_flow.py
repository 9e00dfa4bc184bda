"""States that need nobody, and how executions end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.asl.engine.script import Script

from batchyard.asl.engine import virtual
from batchyard.asl.engine.execution import Execution

START = 1_700_000_000.0


def run(states: dict[str, Any], given: Any = None, **top: Any) -> Execution:
    first = next(iter(states))
    return virtual.run(virtual.spec({"StartAt": first, "States": states, **top}, given), Script())


def shape(execution: Execution) -> list[tuple[int, int, str]]:
    return [(event.id, event.previous, event.type) for event in execution.history]


def test_a_pass_leads_to_the_end_with_the_events_that_the_service_writes() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
    execution = run({"A": {"Type": "Pass", "Result": {"b": 1}, "End": True}}, {"a": 0})
    assert (execution.status, execution.output) == ("SUCCEEDED", '{"b":1}')
    assert shape(execution) == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "PassStateEntered"),
        (3, 2, "PassStateExited"),
        (4, 3, "ExecutionSucceeded"),
    ]
    assert execution.history[2].details == {"name": "A", "output": '{"b":1}'}


def test_a_choice_goes_where_its_rule_leads_and_else_to_its_default() -> None:
    states = {
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericGreaterThan": 5, "Next": "Big"}],
            "Default": "Small",
        },
        "Big": {"Type": "Succeed"},
        "Small": {"Type": "Pass", "Result": "small", "End": True},
    }
    assert run(states, {"n": 7}).output == '{"n":7}'
    assert run(states, {"n": 5}).output == '"small"'


def test_no_rule_and_no_default_fails() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 5, "Next": "End"}]}
    execution = run({"C": choice, "End": {"Type": "Succeed"}}, {"n": 1})
    assert (execution.status, execution.error) == ("FAILED", "States.NoChoiceMatched")


def test_a_fail_state_gives_its_error_and_cause_and_has_no_exit() -> None:
    execution = run({"F": {"Type": "Fail", "Error": "Bad", "Cause": "because"}})
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "Bad", "because")
    assert shape(execution)[1:] == [(2, 0, "FailStateEntered"), (3, 2, "ExecutionFailed")]
    assert execution.history[-1].details == {"error": "Bad", "cause": "because"}


@pytest.mark.parametrize(
    ("fields", "given", "seconds"),
    [
        ({"Seconds": 90}, {}, 90),
        ({"SecondsPath": "$.s"}, {"s": 3}, 3),
        ({"Timestamp": "2023-11-14T22:14:20Z"}, {}, 60),
        ({"Timestamp": "2001-01-01T00:00:00Z"}, {}, 0),
    ],
)
def test_a_wait_ends_at_its_time(fields: dict[str, Any], given: Any, seconds: float) -> None:
    execution = run({"W": {"Type": "Wait", **fields, "End": True}}, given)
    assert execution.status == "SUCCEEDED"
    assert execution.stopped_at == START + seconds


def test_a_jsonata_machine_assigns_and_outputs() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"x": "{% $states.input.a * 2 %}"}, "Next": "B"},
        "B": {"Type": "Pass", "Output": {"y": "{% $x + 1 %}"}, "End": True},
    }
    execution = run(states, {"a": 20}, QueryLanguage="JSONata")
    assert execution.output == '{"y":41}'
    assert execution.history[2].details == {
        "name": "A",
        "output": '{"a":20}',
        "assignedVariables": {"x": "40"},
    }
    assert execution.variables == {"x": 40}


def test_an_expression_that_fails_writes_evaluation_failed() -> None:
    states = {"A": {"Type": "Pass", "Output": "{% $states.input.a.b %}", "End": True}}
    execution = run(states, {}, QueryLanguage="JSONata")
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")
    assert [event.type for event in execution.history][2:] == ["EvaluationFailed", "ExecutionFailed"]
    details = execution.history[2].details or {}
    assert details["state"] == "A"
    assert details["location"] == "Output"
    assert "An error occurred while executing the state 'A' (entered at the event id #2)." in details["cause"]


def test_a_loop_ends_at_the_25000th_event() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    execution = run({"A": {"Type": "Pass", "Next": "A"}})
    assert (execution.status, execution.error) == ("FAILED", "States.Runtime")
    assert len(execution.history) == 25_000
    assert execution.cause == "The execution reached the maximum number of history events (25000)."


def test_an_output_over_the_limit_fails_the_state() -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 256 KiB as UTF-8
    double = {"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}}
    states: dict[str, Any] = {f"D{i}": {**double, "Next": f"D{i + 1}"} for i in range(20)}
    states["D20"] = {"Type": "Succeed"}
    execution = run(states, json.dumps("x" * 1000))
    assert (execution.status, execution.error) == ("FAILED", "States.DataLimitExceeded")
    assert all(len(json.dumps(event.details)) < 300_000 for event in execution.history)


def test_the_machines_timeout_ends_it() -> None:
    execution = run({"W": {"Type": "Wait", "Seconds": 100, "End": True}}, TimeoutSeconds=10)
    assert (execution.status, execution.error, execution.output) == ("TIMED_OUT", None, None)
    assert execution.stopped_at == START + 10
    assert execution.history[-1].type == "ExecutionTimedOut"
