"""What tasks do with the environment's own services, with and without IAM enforced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.local.clients import ACCOUNT, REGION, Clients, policy, single, until
from tests.local.conftest import free_port, prepare

from batchyard.local import control

pytestmark = pytest.mark.local
STATES = f"arn:aws:states:{REGION}:{ACCOUNT}"
OK = "def handler(event, context): return event\n"
Run = Callable[..., dict[str, Any]]


def call(resource: str, parameters: Any, **more: Any) -> dict[str, Any]:
    full = resource if resource.startswith("arn:") else f"arn:aws:states:::{resource}"
    arguments = {} if parameters is None else {"Parameters": parameters}
    return single({"Type": "Task", "Resource": full, "End": True, **arguments, **more})


@pytest.fixture(scope="module")
def run(aws: Clients) -> Run:
    """Return what runs a machine of one task to its end."""
    made = iter(range(1000))

    def ended(resource: str, parameters: Any, role: str = "", **more: Any) -> dict[str, Any]:
        machine = aws.machine(f"tasks-{next(made)}", call(resource, parameters, **more), role)
        return aws.ended(aws.start(machine))

    return ended


def test_messages_items_events_and_objects(aws: Clients, run: Run) -> None:
    queue = aws("sqs").create_queue(QueueName="tasks")["QueueUrl"]
    aws("dynamodb").create_table(
        TableName="tasks",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws("s3").create_bucket(Bucket="tasks")
    item = {"id": {"S": "1"}, "n": {"N": "2"}}
    entry = {"Detail": {"a": 1}, "DetailType": "d", "Source": "s"}
    for resource, parameters in [
        ("sqs:sendMessage", {"QueueUrl": queue, "MessageBody": {"a": 1}}),
        ("dynamodb:putItem", {"TableName": "tasks", "Item": item}),
        ("events:putEvents", {"Entries": [entry]}),
        ("aws-sdk:s3:putObject", {"Bucket": "tasks", "Key": "k", "Body": {"a": 1}}),
    ]:
        ended = run(resource, parameters)
        assert ended["status"] == "SUCCEEDED", ended
    (message,) = aws("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == '{"a":1}'
    assert json.loads(
        run("aws-sdk:dynamodb:getItem", {"TableName": "tasks", "Key": {"id": {"S": "1"}}})["output"]
    ) == {"Item": item}
    assert (
        json.loads(run("aws-sdk:s3:getObject", {"Bucket": "tasks", "Key": "k"})["output"])["Body"]
        == '{"a":1}'
    )


@pytest.mark.parametrize(
    ("resource", "parameters", "error"),
    [
        ("aws-sdk:s3:getObject", {"Bucket": "no-such-bucket", "Key": "k"}, "S3.NoSuchBucketException"),
        ("aws-sdk:sqs:getQueueUrl", {"QueueName": "absent"}, "Sqs.QueueDoesNotExistException"),
        ("dynamodb:getItem", {"TableName": "absent", "Key": {}}, "DynamoDB.ResourceNotFoundException"),
        ("lambda:invoke", {"FunctionName": "absent"}, "Lambda.ResourceNotFoundException"),
        (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:absent", None, "Lambda.ResourceNotFoundException"),
        (
            "states:startExecution",
            {"StateMachineArn": f"{STATES}:stateMachine:absent"},
            "StepFunctions.StateMachineDoesNotExistException",
        ),
    ],
)
def test_what_there_is_not(run: Run, resource: str, parameters: Any, error: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
    assert run(resource, parameters)["error"] == error


def test_nested_executions(aws: Clients, run: Run) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html"""
    inner = aws.machine("inner", single({"Type": "Pass", "Result": {"x": 1}, "End": True}))
    parameters = {"StateMachineArn": inner, "Input": {"a": 1}}
    assert json.loads(run("states:startExecution", parameters)["output"])["ExecutionArn"]
    assert json.loads(run("states:startExecution.sync", parameters)["output"])["Output"] == '{"x":1}'
    assert json.loads(run("states:startExecution.sync:2", parameters)["output"])["Output"] == {"x": 1}


