"""A clean machine and a clean bundle, which each test breaks in one place."""

from __future__ import annotations

from typing import Any

BATCH = "arn:aws:batch:us-east-1:000000000000:"
ALIGN = f"{BATCH}job-definition/batchyard-local-demo-align"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:batchyard-local-demo-report:live"


def batch_task(**extra: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::batch:submitJob.sync",
        "Arguments": {
            "JobName": "align",
            "JobQueue": f"{BATCH}job-queue/batchyard-local-high",
            "JobDefinition": ALIGN,
            "Parameters": {"bam": "{% $string($states.input.bam) %}", "threads": "4"},
        },
        "TimeoutSeconds": 3600,
        "Retry": [{"ErrorEquals": ["Batch.AWSBatchException"], "MaxAttempts": 5, "JitterStrategy": "FULL"}],
        "Output": {"jobId": "{% $states.result.JobId %}"},
        **extra,
    }


def machine() -> dict[str, Any]:
    """Return a machine with every kind of state and nothing to find in it."""
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Align",
        "TimeoutSeconds": 86400,
        "States": {
            "Align": batch_task(Next="Both", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]),
            "Both": {
                "Type": "Parallel",
                "Branches": [
                    {"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 5, "End": True}}},
                    {"StartAt": "Mark", "States": {"Mark": {"Type": "Pass", "End": True}}},
                ],
                "Next": "Each",
            },
            "Each": {
                "Type": "Map",
                "Items": [1, 2, 3],
                "ItemProcessor": {"StartAt": "Item", "States": {"Item": {"Type": "Succeed"}}},
                "Next": "IsGood",
            },
            "IsGood": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% $states.input.good %}", "Next": "Report"}],
                "Default": "Failed",
            },
            "Report": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": FUNCTION, "Payload": "{% $states.input %}"},
                "TimeoutSeconds": 60,
                "End": True,
            },
            "Failed": {"Type": "Fail", "Error": "JobFailed"},
        },
    }


def bundle() -> dict[str, Any]:
    """Return a bundle for `machine` with nothing to find in it."""
    return {
        "workflow": "demo",
        "name": "batchyard-local-demo",
        "job_definitions": {
            "align": {
                "name": "batchyard-local-demo-align",
                "container_properties": {
                    "image": "000000000000.dkr.ecr.us-east-1.amazonaws.com/batchyard/align:0123456789ab",
                    "command": ["--bam", "Ref::bam", "--threads", "Ref::threads"],
                    "environment": [{"name": "LOG_LEVEL", "value": "INFO"}],
                },
                "parameters": {},
                "retry_strategy": {
                    "attempts": 3,
                    "evaluateOnExit": [
                        {"onStatusReason": "Host EC2*", "action": "RETRY"},
                        {"onReason": "*", "action": "EXIT"},
                    ],
                },
                "timeout_seconds": 3600,
                "role": {
                    "name": "batchyard-local-demo-align-job",
                    "statements": [
                        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::x/*"]}
                    ],
                },
            }
        },
        "queues": {
            "high": {
                "name": "batchyard-local-high",
                "arn": f"{BATCH}job-queue/batchyard-local-high",
                "platform": "EC2",
                "spot": True,
                "fair_share": False,
            }
        },
        "functions": {
            "report": {
                "name": "batchyard-local-demo-report",
                "environment": {"TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:topic"},
                "role": {
                    "name": "batchyard-local-demo-report-function",
                    "statements": [{"Effect": "Allow", "Action": ["batch:DescribeJobs"], "Resource": ["*"]}],
                },
            }
        },
        "state_machine": {
            "name": "batchyard-local-demo",
            "type": "STANDARD",
            "role": {"name": "batchyard-local-demo-states", "statements": []},
        },
    }
