"""Which operation a Resource names."""

from __future__ import annotations

import pytest
from botocore.loaders import Loader
from tests.unit.local.tasks.fakes import task

from batchyard.asl.resource import Integration
from batchyard.iam.services import CLIENTS
from batchyard.local.tasks import casing, catalog
from batchyard.local.tasks.facts import OPTIMIZED
from batchyard.local.tasks.failures import TaskError


def call(resource: str) -> Integration:
    return task(resource, {}).call


@pytest.mark.parametrize(
    ("resource", "client", "operation"),
    [
        ("aws-sdk:s3:listObjectsV2", "s3", "ListObjectsV2"),
        ("aws-sdk:sfn:describeExecution", "stepfunctions", "DescribeExecution"),
        ("aws-sdk:cloudwatchlogs:describeLogGroups", "logs", "DescribeLogGroups"),
        ("aws-sdk:eventbridge:putRule", "events", "PutRule"),
        ("aws-sdk:rds:describeDBInstances", "rds", "DescribeDBInstances"),
        ("aws-sdk:ec2:describeInstances", "ec2", "DescribeInstances"),
        ("aws-sdk:config:describeConfigRules", "config", "DescribeConfigRules"),
        ("states:startExecution", "stepfunctions", "StartExecution"),
        ("dynamodb:updateItem", "dynamodb", "UpdateItem"),
        ("arn:aws:lambda:us-east-1:000000000000:function:f:alias", "lambda", "Invoke"),
    ],
)
def test_targets(resource: str, client: str, operation: str) -> None:
    found = catalog.target(call(resource))
    assert (found.client, found.name) == (client, operation)


@pytest.mark.parametrize(
    "resource", ["aws-sdk:nothing:get", "aws-sdk:s3:nothing", "aws-sdk:logs:createLogGroup"]
)
def test_what_there_is_not(resource: str) -> None:
    with pytest.raises(TaskError, match="is not recognized"):
        catalog.target(call(resource))


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("http:invoke", "does not have this integration"),
        ("apigateway:invoke", "does not have this integration"),
        ("ecs:runTask.sync", "runs no containers"),
        ("aws-sdk:bedrockruntime:invokeModelWithResponseStream", "stream of events"),
    ],
)
def test_what_this_environment_can_not_do_is_said(resource: str, reason: str) -> None:
    with pytest.raises(TaskError, match=reason) as raised:
        catalog.target(call(resource))
    assert (raised.value.error, raised.value.phase) == ("States.Runtime", "schedule")


def test_every_exception_to_the_rule_of_names_is_one() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"""
    for service, client in CLIENTS.items():
        service_id = catalog.model(client).metadata["serviceId"]
        assert casing.sdk_service(service_id).lower() == service


def test_common_services_have_the_names_of_their_models() -> None:
    common = [
        "acm",
        "athena",
        "ecr",
        "efs",
        "glue",
        "iam",
        "kinesis",
        "kms",
        "s3",
        "sesv2",
        "sns",
        "ssm",
        "sts",
    ]
    for client in common:
        service = casing.sdk_service(catalog.model(client).metadata["serviceId"]).lower()
        assert catalog.client_name(service) == client


def test_optimized_actions_are_operations() -> None:
    for fact in OPTIMIZED.values():
        operations = Loader().load_service_model(fact.client, "service-2")["operations"]
        assert {casing.capital(action) for action in fact.actions} <= set(operations)
