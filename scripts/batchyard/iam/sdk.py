"""What an `aws-sdk:` integration needs: its exact action on the literal resources that it names."""

from __future__ import annotations

from batchyard import asl
from batchyard.iam.integrations import INTEGRATIONS
from batchyard.iam.services import has_action, prefix
from batchyard.iam.star import STAR_ONLY
from batchyard.iam.task import Found, Task

# Where the API's name is not the IAM action's.
ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:CopyObject": "s3:PutObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
}
_ON_BUCKET = ("s3:ListBucket", "s3:GetBucketLocation", "s3:GetBucketTagging")


def sdk_action(task: Task) -> Found:
    """Yield the needs of one SDK call."""
    service = prefix(task.call.service)
    known = INTEGRATIONS.get((service, task.call.action))
    if known is not None:
        yield from known(task)
        return
    if not has_action(task.call.service, task.call.action):
        yield task.gap(
            f"role cannot be derived: there is no action {task.call.action} of a service {task.call.service}",
            "correct the Resource: aws-sdk:<service>:<action>, as the API names them",
        )
        return
    action = f"{service}:{task.call.action[0].upper()}{task.call.action[1:]}"
    action = ACTIONS.get(action, action)
    resources = ["*"] if action in STAR_ONLY else _resources(task, service, action)
    if not resources:
        yield task.gap(
            f"role cannot be derived: the arguments of {action} hold no literal ARN",
            "name the resource by ARN, or move the call into a function with declared permissions",
        )
    for resource in resources:
        yield task.need(f"Use{service.title().replace('-', '')}", action, resource)


def _resources(task: Task, service: str, action: str) -> list[str]:
    if service == "s3" and task.literals("Bucket"):
        return [_s3(task, bucket, action) for bucket in task.literals("Bucket")]
    if service == "dynamodb" and task.has("TableName"):
        return task.resources("TableName", "dynamodb", "table/")
    if service == "sqs" and task.has("QueueUrl"):
        return task.queue_arns()
    return asl.literal_arns(task.state.arguments)


def _s3(task: Task, bucket: str, action: str) -> str:
    arn = bucket if bucket.startswith("arn:") else task.names.arn("s3", bucket, region="", account="")
    if action in _ON_BUCKET:
        return arn
    return f"{arn}/{(task.literals('Key') or ['*'])[0]}"
