"""Which roles machines may have where IAM is enforced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.unit.local.states.resource_client import GROUP, ROLE, SCOPE, Client, arn, definition

from batchyard.iam.states import LOG_ACTIONS
from batchyard.local.batch.host import CredentialsError, Scope
from batchyard.local.states.definitions import waited_for
from batchyard.local.states.roles import RealRoles

LOGGING = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}]}
RULE = "arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForBatchJobsRule"


class Iam:
    """Refuses the actions that it is told to, and roles that nobody can assume."""

    def __init__(self) -> None:
        self.refused: set[tuple[str, str]] = set()
        self.distrusted = False

    def acts_in(self, scope: Scope, role_arn: str) -> Scope:
        return scope

    def credentials(self, scope: Scope, role_arn: str, machine_role: str) -> Mapping[str, str]:
        assert (scope, machine_role) == (SCOPE, "")
        if self.distrusted:
            raise CredentialsError("Neither of them is authorized to assume the provided role")
        return {}

    def refusal(self, scope: Scope, role_arn: str, action: str, resource: str) -> str | None:
        assert (scope, role_arn) == (SCOPE, ROLE)
        return "no" if (action, resource) in self.refused else None


@pytest.fixture
def iam(client: Client) -> Iam:
    found = Iam()
    client.machines.roles = RealRoles(found)
    return found


def waiting() -> str:
    parameters = {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync", "Parameters": parameters}
    return json.dumps({"StartAt": "Wait", "States": {"Wait": {**task, "End": True}}})


@pytest.mark.parametrize("action", LOG_ACTIONS)
def test_a_machine_with_a_log_needs_a_role_that_may_deliver_it(client: Client, iam: Iam, action: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy"""
    iam.refused.add((action, "*"))
    client.machine()
    expected = "The state machine IAM Role is not authorized to access the Log Destination"
    for operation, more in (
        ("CreateStateMachine", {"name": "new", "definition": definition(), "roleArn": ROLE}),
        ("UpdateStateMachine", {"stateMachineArn": arn("exome")}),
    ):
        assert client.refused(operation, loggingConfiguration=LOGGING, **more) == (
            "AccessDeniedException",
            expected,
        )
    iam.refused.clear()
    client("UpdateStateMachine", stateMachineArn=arn("exome"), loggingConfiguration=LOGGING)
    iam.refused.add((action, "*"))
    client.refused("UpdateStateMachine", stateMachineArn=arn("exome"), definition=definition("two"))
    client("UpdateStateMachine", stateMachineArn=arn("exome"), loggingConfiguration={"level": "OFF"})


@pytest.mark.parametrize("action", ["DescribeRule", "PutRule", "PutTargets"])
def test_a_machine_that_waits_for_jobs_needs_a_role_that_may_make_the_rule(
    client: Client, iam: Iam, action: str
) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html"""
    iam.refused.add((f"events:{action}", RULE))
    request = {"definition": waiting(), "roleArn": ROLE}
    assert client.refused("CreateStateMachine", name="exome", **request) == (
        "AccessDeniedException",
        f"'{ROLE}' is not authorized to create managed-rule.",
    )
    client.machine()
    client.refused("UpdateStateMachine", stateMachineArn=arn("exome"), definition=waiting())


def test_a_role_that_step_functions_can_not_have_is_refused(client: Client, iam: Iam) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html"""
    iam.distrusted = True
    code, message = client.refused("CreateStateMachine", name="m", definition=definition(), roleArn=ROLE)
    assert (code, "authorized to assume" in message) == ("AccessDeniedException", True)


@pytest.mark.parametrize(
    ("resource", "services"),
    [
        ("batch:submitJob.sync", {"batch"}),
        ("states:startExecution.sync:2", {"states"}),
        ("ecs:runTask.sync", {"ecs"}),
        ("batch:submitJob", set()),
        ("glue:startJobRun.sync", set()),
    ],
)
def test_services_that_are_waited_for_by_events(resource: str, services: set[str]) -> None:
    task: dict[str, Any] = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True}
    processor = {"StartAt": "T", "States": {"T": task}}
    text = json.dumps({"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": processor}}})
    assert waited_for(text) == services