def test_a_nested_execution_ends_with_the_task_that_waits(aws: Clients, run: Run) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync"""
    inner = aws.machine("sleeper", single({"Type": "Wait", "Seconds": 60, "End": True}))
    ended = run("states:startExecution.sync:2", {"StateMachineArn": inner}, TimeoutSeconds=1)
    assert ended["error"] == "States.Timeout"
    states = aws("stepfunctions")
    until(lambda: states.list_executions(stateMachineArn=inner, statusFilter="ABORTED")["executions"])


def test_a_callback_by_message(aws: Clients) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token"""
    queue = aws("sqs").create_queue(QueueName="callbacks")["QueueUrl"]
    body = {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}}
    execution = aws.start(aws.machine("callback", call("sqs:sendMessage.waitForTaskToken", body)))
    (message,) = until(lambda: aws("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"))
    token = json.loads(message["Body"])["token"]
    aws("stepfunctions").send_task_success(taskToken=token, output='{"done":true}')
    assert json.loads(aws.ended(execution)["output"]) == {"done": True}


@pytest.fixture(scope="module")
def enforced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Return clients of an environment of its own that enforces IAM."""
    patch = pytest.MonkeyPatch()
    patch.setenv("BATCHYARD_LOCAL_DIR", str(prepare(tmp_path_factory.mktemp("enforced"))))
    clients = Clients(control.up(port=free_port(), enforce_iam=True).endpoint)
    clients.function("ok", OK, clients.role("function", "lambda.amazonaws.com"))
    clients("s3").create_bucket(Bucket="tasks")
    clients("s3").put_object(Bucket="tasks", Key="k", Body=b"text")
    clients("sqs").create_queue(QueueName="tasks")
    inner = single({"Type": "Succeed"})
    clients.machine("inner", inner, clients.role("inner", "states.amazonaws.com"))
    yield clients
    control.down()
    patch.undo()


RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:ok"
INNER = f"{STATES}:stateMachine:inner"
Needs = list[tuple[list[str], list[str]]]
GUARDED: list[tuple[str, Any, Needs, str]] = [
    (FUNCTION, None, [(["lambda:InvokeFunction"], [FUNCTION])], "Lambda.AWSLambdaException"),
    (
        "lambda:invoke",
        {"FunctionName": FUNCTION},
        [(["lambda:InvokeFunction"], [FUNCTION])],
        "Lambda.AWSLambdaException",
    ),
    (
        "aws-sdk:s3:getObject",
        {"Bucket": "tasks", "Key": "k"},
        [(["s3:GetObject"], ["arn:aws:s3:::tasks/k"])],
        "S3.S3Exception",
    ),
    (
        "sqs:sendMessage",
        {"QueueUrl": f"http://localhost/{ACCOUNT}/tasks", "MessageBody": "m"},
        [(["sqs:SendMessage"], [f"arn:aws:sqs:{REGION}:{ACCOUNT}:tasks"])],
        "SQS.AmazonSQSException",
    ),
    (
        "states:startExecution.sync:2",
        {"StateMachineArn": INNER},
        [
            (["states:StartExecution"], [INNER]),
            (["states:DescribeExecution", "states:StopExecution"], [f"{STATES}:execution:inner:*"]),
            (["events:PutRule", "events:PutTargets", "events:DescribeRule"], [RULE]),
        ],
        "StepFunctions.AWSStepFunctionsException",
    ),
]


@pytest.mark.parametrize(("resource", "parameters", "needs", "error"), GUARDED)
def test_a_task_does_what_the_machines_role_may(
    enforced: Clients, resource: str, parameters: Any, needs: Needs, error: str
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html"""
    name = f"guarded-{GUARDED.index((resource, parameters, needs, error))}"
    role = enforced.role(name, "states.amazonaws.com", policy(*needs))
    machine = enforced.machine(name, call(resource, parameters), role)

    def ended(*statements: tuple[list[str], list[str]]) -> dict[str, Any]:
        enforced("iam").put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
        return enforced.ended(enforced.start(machine))

    whole = ended(*needs)
    assert whole["status"] == "SUCCEEDED", whole
    for number in range(len(needs)):
        left = [need for index, need in enumerate(needs) if index != number] or [(["sts:Nothing"], ["*"])]
        assert ended(*left)["error"] == error
