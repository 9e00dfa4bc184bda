"""A machine's role holds exactly enough: empty it fails, derived it passes, less any one statement it fails.

A statement that is missing shows where the service needs it: a call of the execution fails, or the machine is
not taken (log delivery, managed rules). X-Ray's shows nowhere: traces that can not be sent are left out
(https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.local.clients import ACCOUNT, REGION, Clients, policy, single, trust
from tests.local.conftest import free_port, prepare

from batchyard.iam.states import derive
from batchyard.local import control
from batchyard.names import Names

pytestmark = pytest.mark.local
NAMES = Names("batchyard", "local", ACCOUNT, REGION)
FUNCTION = NAMES.arn("lambda", "function:echo")
TOPIC, INNER = NAMES.arn("sns", "roles"), NAMES.arn("states", "stateMachine:inner")
ACTIVITY = NAMES.arn("states", "activity:people")
GROUP = NAMES.arn("logs", "log-group:/aws/vendedlogs/states/roles")
LOGGING = {
    "level": "ALL",
    "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": f"{GROUP}:*"}}],
}
Json = dict[str, Any]


def task(resource: str, **arguments: Any) -> Json:
    full = resource if resource.startswith("arn:") else f"arn:aws:states:::{resource}"
    return {"Type": "Task", "Resource": full, "Arguments": arguments, "Output": {}}


MANY: Json = {
    "Type": "Map",
    "ItemReader": {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Arguments": {"Bucket": "roles-items", "Key": "items.json"},
    },
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Item",
        "States": {"Item": {**task("lambda:invoke", FunctionName=FUNCTION), "End": True}},
    },
    "ResultWriter": {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": "roles-results", "Prefix": "run"},
    },
    "Output": {},
}
STEPS: dict[str, Json] = {
    "Call": task("lambda:invoke", FunctionName=FUNCTION),
    "Send": task("sqs:sendMessage", QueueUrl=f"http://localhost/{ACCOUNT}/roles", MessageBody="m"),
    "Tell": task("sns:publish", TopicArn=TOPIC, Message="m"),
    "Put": task("dynamodb:putItem", TableName="roles", Item={"id": {"S": "1"}}),
    "Nest": task("states:startExecution.sync:2", StateMachineArn=INNER),
    "Emit": task("events:putEvents", Entries=[{"Source": "s", "DetailType": "d", "Detail": {"a": 1}}]),
    "Get": task("aws-sdk:s3:getObject", Bucket="roles-other", Key="k"),
    "Many": MANY,
    "Ask": task(ACTIVITY),
}
# What a run without the statement of this Sid ends with; None: it passes, see above.
ERRORS: dict[str, str | None] = {
    "InvokeFunctions": "Lambda.AWSLambdaException",
    "SendMessages": "SQS.AmazonSQSException",
    "PublishMessages": "SNS.AuthorizationErrorException",
    "UseTables": "DynamoDB.AmazonDynamoDBException",
    "StartExecutions": "StepFunctions.AWSStepFunctionsException",
    "FollowExecutions": "StepFunctions.AWSStepFunctionsException",
    "HearOfExecutions": "StepFunctions.AWSStepFunctionsException",
    "PutEvents": "EventBridge.AmazonEventBridgeException",
    "UseS3": "S3.S3Exception",
    "RunItems": "States.Permissions",
    "FollowItems": "States.Permissions",
    "ReadItems": "States.ItemReaderFailed",
    "WriteResults": "States.ResultWriterFailed",
    "DeliverLogs": None,
    "Trace": None,
}
# Why a machine is not taken with a role that lacks the statement of this Sid.
REFUSALS = {
    "DeliverLogs": "The state machine IAM Role is not authorized to access the Log Destination",
    "HearOfExecutions": "is not authorized to create managed-rule.",
}


def definition() -> Json:
    names = [*STEPS, "Done"]
    states = {
        name: {**state, "Next": after} for (name, state), after in zip(STEPS.items(), names[1:], strict=True)
    }
    return {
        "QueryLanguage": "JSONata",
        "StartAt": names[0],
        "States": {**states, "Done": {"Type": "Succeed"}},
    }


@pytest.fixture(scope="module")
def enforced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Return clients of an environment that enforces IAM, with all that the machine uses."""
    patch = pytest.MonkeyPatch()
    patch.setenv("BATCHYARD_LOCAL_DIR", str(prepare(tmp_path_factory.mktemp("roles"))))
    aws = Clients(control.up(port=free_port(), enforce_iam=True).endpoint)
    source = "def handler(event, context):\n    return event\n"
    aws.function("echo", source, aws.role("echo", "lambda.amazonaws.com"))
    for bucket, key, body in (("roles-items", "items.json", b"[1, 2]"), ("roles-other", "k", b"text")):
        aws("s3").create_bucket(Bucket=bucket)
        aws("s3").put_object(Bucket=bucket, Key=key, Body=body)
    aws("s3").create_bucket(Bucket="roles-results")
    aws("sqs").create_queue(QueueName="roles")
    aws("sns").create_topic(Name="roles")
    aws("dynamodb").create_table(
        TableName="roles",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws("logs").create_log_group(logGroupName=GROUP.partition("log-group:")[2])
    aws("stepfunctions").create_activity(name="people")
    aws.machine("inner", single({"Type": "Succeed"}), aws.role("inner", "states.amazonaws.com"))
    yield aws
    control.down()
    patch.undo()


def work(aws: Clients) -> None:
    """Answer one task of the activity."""
    states = aws("stepfunctions")
    found = states.get_activity_task(activityArn=ACTIVITY)
    states.send_task_success(taskToken=found["taskToken"], output="{}")


@dataclass(frozen=True)
class Case:
    """A machine whose role has lost a statement, and its execution."""

    role: str
    machine: str
    execution: str


def begin(aws: Clients, name: str, lost: Callable[[str], bool]) -> Case:
    """Make a machine with its derived role, take statements from that, and start it."""
    whole = derive(definition(), NAMES, state_machine=name)
    role = aws.role(name, "states.amazonaws.com")
    put(aws, role, whole)
    made = aws("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition()), roleArn=role, loggingConfiguration=LOGGING
    )
    put(aws, role, [each for each in whole if not lost(each["Sid"])])
    machine = made["stateMachineArn"]
    return Case(role, machine, aws.start(machine))


def put(aws: Clients, role: str, statements: list[Json]) -> None:
    name = role.rpartition("/")[2]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        aws("iam").put_role_policy(RoleName=name, PolicyName="derived", PolicyDocument=document)
    else:
        aws("iam").delete_role_policy(RoleName=name, PolicyName="derived")


def refusal(aws: Clients, case: Case) -> str | None:
    """Return why the machine is not taken with its role as it is now, or None."""
    states = aws("stepfunctions")
    try:
        states.update_state_machine(stateMachineArn=case.machine, roleArn=case.role)
    except ClientError as refused:
        error = refused.response["Error"]
    else:
        return None
    assert error["Code"] == "AccessDeniedException"
    return str(error["Message"])


def test_a_derived_role_is_enough_and_no_statement_can_be_taken_away(enforced: Clients) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html"""
    sids = [each["Sid"] for each in derive(definition(), NAMES, state_machine="any")]
    assert sorted(ERRORS) == sids, "each statement is tried"
    whole = begin(enforced, "whole", lambda _: False)
    cases = {sid: begin(enforced, f"without-{sid}", sid.__eq__) for sid in sids}
    for _ in [whole, *(sid for sid, error in ERRORS.items() if error is None)]:
        work(enforced)
    ended = enforced.ended(whole.execution)
    assert ended["status"] == "SUCCEEDED", ended
    assert refusal(enforced, whole) is None
    assert {sid: enforced.ended(case.execution).get("error") for sid, case in cases.items()} == ERRORS
    for sid, case in cases.items():
        assert REFUSALS.get(sid, "") in (refusal(enforced, case) or ""), sid
    assert {sid for sid, case in cases.items() if refusal(enforced, case)} == set(REFUSALS)


def test_an_empty_role_does_nothing(enforced: Clients) -> None:
    empty = begin(enforced, "empty", lambda _: True)
    ended = enforced.ended(empty.execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert "is not authorized to perform: lambda:InvokeFunction" in ended["cause"]
    assert refusal(enforced, empty)


@pytest.mark.parametrize(
    ("trusted", "allowed", "status"),
    [("crossing", True, "SUCCEEDED"), ("another", True, "FAILED"), ("crossing", False, "FAILED")],
)
def test_credentials_are_assumed_by_the_machines_role(
    enforced: Clients, trusted: str, allowed: bool, status: str
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html"""
    name = f"crossing-{trusted}-{allowed}"
    machine_role = enforced.role(name, "states.amazonaws.com")
    lab = f"arn:aws:iam::{ACCOUNT}:role/lab-{name}"
    principal = machine_role if trusted == "crossing" else machine_role + "-other"
    rows = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": principal}}]
    document = json.dumps({"Version": "2012-10-17", "Statement": rows})
    enforced("iam").create_role(RoleName=f"lab-{name}", AssumeRolePolicyDocument=document)
    invoke = policy((["lambda:InvokeFunction"], [FUNCTION]))
    enforced("iam").put_role_policy(RoleName=f"lab-{name}", PolicyName="own", PolicyDocument=invoke)
    state = {**task("lambda:invoke", FunctionName=FUNCTION), "End": True, "Credentials": {"RoleArn": lab}}
    machine = single(state) | {"QueryLanguage": "JSONata"}
    if allowed:
        put(enforced, machine_role, derive(machine, NAMES, logging=False, tracing=False))
    ended = enforced.ended(enforced.start(enforced.machine(name, machine, machine_role)))
    assert ended["status"] == status, ended
    if status == "FAILED":
        expected = f"The role {machine_role} is not authorized to assume the task state's role, {lab}."
        assert (ended["error"], ended["cause"]) == ("States.TaskFailed", expected)


def test_a_role_that_step_functions_can_not_have_is_not_taken(enforced: Clients) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html"""
    role = enforced.role("turning", "states.amazonaws.com")
    call = {**task("lambda:invoke", FunctionName=FUNCTION), "End": True, "QueryLanguage": "JSONata"}
    machine = enforced.machine("turning", single(call), role)
    other = trust("lambda.amazonaws.com")
    enforced("iam").update_assume_role_policy(RoleName="turning", PolicyDocument=other)
    ended = enforced.ended(enforced.start(machine))
    assert (ended["error"], "authorized to assume" in ended["cause"]) == ("States.Permissions", True)
    for each in (role, f"arn:aws:iam::{ACCOUNT}:role/absent"):
        with pytest.raises(
            ClientError, match=r"AccessDeniedException.*authorized to assume the provided role"
        ):
            enforced.machine("refused", single({"Type": "Succeed"}), each)
