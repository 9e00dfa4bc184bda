"""Reading a state machine: states with their places, transitions, integrations, literal ARNs."""

from __future__ import annotations

from typing import Any

import pytest

from batchyard import asl

TOKEN = "waitForTaskToken"
DEFINITION: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "A/b",
    "States": {
        "A/b": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "C", "States": {"C": {"Type": "Pass", "End": True}}}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "D"}],
            "Next": "E",
        },
        "D": {"Type": "Fail"},
        "E": {
            "Type": "Map",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "F",
                "States": {
                    "F": {"Type": "Choice", "Choices": [{"Condition": "x", "Next": "G"}], "Default": "G"}
                },
            },
            "End": True,
        },
    },
}  # fmt: skip


def test_states_are_found_in_document_order_with_their_pointers() -> None:
    machine = asl.read(DEFINITION)
    assert [(state.name, state.path) for state in machine.states] == [
        ("A/b", "/States/A~1b"),
        ("D", "/States/D"),
        ("E", "/States/E"),
        ("C", "/States/A~1b/Branches/0/States/C"),
        ("F", "/States/E/ItemProcessor/States/F"),
    ]
    assert [(scope.kind, scope.express) for scope in machine.scopes] == [
        ("machine", False),
        ("branch", False),
        ("item", True),
    ]


def test_transitions_have_kind_target_and_place() -> None:
    states = {state.name: state for state in asl.read(DEFINITION).states}
    edges = [(edge.kind, edge.target, edge.path) for name in ("A/b", "F") for edge in states[name].edges]
    assert edges == [
        ("next", "E", "/States/A~1b/Next"),
        ("catch", "D", "/States/A~1b/Catch/0/Next"),
        ("choice", "G", "/States/E/ItemProcessor/States/F/Choices/0/Next"),
        ("default", "G", "/States/E/ItemProcessor/States/F/Default"),
    ]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:states:::batch:submitJob.sync", ("service", "batch", "submitJob", "sync")),
        ("arn:aws:states:::states:startExecution.sync:2", ("service", "states", "startExecution", "sync")),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", ("service", "sqs", "sendMessage", TOKEN)),
        ("arn:aws-cn:states:::aws-sdk:s3:getObject", ("sdk", "s3", "getObject", "request")),
        ("arn:aws:lambda:us-east-1:000000000000:function:f:live", ("lambda", "lambda", "invoke", "request")),
        ("arn:aws:states:us-east-1:000000000000:activity:a", ("activity", "states", "activity", "request")),
        ("arn:aws:s3:::bucket", None),
        (7, None),
    ],
)  # fmt: skip
def test_a_resource_says_what_is_called_and_how_it_waits(
    resource: object, expected: tuple[str, ...] | None
) -> None:
    call = asl.integration(resource)
    assert (call and (call.kind, call.service, call.action, call.pattern)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("arn:aws:s3:::a", ["arn:aws:s3:::a"]),
        ({"x": ["{% $q = 'low' ? 'arn:aws:a:b' : 'arn:aws:a:c' %}"]}, ["arn:aws:a:b", "arn:aws:a:c"]),
        ("{% 'arn:aws:a:' & $states.input.name %}", []),
        ("States.Array('arn:aws:sns:x:y:z')", ["arn:aws:sns:x:y:z"]),
        ("States.Format('arn:aws:sns:{}', $.x)", []),
        ("{% not ( jsonata %}", []),
    ],
)
def test_only_arns_that_are_written_out_in_full_are_literal(value: object, expected: list[str]) -> None:
    assert sorted(asl.literal_arns(value)) == expected


def test_a_state_may_speak_jsonata_in_a_machine_of_jsonpath() -> None:
    body = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "QueryLanguage": "JSONata"}, "B": {"Type": "Pass"}},
    }
    assert [state.jsonata for state in asl.read(body).states] == [True, False]


def test_nesting_without_end_is_cut_off() -> None:
    deep: dict[str, Any] = {"Type": "Pass", "End": True}
    for _ in range(200):
        deep = {"Type": "Map", "ItemProcessor": {"StartAt": "S", "States": {"S": deep}}, "End": True}
    assert len(asl.read({"StartAt": "S", "States": {"S": deep}}).scopes) == asl.MAX_DEPTH + 1
