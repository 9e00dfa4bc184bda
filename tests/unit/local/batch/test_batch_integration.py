"""Names and shapes of Step Functions' batch:submitJob."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.local.batch.fakes import Client
from tests.unit.local.batch.shapes import after, several, shell, spread

from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.integration import failure, submit_payload, sync_result


def test_parameters_become_a_request(client: Client) -> None:
    payload = submit_payload(
        {
            "JobName": "j",
            "JobQueue": "high",
            "JobDefinition": "align",
            "Parameters": {"SampleId": "s1", "lower": "x"},
            "ContainerOverrides": {
                "Environment": [{"Name": "A", "Value": "1"}],
                "ResourceRequirements": [{"Type": "VCPU", "Value": "2"}],
            },
            "RetryStrategy": {"Attempts": 2, "EvaluateOnExit": [{"OnReason": "*", "Action": "EXIT"}]},
            "ArrayProperties": {"Size": 2},
            "Tags": {"Team": "x"},
        }
    )
    assert payload["parameters"] == {"SampleId": "s1", "lower": "x"}
    assert payload["containerOverrides"]["environment"] == [{"name": "A", "value": "1"}]
    assert payload["retryStrategy"]["evaluateOnExit"] == [{"onReason": "*", "action": "EXIT"}]
    assert client.ended(client.call("SubmitJob", **payload)["jobId"])["tags"] == {"Team": "x"}


def test_unknown_parameter_is_named() -> None:
    with pytest.raises(ApiError, match='The field "Nme" is not supported by Step Functions'):
        submit_payload({"ContainerOverrides": {"Environment": [{"Nme": "A"}]}})


def test_result_is_the_detail_in_pascal_case(client: Client) -> None:
    detail = client.ended(client.submit(parameters={"sampleId": "s1"}, tags={"team": "x"}))
    result = sync_result(detail)
    assert (result["JobId"], result["Status"]) == (detail["jobId"], "SUCCEEDED")
    assert result["Container"]["ExitCode"] == 0
    assert result["Attempts"][0]["Container"]["TaskArn"] == detail["container"]["taskArn"]
    assert result["Parameters"] == {"sampleId": "s1"}
    assert result["Tags"] == {"team": "x"}


def test_failure_carries_the_detail_as_cause(client: Client) -> None:
    detail = client.ended(client.submit())
    error, cause = failure(detail)
    assert error == "States.TaskFailed"
    assert json.loads(cause) == sync_result(detail)


def test_result_of_several_containers(client: Client) -> None:
    several(client, main=shell(""), side=shell("", essential=False, dependsOn=after("main:START")))
    override = {"TaskProperties": [{"Containers": [{"Name": "main", "Command": ["go"]}]}]}
    names = {"JobName": "j", "JobQueue": "high", "JobDefinition": "several"}
    payload = submit_payload(names | {"EcsPropertiesOverride": override})
    result = sync_result(client.ended(client.call("SubmitJob", **payload)["jobId"]))
    main, side = result["EcsProperties"]["TaskProperties"][0]["Containers"]
    assert (main["Name"], main["ExitCode"], main["Command"]) == ("main", 0, ["go"])
    assert side["DependsOn"] == [{"ContainerName": "main", "Condition": "START"}]
    assert (
        result["Attempts"][0]["TaskProperties"][0]["Containers"][0]["LogStreamName"] == main["LogStreamName"]
    )


def test_result_of_several_nodes(client: Client) -> None:
    spread(client, 2, _0="", _1_="")
    names = {"JobName": "j", "JobQueue": "high", "JobDefinition": "spread"}
    payload = submit_payload(names | {"NodeOverrides": {"NumNodes": 3}})
    result = sync_result(client.ended(client.call("SubmitJob", **payload)["jobId"]))
    assert (result["NodeProperties"]["NumNodes"], result["Status"]) == (3, "SUCCEEDED")
    assert result["NodeProperties"]["NodeRangeProperties"][1]["TargetNodes"] == "1:"
    assert result["Attempts"][0]["Container"]["ExitCode"] == 0


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=5)))
def test_keys_of_the_author_are_left_alone(document: dict[str, str]) -> None:
    assert submit_payload({"Parameters": document, "Tags": document}) == {
        "parameters": document,
        "tags": document,
    }
    options = {"logConfiguration": {"logDriver": "awslogs", "options": document}}
    assert sync_result({"container": options, "parameters": document}) == {
        "Container": {"LogConfiguration": {"LogDriver": "awslogs", "Options": document}},
        "Parameters": document,
    }
