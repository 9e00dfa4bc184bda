"""What each integration of Step Functions needs, one small function per action.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from batchyard import asl
from batchyard.iam.batch import submit_job
from batchyard.iam.ecs import run_task
from batchyard.iam.task import Found, Task

_MACHINE = re.compile(r"^(?P<head>arn:[^:]+:states:[^:]*:[^:]*:)stateMachine:(?P<name>[^:/]+)")


def invoke_function(task: Task) -> Found:
    """Yield the need of a Lambda call: exactly the qualified ARN that is called."""
    own = [task.call.resource] if task.call.kind == "lambda" else []
    functions = own or task.resources("FunctionName", "lambda", "function:")
    if not functions:
        yield task.missing("FunctionName")
    for function in functions:
        yield task.need("InvokeFunctions", "lambda:InvokeFunction", function)


def publish(task: Task) -> Found:
    """Yield the need of a message to a topic."""
    topics = task.resources("TopicArn", "sns", "") + task.resources("TargetArn", "sns", "")
    if not topics:
        yield task.missing("TopicArn")
    for topic in topics:
        yield task.need("PublishMessages", "sns:Publish", topic)


def send_message(task: Task) -> Found:
    """Yield the need of a message to an SQS queue."""
    queues = task.queue_arns()
    if not queues:
        yield task.missing("QueueUrl")
    for queue in queues:
        yield task.need("SendMessages", "sqs:SendMessage", queue)


def item(task: Task) -> Found:
    """Yield the need of one DynamoDB item action on its table."""
    tables = task.resources("TableName", "dynamodb", "table/")
    if not tables:
        yield task.missing("TableName")
    for table in tables:
        action = task.call.action[0].upper() + task.call.action[1:]
        yield task.need("UseTables", f"dynamodb:{action}", table)


def put_events(task: Task) -> Found:
    """Yield the need of events on their buses; an entry without a bus goes to the default one."""
    arguments = asl.as_dict(task.state.arguments)
    entries = asl.as_list(arguments.get("Entries"))
    if not entries:
        yield task.missing("Entries")
    for entry in entries:
        text = asl.as_dict(entry).get("EventBusName", "default")
        arns = asl.literal_arns(text) or (
            [task.names.arn("events", f"event-bus/{text}")] if re.fullmatch(r"[\w./-]+", str(text)) else []
        )
        if not arns or "EventBusName.$" in asl.as_dict(entry):
            yield task.missing("EventBusName")
        for arn in arns:
            yield task.need("PutEvents", "events:PutEvents", arn)


def start_execution(task: Task) -> Found:
    """Yield the needs of a nested execution, and of waiting for it."""
    machines = task.resources("StateMachineArn", "states", "stateMachine:")
    if not machines:
        yield task.missing("StateMachineArn")
    for machine in machines:
        yield task.need("StartExecutions", "states:StartExecution", machine)
        if task.call.pattern == "sync":
            for action in ("states:DescribeExecution", "states:StopExecution"):
                yield task.need("FollowExecutions", action, execution_arn(machine), "waits for the execution")
    if task.call.pattern == "sync":
        yield from task.rule("HearOfExecutions")


def execution_arn(machine: str) -> str:
    """Return the pattern of the ARNs of all executions of a state machine, whatever alias started them."""
    found = _MACHINE.match(machine)
    return f"{found['head']}execution:{found['name']}:*" if found else f"{machine}:*"


INTEGRATIONS: dict[tuple[str, str], Callable[[Task], Found]] = {
    ("batch", "submitJob"): submit_job,
    ("ecs", "runTask"): run_task,
    ("lambda", "invoke"): invoke_function,
    ("sns", "publish"): publish,
    ("sqs", "sendMessage"): send_message,
    ("events", "putEvents"): put_events,
    ("states", "startExecution"): start_execution,
    **{("dynamodb", f"{verb}Item"): item for verb in ("get", "put", "update", "delete")},
}
