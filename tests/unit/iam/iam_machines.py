"""Machines whose roles are derived in the tests."""

from __future__ import annotations

from typing import Any

from batchyard.names import Names

NAMES = Names("batchyard", "local", "000000000000", "us-east-1")
QUEUE, OTHER_QUEUE = NAMES.queue_arn("high"), NAMES.queue_arn("low")
ALIGN = NAMES.job_definition_arn("exome", "align")
FUNCTION = NAMES.function_arn("exome", "submit-job")
NESTED = NAMES.state_machine_arn("nested")


def task(resource: str, **arguments: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": arguments, "End": True}


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}


def everything() -> dict[str, Any]:
    """Return a machine with every integration that the derivation knows."""
    bus = {"EventBusName": "results", "Source": "a", "DetailType": "b"}
    return machine(
        Sync=task("batch:submitJob.sync", JobQueue=QUEUE, JobDefinition=ALIGN, Tags={"sample": "x"}),
        Either=task(
            "batch:submitJob",
            JobQueue=f"{{% $states.input.cheap ? '{OTHER_QUEUE}' : '{QUEUE}' %}}",
            JobDefinition=f"{ALIGN}:7",
        ),
        Several=task(
            "aws-sdk:batch:submitJob", JobQueue=QUEUE, JobDefinition=NAMES.job_definition_arn("exome", "maze")
        ),
        Call=task("lambda:invoke", FunctionName=FUNCTION),
        Direct={"Type": "Task", "Resource": FUNCTION, "End": True},
        Tell=task("sns:publish", TopicArn=NAMES.topic_arn()),
        Send=task("sqs:sendMessage", QueueUrl="https://sqs.us-east-1.amazonaws.com/000000000000/work"),
        Put=task("dynamodb:putItem", TableName="runs"),
        Emit=task("events:putEvents", Entries=[{"Source": "a", "DetailType": "b"}, bus]),
        Contain=task(
            "ecs:runTask",
            TaskDefinition="align",
            Cluster="jobs",
            Overrides={"TaskRoleArn": NAMES.role_arn("align"), "ExecutionRoleArn": NAMES.role_arn("pull")},
        ),
        Nest=task("states:startExecution.sync:2", StateMachineArn=NESTED),
        Head=task("aws-sdk:s3:headObject", Bucket="data", Key="{% $states.input.key %}"),
        List=task("aws-sdk:batch:listJobs", JobQueue="{% $states.input.queue %}"),
        Stop=task(
            "aws-sdk:ec2:stopInstances", InstanceIds=["arn:aws:ec2:us-east-1:000000000000:instance/i-1"]
        ),
        Many={
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "Arguments": {"Bucket": "data", "Key": "k"},
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Item",
                "States": {"Item": task("lambda:invoke", FunctionName=FUNCTION)},
            },
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "results"}},
            "End": True,
        },
    )
