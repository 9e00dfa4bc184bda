"""What DescribeStateMachine tells of aliases, Map states, variables, and an execution's machine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.local.states.resource_client import ROLE, START, Client, arn, definition

RUN = arn("exome:run", "execution")


def machine(**states: Any) -> str:
    return json.dumps({"StartAt": next(iter(states)), "States": states})


PROCESSOR = {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "Align",
    "States": {"Align": {"Type": "Pass", "End": True}},
}
LABELLED = machine(Each={"Type": "Map", "Label": "samples", "ItemProcessor": PROCESSOR, "End": True})


def started(**changes: Any) -> dict[str, Any]:
    return {
        "machine": arn("exome"),
        "name": "exome",
        "roleArn": ROLE,
        "definition": definition(),
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        "revisionId": None,
        "updateDate": START,
        **changes,
    }


def test_an_alias_is_described_as_the_version_that_it_starts(client: Client) -> None:
    client.machine(publish=True)
    client(
        "CreateStateMachineAlias",
        name="live",
        routingConfiguration=[{"stateMachineVersionArn": arn("exome:1"), "weight": 100}],
    )
    client("UpdateStateMachine", stateMachineArn=arn("exome"), definition=definition("two"))
    found = client("DescribeStateMachine", stateMachineArn=arn("exome:live"))
    assert (found["stateMachineArn"], found["definition"]) == (arn("exome:live"), definition())


def test_a_map_state_is_described_by_its_label(client: Client) -> None:
    client.machine(definition=LABELLED)
    found = client("DescribeStateMachine", stateMachineArn=arn("exome/samples"))
    assert (found["label"], json.loads(found["definition"])) == ("samples", PROCESSOR)
    assert (
        client.refused("DescribeStateMachine", stateMachineArn=arn("exome/other"))[0]
        == "StateMachineDoesNotExist"
    )


def test_the_machine_of_an_execution(client: Client) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
    client.around.executions[RUN] = started(revisionId="r-1")
    assert client("DescribeStateMachineForExecution", executionArn=RUN) == {
        "stateMachineArn": arn("exome"),
        "name": "exome",
        "definition": definition(),
        "roleArn": ROLE,
        "updateDate": START,
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        "revisionId": "r-1",
    }


def test_the_machine_of_a_child_execution(client: Client) -> None:
    map_run = arn("exome/samples:11111111-2222-3333-4444-555555555555", "mapRun")
    child = arn("exome/samples:child", "execution")
    client.around.executions[child] = started(
        definition=LABELLED, pointer="/States/Each/ItemProcessor", mapRunArn=map_run
    )
    found = client("DescribeStateMachineForExecution", executionArn=child)
    assert (found["mapRunArn"], found["label"]) == (map_run, "samples")
    assert json.loads(found["definition"]) == PROCESSOR


@pytest.mark.parametrize(
    ("execution", "refusal"),
    [
        (RUN, ("ExecutionDoesNotExist", f"Execution Does Not Exist: '{RUN}'")),
        ("run", ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: run'")),
        (
            arn("exome:run:1", "express"),
            ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'"),
        ),
    ],
)
def test_executions_that_are_none(client: Client, execution: str, refusal: tuple[str, str]) -> None:
    assert client.refused("DescribeStateMachineForExecution", executionArn=execution) == refusal


# "A map of state name to a list of variables referenced by that state. States that do not use variable
# references will not be shown": https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
@pytest.mark.parametrize(
    ("state", "variables"),
    [
        (
            {
                "Type": "Pass",
                "Parameters": {"a.$": "$result", "b": "$none", "c.$": "$.x", "d.$": "$$.State.Name"},
            },
            ["result"],
        ),
        ({"Type": "Pass", "Assign": {"sum.$": "States.MathAdd($b, $a)", "c": "$d"}}, ["a", "b"]),
        ({"Type": "Pass", "Parameters": {"a.$": "States.Format('$no {}', $yes.deep[0])"}}, ["yes"]),
        ({"Type": "Pass", "Parameters": {"FilePath": "$none"}}, []),
        ({"Type": "Pass", "Result": {"a.$": "$.x"}, "OutputPath": "$answer"}, ["answer"]),
        ({"Type": "Wait", "SecondsPath": "$pause"}, ["pause"]),
        (
            {"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $pause + $states.input.more %}"},
            ["pause"],
        ),
        (
            {
                "Type": "Pass",
                "QueryLanguage": "JSONata",
                "Output": "{% ($x := $b; $map($a, function($v) {$v + $x})) %}",
            },
            ["a", "b"],
        ),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "$text"}, []),
    ],
)
def test_variables_that_a_state_refers_to(
    client: Client, state: dict[str, Any], variables: list[str]
) -> None:
    client.machine(
        definition=machine(
            First={"Type": "Pass", "Assign": {"pause": 1}, "Next": "Then"}, Then={**state, "End": True}
        )
    )
    found = client("DescribeStateMachine", stateMachineArn=arn("exome"))
    assert found.get("variableReferences") == ({"Then": variables} if variables else None)


def test_variables_of_choices_and_of_states_within_states(client: Client) -> None:
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "Parameters": {"a.$": "$bias"}, "End": True}}}
    rules = [{"Variable": "$guess", "StringEqualsPath": "$answer", "Next": "Each"}]
    text = machine(
        First={"Type": "Pass", "Assign": {"guess": 1, "answer": 2, "bias": 3}, "Next": "Ask"},
        Ask={"Type": "Choice", "Choices": rules, "Default": "Each"},
        Each={"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, "End": True},
    )
    client.machine(definition=text)
    found = client("DescribeStateMachine", stateMachineArn=arn("exome"))
    assert found["variableReferences"] == {"Ask": ["answer", "guess"], "In": ["bias"]}
