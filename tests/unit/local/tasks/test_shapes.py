"""Requests and results by the API's model."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.local.tasks.fakes import METADATA, task

from batchyard.local.tasks import calls, catalog, shapes
from batchyard.local.tasks.failures import TaskError

WHEN = datetime(2025, 2, 4, 1, 49, 50, 99_000, tzinfo=UTC)


def prepared(resource: str, arguments: Any) -> dict[str, Any]:
    call = task(resource, arguments)
    return calls.prepare(call, catalog.target(call.call))


def finished(resource: str, answer: Any) -> dict[str, Any]:
    return calls.finish(answer, catalog.target(task(resource, {}).call))


BODY = {"Bucket": "b", "Key": "k"}
MESSAGE = {"QueueUrl": "u"}
SUBNETS = {"Subnets": ["s"]}
REQUESTS: list[tuple[str, Any, Any]] = [
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html: a body may be an object
    ("sqs:sendMessage", {**MESSAGE, "MessageBody": {"a": 1}}, {**MESSAGE, "MessageBody": '{"a":1}'}),
    ("sns:publish", {"TopicArn": "t", "Message": 3}, {"TopicArn": "t", "Message": "3"}),
    (
        "ecs:runTask",
        {"TaskDefinition": "t", "NetworkConfiguration": {"AwsvpcConfiguration": SUBNETS}},
        {"taskDefinition": "t", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}},
    ),
    (
        "dynamodb:putItem",
        {"TableName": "t", "Item": {"id": {"S": "x"}}, "ConditionExpression": None},
        {"TableName": "t", "Item": {"id": {"S": "x"}}},
    ),
    # Recorded of aws-sdk:sfn:startExecution: an object as Input.
    (
        "aws-sdk:sfn:startExecution",
        {"StateMachineArn": "m", "Input": {"k": 1}},
        {"stateMachineArn": "m", "input": '{"k":1}'},
    ),
    # Recorded of aws-sdk:s3:putObject: the object has the JSON of the body, quotes of a text too.
    ("aws-sdk:s3:putObject", {**BODY, "Body": "text"}, {**BODY, "Body": b'"text"'}),
    ("aws-sdk:s3:putObject", {**BODY, "Body": False}, {**BODY, "Body": b"false"}),
    ("aws-sdk:rds:describeDBInstances", {"DbInstanceIdentifier": "d"}, {"DBInstanceIdentifier": "d"}),
    ("aws-sdk:s3:listObjectsV2", {"Bucket": "b", "MaxKeys": 3.0}, {"Bucket": "b", "MaxKeys": 3}),
    ("aws-sdk:kinesis:putRecord", {"StreamName": "s", "Data": "d"}, {"StreamName": "s", "Data": b"d"}),
]
# https://docs.aws.amazon.com/step-functions/latest/dg/connect-parameters.html
UNKNOWN = 'The field "{}" is not supported by Step Functions'
WRONG = "The value for the field '{}' must be {}"
FAULTS: list[tuple[str, Any, str]] = [
    ("sqs:sendMessage", {"MessageBody": "x"}, "The field 'QueueUrl' is required but was missing"),
    ("aws-sdk:ec2:describeSnapshots", {"Filter": []}, UNKNOWN.format("Filter")),
    (
        "aws-sdk:batch:submitJob",
        {"JobName": "n", "RetryStrategy": {"EvaluateOnExit": [{"onStatusReason": "x"}]}},
        UNKNOWN.format("onStatusReason"),
    ),
    (
        "aws-sdk:rds:describeDBInstances",
        {"DBInstanceIdentifier": "d"},
        UNKNOWN.format("DBInstanceIdentifier"),
    ),
    ("aws-sdk:s3:getObject", {"Bucket": 1, "Key": "k"}, WRONG.format("Bucket", "a STRING")),
    ("aws-sdk:s3:listObjectsV2", {"MaxKeys": "x"}, WRONG.format("MaxKeys", "an INTEGER")),
    ("aws-sdk:s3:getObject", {"IfModifiedSince": "soon"}, WRONG.format("IfModifiedSince", "a TIMESTAMP")),
]


@pytest.mark.parametrize(("resource", "arguments", "expected"), REQUESTS)
def test_arguments_become_requests(resource: str, arguments: Any, expected: Any) -> None:
    assert prepared(resource, arguments) == expected


@pytest.mark.parametrize(("resource", "arguments", "fault"), FAULTS)
def test_what_does_not_fit_is_named(resource: str, arguments: Any, fault: str) -> None:
    with pytest.raises(TaskError) as raised:
        prepared(resource, arguments)
    assert raised.value.error == "States.Runtime"
    cause = str(raised.value.cause)
    sent = json.dumps(arguments, separators=(",", ":"))
    assert cause.startswith(f"The Parameters '{sent}' could not be used to start the Task: [{fault}")


VALUES = st.none() | st.booleans() | st.text() | st.dictionaries(st.text(), st.text())


@given(st.dictionaries(st.sampled_from(["TableName", "Key", "ConsistentRead"]), VALUES))
def test_what_is_taken_is_sent_whole(arguments: dict[str, Any]) -> None:
    faults: list[str] = []
    target = catalog.target(task("aws-sdk:dynamodb:getItem", {}).call)
    found = shapes.request(arguments, target.operation.input_shape, target.style, faults)
    assert set(found) == {key for key, value in arguments.items() if value is not None}
    name = arguments.get("TableName")
    if not faults and name is not None:
        assert (json.loads(found["TableName"]) if isinstance(name, dict) else found["TableName"]) == name


@pytest.mark.parametrize(
    ("client", "operation", "params", "expected"),
    [
        ("dynamodb", "PutItem", {"TableName": "t"}, ["Item"]),
        ("dynamodb", "PutItem", {"TableName": "t", "Item": {}}, []),
        ("s3", "PutBucketVersioning", {"Bucket": "b"}, ["VersioningConfiguration"]),
        (
            "ecs",
            "RunTask",
            {"taskDefinition": "t", "networkConfiguration": {"awsvpcConfiguration": {}}},
            ["networkConfiguration.awsvpcConfiguration.subnets"],
        ),
    ],
)
def test_what_a_request_lacks(client: str, operation: str, params: Any, expected: list[str]) -> None:
    shape = catalog.model(client).operation_model(operation).input_shape
    assert list(shapes.lacking(params, shape)) == expected


def test_results_of_the_sdk_have_iso_times_and_no_metadata() -> None:
    """Recorded of aws-sdk:s3:getObject: a text body, no SdkHttpMetadata."""
    answer = {"Body": b"text data", "LastModified": WHEN, "ContentLength": 9, "ResponseMetadata": METADATA}
    assert finished("aws-sdk:s3:getObject", answer) == {
        "Body": "text data",
        "ContentLength": 9,
        "LastModified": "2025-02-04T01:49:50.099Z",
    }


def test_results_of_optimized_integrations_have_milliseconds_and_metadata() -> None:
    """Recorded of states:startExecution."""
    answer = {"executionArn": "e", "startDate": WHEN, "ResponseMetadata": METADATA}
    assert finished("states:startExecution", answer) == {
        "ExecutionArn": "e",
        "SdkHttpMetadata": {
            "AllHttpHeaders": {"Content-Length": ["2"]},
            "HttpHeaders": {"Content-Length": "2"},
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": "r-1"},
        "StartDate": 1738633790099,
    }


def test_lists_that_ecs_leaves_out_are_empty() -> None:
    """Recorded of ecs:runTask: `"GpuIds": []`, `"Tags": []`."""
    found = finished("ecs:runTask", {"tasks": [{"taskArn": "t"}]})
    assert (found["Failures"], found["Tasks"][0]["TaskArn"], found["Tasks"][0]["Tags"]) == ([], "t", [])


def test_names_in_results_are_the_sdks() -> None:
    answer = {"DBInstances": [{"DBInstanceIdentifier": "d", "TagList": [{"Key": "lower", "Value": "v"}]}]}
    expected = {"DbInstances": [{"DbInstanceIdentifier": "d", "TagList": [{"Key": "lower", "Value": "v"}]}]}
    assert finished("aws-sdk:rds:describeDBInstances", answer) == expected


def test_keys_of_maps_are_data() -> None:
    answer = {"Attributes": {"lower": {"S": "x"}}}
    assert finished("aws-sdk:dynamodb:updateItem", answer) == answer


def test_policies_stay_as_the_service_sends_them() -> None:
    found = finished("aws-sdk:iam:getRole", {"Role": {"AssumeRolePolicyDocument": {"Version": "2012-10-17"}}})
    assert found["Role"]["AssumeRolePolicyDocument"] == "%7B%22Version%22%3A%20%222012-10-17%22%7D"


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)))
def test_both_forms_of_a_time_tell_the_same_millisecond(naive: datetime) -> None:
    when = naive.replace(microsecond=naive.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(hours=2)))
    assert datetime.fromisoformat(shapes.iso(when)) == when
    assert shapes.epoch_ms(when) == round(when.timestamp() * 1000)


@pytest.mark.parametrize(("blob", "expected"), [(b"", ""), ("é".encode(), "é"), (b"\xff\x00", "/wA=")])
def test_blobs_are_text(blob: bytes, expected: str) -> None:
    assert shapes.text(blob) == expected
