"""Names and wording of failures, as recorded of the service."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.tasks.fakes import Environment, refused

DYNAMO = {"TableName": "table", "Item": {"id": {"S": "1"}}}
NULL_ITEM = (
    "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be null"
)


def v1(message: str, service: str, status: int, code: str) -> str:
    details = f"Service: {service}; Status Code: {status}; Error Code: {code}; Request ID: r-1; Proxy: null"
    return f"{message} ({details})"


def v2(message: str, service: str, status: int, more: str = "") -> str:
    return (
        f"{message} (Service: {service}, Status Code: {status}, Request ID: r-1{more}) (SDK Attempt Count: 1)"
    )


@pytest.mark.parametrize(
    ("resource", "service", "arguments", "raised", "error", "cause"),
    [
        (
            "dynamodb:putItem",
            "dynamodb",
            DYNAMO,
            refused("ResourceNotFoundException", "Requested resource not found"),
            "DynamoDB.ResourceNotFoundException",
            v1("Requested resource not found", "AmazonDynamoDBv2", 400, "ResourceNotFoundException"),
        ),
        (
            "dynamodb:putItem",
            "dynamodb",
            DYNAMO,
            refused("ValidationException", "no such name"),
            "DynamoDB.AmazonDynamoDBException",
            v1("no such name", "AmazonDynamoDBv2", 400, "ValidationException"),
        ),
        (
            "aws-sdk:dynamodb:putItem",
            "dynamodb",
            DYNAMO,
            refused("ResourceNotFoundException", "Requested resource not found"),
            "DynamoDb.ResourceNotFoundException",
            v2("Requested resource not found", "DynamoDb", 400),
        ),
        (
            "aws-sdk:dynamodb:putItem",
            "dynamodb",
            DYNAMO,
            refused("ValidationException", "no such name"),
            "DynamoDb.DynamoDbException",
            v2("no such name", "DynamoDb", 400),
        ),
        (
            "aws-sdk:s3:listObjects",
            "s3",
            {"Bucket": "b"},
            refused("NoSuchBucket", "The specified bucket does not exist", 404),
            "S3.NoSuchBucketException",
            v2("The specified bucket does not exist", "S3", 404, ", Extended Request ID: h-1"),
        ),
        (
            "aws-sdk:s3:headObject",
            "s3",
            {"Bucket": "b", "Key": "k"},
            refused("404", "Not Found", 404),
            "S3.NoSuchKeyException",
            v2("null", "S3", 404, ", Extended Request ID: h-1"),
        ),
        (
            "aws-sdk:s3:getObject",
            "s3",
            {"Bucket": "b", "Key": "k"},
            refused("AccessDenied", "Access Denied", 403),
            "S3.S3Exception",
            v2("Access Denied", "S3", 403, ", Extended Request ID: h-1"),
        ),
        (
            "aws-sdk:sfn:sendTaskSuccess",
            "stepfunctions",
            {"TaskToken": "t", "Output": "{}"},
            refused("InvalidToken", "Invalid Token: 'Invalid token'"),
            "Sfn.InvalidTokenException",
            v2("Invalid Token: 'Invalid token'", "Sfn", 400),
        ),
        (
            "aws-sdk:secretsmanager:createSecret",
            "secretsmanager",
            {"Name": "Invalid Name"},
            refused("ValidationException", "Invalid name."),
            "SecretsManager.SecretsManagerException",
            v2("Invalid name.", "SecretsManager", 400),
        ),
        (
            "states:startExecution",
            "stepfunctions",
            {"StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:no"},
            refused("StateMachineDoesNotExist", "State Machine Does Not Exist: 'no'"),
            "StepFunctions.StateMachineDoesNotExistException",
            v1("State Machine Does Not Exist: 'no'", "AWSStepFunctions", 400, "StateMachineDoesNotExist"),
        ),
        (
            "sqs:sendMessage",
            "sqs",
            {"QueueUrl": "u", "MessageBody": "x"},
            refused("AWS.NonExistentQueue", "no queue", QueryErrorCode="QueueDoesNotExist"),
            "SQS.QueueDoesNotExistException",
            v1("no queue", "AmazonSQS", 400, "AWS.NonExistentQueue"),
        ),
        (
            "lambda:invoke",
            "lambda",
            {"FunctionName": "f"},
            refused("AccessDeniedException", "User: u is not authorized", 403),
            "Lambda.AWSLambdaException",
            v1("User: u is not authorized", "AWSLambda", 403, "AccessDeniedException"),
        ),
        (
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "lambda",
            {},
            refused("TooManyRequestsException", "Rate Exceeded.", 429),
            "Lambda.TooManyRequestsException",
            v1("Rate Exceeded.", "AWSLambda", 429, "TooManyRequestsException"),
        ),
    ],
)
def test_refusals(
    env: Environment, resource: str, service: str, arguments: Any, raised: Exception, error: str, cause: str
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
    found = env.run(resource, arguments, raised, service=service)
    assert (found.error, found.cause, found.phase) == (error, cause, "run")


@pytest.mark.parametrize(
    ("resource", "service", "arguments", "error", "message"),
    [
        ("aws-sdk:dynamodb:putItem", "dynamodb", {"TableName": "t"}, "DynamoDb.DynamoDbException", NULL_ITEM),
        (
            "dynamodb:putItem",
            "dynamodb",
            {"TableName": "t", "Item": None},
            "DynamoDB.AmazonDynamoDBException",
            NULL_ITEM,
        ),
        (
            "sqs:sendMessage",
            "sqs",
            {"QueueUrl": "u", "MessageBody": None},
            "SQS.AmazonSQSException",
            "The request must contain the parameter MessageBody.",
        ),
    ],
)
def test_null_is_what_the_service_refuses(
    env: Environment, resource: str, service: str, arguments: Any, error: str, message: str
) -> None:
    """Recorded of putItem and sendMessage: Step Functions sends what is null, the service refuses it."""
    found = env.run(resource, arguments, service=service)
    assert found.error == error
    assert found.cause.startswith(f"{message} (Service: ")
    assert env.clients[service].sent == []


def test_no_answer(env: Environment) -> None:
    """Recorded of sqs:sendMessage to a host that there is not."""
    from botocore.exceptions import EndpointConnectionError

    problem = EndpointConnectionError(endpoint_url="http://nowhere")
    found = env.run("sqs:sendMessage", {"QueueUrl": "u", "MessageBody": "x"}, problem, service="sqs")
    assert found.error == "SQS.SdkClientException"
    assert found.cause == f"Unable to execute HTTP request: {problem}"


@pytest.mark.parametrize(
    "resource", ["sqs:sendMessage.waitForTaskToken", "aws-sdk:sqs:sendMessage.waitForTaskToken"]
)
def test_a_task_that_would_wait_fails_in_its_submission(env: Environment, resource: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskSubmitFailedEventDetails.html"""
    found = env.run(resource, {"QueueUrl": "u", "MessageBody": "x"}, refused("Some", "x"), service="sqs")
    assert found.phase == "submit"


