"""What `aws-sdk:` integrations call services, and what their actions begin with in policies."""

from __future__ import annotations

import pytest

from batchyard.iam.services import client_name, has_action, prefix


@pytest.mark.parametrize(
    ("service", "client", "expected"),
    [
        ("sfn", "stepfunctions", "states"),
        ("cloudwatchlogs", "logs", "logs"),
        ("cloudwatch", "cloudwatch", "cloudwatch"),
        ("eventbridge", "events", "events"),
        ("elasticloadbalancingv2", "elbv2", "elasticloadbalancing"),
        ("cognitoidentityprovider", "cognito-idp", "cognito-idp"),
        ("emr", "emr", "elasticmapreduce"),
        ("sesv2", "sesv2", "ses"),
        ("efs", "efs", "elasticfilesystem"),
        ("costexplorer", "ce", "ce"),
        ("resourcegroupstaggingapi", "resourcegroupstaggingapi", "tag"),
        ("nothing", None, "nothing"),
    ],
)
def test_names(service: str, client: str | None, expected: str) -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""
    assert (client_name(service), prefix(service)) == (client, expected)


@pytest.mark.parametrize(
    ("service", "action", "expected"),
    [
        ("sqs", "sendMessage", True),
        ("sfn", "startExecution", True),
        ("s3", "listObjectsV2", True),
        ("sqs", "sendMesage", False),
        ("nosuch", "foo", False),
    ],
)
def test_actions_that_there_are(service: str, action: str, expected: bool) -> None:
    assert has_action(service, action) is expected
