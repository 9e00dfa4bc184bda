"""The optimized integrations that the local environment has, as one table.

Actions: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html. Names in errors are
those of the Java SDK, version 1, through which Step Functions makes these calls: the base classes of its
exceptions, and its names of services. Recorded executions show `SQS.AmazonSQSException`,
`DynamoDB.AmazonDynamoDBException`, `StepFunctions.StateMachineDoesNotExistException`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """How Step Functions calls a service by its optimized integration.

    Args:
        client: boto3's name of the service.
        prefix: of error names.
        base: error name of what the SDK has no exception for.
        service: in causes.
        actions: of the Resource.
        metadata: whether results carry SdkHttpMetadata and SdkResponseMetadata.
        filled: whether lists that the service leaves out are shown empty.
    """

    client: str
    prefix: str
    base: str
    service: str
    actions: frozenset[str]
    metadata: bool = True
    filled: bool = False


def _actions(*names: str) -> frozenset[str]:
    return frozenset(names)


OPTIMIZED: dict[str, Fact] = {
    "batch": Fact("batch", "Batch", "AWSBatchException", "AWSBatch", _actions("submitJob")),
    "dynamodb": Fact(
        "dynamodb",
        "DynamoDB",
        "AmazonDynamoDBException",
        "AmazonDynamoDBv2",
        _actions("getItem", "putItem", "updateItem", "deleteItem"),
    ),
    "ecs": Fact("ecs", "ECS", "AmazonECSException", "AmazonECS", _actions("runTask"), filled=True),
    "events": Fact(
        "events",
        "EventBridge",
        "AmazonEventBridgeException",
        "AmazonEventBridge",
        _actions("putEvents"),
        metadata=False,
    ),
    "lambda": Fact("lambda", "Lambda", "AWSLambdaException", "AWSLambda", _actions("invoke")),
    "sns": Fact("sns", "SNS", "AmazonSNSException", "AmazonSNS", _actions("publish")),
    "sqs": Fact("sqs", "SQS", "AmazonSQSException", "AmazonSQS", _actions("sendMessage")),
    "states": Fact(
        "stepfunctions",
        "StepFunctions",
        "AWSStepFunctionsException",
        "AWSStepFunctions",
        _actions("startExecution"),
    ),
}
# Members that carry text of any form, where other JSON values are sent as their JSON.
TEXT = frozenset({"Message", "MessageBody", "Detail", "Input"})
