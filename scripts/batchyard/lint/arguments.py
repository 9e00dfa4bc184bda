"""Fields and arguments that are missing, and values that are refused: BY012.

What validation does not ask is asked here: arguments without which a call fails when it is made. Sources: the
request parameters of https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html,
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and so on for the other actions.
"""

from __future__ import annotations

from collections.abc import Iterator

from batchyard.lint.registry import Hit, Subject, at, rule
from batchyard.lint.tasks import tasks

REQUIRED: dict[tuple[str, str], tuple[str, ...]] = {
    ("batch", "submitJob"): ("JobName", "JobQueue", "JobDefinition"),
    ("dynamodb", "getItem"): ("TableName", "Key"),
    ("dynamodb", "putItem"): ("TableName", "Item"),
    ("dynamodb", "updateItem"): ("TableName", "Key"),
    ("dynamodb", "deleteItem"): ("TableName", "Key"),
    ("ecs", "runTask"): ("TaskDefinition",),
    ("events", "putEvents"): ("Entries",),
    ("lambda", "invoke"): ("FunctionName",),
    ("sqs", "sendMessage"): ("QueueUrl", "MessageBody"),
    ("states", "startExecution"): ("StateMachineArn",),
}


@rule(
    "BY012",
    "error",
    "a field that is missing, or has a value that Step Functions refuses",
    fix="the message says which values there are",
)
def refused(subject: Subject) -> Iterator[Hit]:
    yield from subject.diagnosed("required", "value", "label")
    for state, call in tasks(subject):
        arguments = state.arguments
        if call.kind != "service" or not isinstance(arguments, dict):
            continue
        for name in REQUIRED.get((call.service, call.action), ()):
            if name not in arguments and f"{name}.$" not in arguments:
                field = "Arguments" if state.jsonata else "Parameters"
                message = f"{call.service}:{call.action} takes no call without {name}"
                yield at(state, message, field, fix=f"add {name}")