def test_the_machines_role_makes_the_call(env: Environment) -> None:
    env.run("sqs:sendMessage", {"QueueUrl": "u", "MessageBody": "x"}, {"MessageId": "m"}, service="sqs")
    assert env.connected == [("sqs", "arn:aws:iam::000000000000:role/machine")]


def test_a_role_that_can_not_be_assumed(env: Environment) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
    env.iam.unknown.add("arn:aws:iam::000000000000:role/machine")
    found = env.run("sqs:sendMessage", {"QueueUrl": "u", "MessageBody": "x"}, service="sqs")
    assert (found.error, "can not be assumed" in found.cause) == ("States.Permissions", True)


@pytest.mark.parametrize(
    ("resource", "arguments"),
    [
        ("sqs:sendMessage", {"QueueUrl": "u", "MessageBody": "x"}),
        ("batch:submitJob", {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}),
    ],
)
def test_a_role_of_credentials_that_the_machines_may_not_assume(
    env: Environment, resource: str, arguments: Any
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html"""
    env.iam.unknown.add("arn:aws:iam::000000000000:role/machine")
    own = "arn:aws:iam::000000000000:role/own"
    found = env.run(resource, arguments, service="sqs", machine_role_arn=own)
    assert found.error == "States.TaskFailed"
    assert found.cause.startswith("The role arn:aws:iam::000000000000:role/own is not authorized to assume ")
    assert env.batch.calls == []
