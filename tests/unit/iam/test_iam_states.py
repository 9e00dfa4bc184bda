"""Roles derived from state machines: exactly what the Tasks need, on exact ARNs."""

# ruff: noqa: E501 - one line per case reads better
from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.iam.iam_machines import (
    ALIGN,
    FUNCTION,
    NAMES,
    NESTED,
    OTHER_QUEUE,
    QUEUE,
    everything,
    machine,
    task,
)

from batchyard.errors import BatchyardError
from batchyard.iam.needs import Need, pairs, statements, uncovered, unneeded
from batchyard.iam.states import derive, required


def _derived(definition: dict[str, Any]) -> list[dict[str, Any]]:
    return derive(definition, NAMES, state_machine="batchyard-local-exome", logging=False, tracing=False)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            task("batch:submitJob.sync", JobQueue=QUEUE, JobDefinition=ALIGN),
            {
                ("batch:SubmitJob", QUEUE),
                ("batch:SubmitJob", ALIGN),
                ("batch:SubmitJob", f"{ALIGN}:*"),
                ("batch:DescribeJobs", "*"),
                ("batch:TerminateJob", "arn:aws:batch:us-east-1:000000000000:job/*"),
                *(
                    (f"events:{action}", NAMES.arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule"))
                    for action in ("DescribeRule", "PutRule", "PutTargets")
                ),
            },
        ),
        (
            task("batch:submitJob", JobQueue="batchyard-local-high", JobDefinition=f"{ALIGN}:3", Tags={"a": "b"}),
            {
                ("batch:SubmitJob", QUEUE),
                ("batch:SubmitJob", f"{ALIGN}:3"),
                ("batch:TagResource", "arn:aws:batch:us-east-1:000000000000:job/*"),
            },
        ),
        (
            task("batch:submitJob", JobQueue=f"{{% $states.input.x ? '{QUEUE}' : '{OTHER_QUEUE}' %}}",
                 JobDefinition=f"{ALIGN}:3"),
            {("batch:SubmitJob", QUEUE), ("batch:SubmitJob", OTHER_QUEUE), ("batch:SubmitJob", f"{ALIGN}:3")},
        ),
        # The SDK's integration is the same action of the API, whatever members it sends.
        (
            task("aws-sdk:batch:submitJob", JobQueue=QUEUE, JobDefinition=ALIGN, ShareIdentifier="a",
                 NodeOverrides={"NumNodes": 3}, RetryStrategy={"Attempts": 1}, DependsOn=[{"JobId": "{% $j %}"}]),
            {("batch:SubmitJob", QUEUE), ("batch:SubmitJob", ALIGN), ("batch:SubmitJob", f"{ALIGN}:*")},
        ),
        (task("lambda:invoke.waitForTaskToken", FunctionName=FUNCTION), {("lambda:InvokeFunction", FUNCTION)}),
        ({"Type": "Task", "Resource": FUNCTION, "End": True}, {("lambda:InvokeFunction", FUNCTION)}),
        (task("sns:publish", TopicArn=NAMES.topic_arn()), {("sns:Publish", NAMES.topic_arn())}),
        (
            task("sqs:sendMessage", QueueUrl="https://sqs.us-east-1.amazonaws.com/000000000000/work"),
            {("sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:work")},
        ),
        (task("dynamodb:updateItem", TableName="runs"), {("dynamodb:UpdateItem", NAMES.arn("dynamodb", "table/runs"))}),
        (
            task("events:putEvents", Entries=[{"Source": "a"}]),
            {("events:PutEvents", NAMES.arn("events", "event-bus/default"))},
        ),
        (
            task("states:startExecution.sync", StateMachineArn=f"{NESTED}:live"),
            {
                ("states:StartExecution", f"{NESTED}:live"),
                ("states:DescribeExecution", NAMES.arn("states", "execution:batchyard-local-nested:*")),
                ("states:StopExecution", NAMES.arn("states", "execution:batchyard-local-nested:*")),
                *(
                    (f"events:{action}", NAMES.arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"))
                    for action in ("DescribeRule", "PutRule", "PutTargets")
                ),
            },
        ),
        (
            task("ecs:runTask.sync", TaskDefinition="align:3", Cluster="jobs", Tags=[],
                 Overrides={"TaskRoleArn": NAMES.role_arn("align")}),
            {
                ("ecs:RunTask", NAMES.arn("ecs", "task-definition/align:3")),
                ("iam:PassRole", NAMES.role_arn("align")),
                *((f"ecs:{action}", NAMES.arn("ecs", "task/jobs/*")) for action in ("TagResource", "DescribeTasks", "StopTask")),
                *(
                    (f"events:{action}", NAMES.arn("events", "rule/StepFunctionsGetEventsForECSTaskRule"))
                    for action in ("DescribeRule", "PutRule", "PutTargets")
                ),
            },
        ),
        (task("aws-sdk:s3:listObjectsV2", Bucket="data"), {("s3:ListBucket", "arn:aws:s3:::data")}),
        (task("aws-sdk:s3:headObject", Bucket="data", Key="a/b"), {("s3:GetObject", "arn:aws:s3:::data/a/b")}),
        (task("aws-sdk:sfn:sendTaskSuccess", TaskToken="{% $t %}"), {("states:SendTaskSuccess", "*")}),
        ({"Type": "Task", "Resource": NAMES.arn("states", "activity:a"), "End": True}, set()),
    ],
)  # fmt: skip
def test_a_task_is_allowed_its_actions_on_its_resources(
    state: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert pairs(_derived(machine(T=state))) == expected


def test_jsonpath_parameters_are_read_too() -> None:
    state = {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob", "End": True,
             "Parameters": {"JobQueue": QUEUE, "JobDefinition": f"{ALIGN}:3", "Tags.$": "$.tags"}}  # fmt: skip
    allowed = pairs(_derived({"StartAt": "T", "States": {"T": state}}))
    assert ("batch:SubmitJob", QUEUE) in allowed
    assert ("batch:TagResource", "arn:aws:batch:us-east-1:000000000000:job/*") in allowed


@pytest.mark.parametrize(
    "state",
    [
        task("batch:submitJob", JobQueue="{% $states.input.queue %}", JobDefinition=ALIGN),
        task(
            "batch:submitJob", JobQueue=QUEUE, JobDefinition="{% 'arn:aws:batch:a:b:job-definition/' & $x %}"
        ),
        task("sns:publish", PhoneNumber="1"),
        task("sqs:sendMessage", QueueUrl="{% $u %}"),
        task("glue:startJobRun", JobName="x"),
        task("ecs:runTask", TaskDefinition="align"),
        task("aws-sdk:ec2:stopInstances", InstanceIds=["i-1"]),
        task("events:putEvents", Entries="{% $states.input %}"),
    ],
)
def test_what_names_no_resource_is_refused_with_its_state(state: dict[str, Any]) -> None:
    with pytest.raises(BatchyardError, match=r"^state Vague: role cannot be derived: .+\n +\w+"):
        _derived(machine(Vague=state))


# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
def test_a_task_with_credentials_needs_only_their_role() -> None:
    role = "arn:aws:iam::111111111111:role/lab"
    state = {**task("lambda:invoke", FunctionName=FUNCTION), "Credentials": {"RoleArn": role}}
    assert pairs(_derived(machine(T=state))) == {("sts:AssumeRole", role)}
    with pytest.raises(BatchyardError, match="Credentials name no literal role"):
        _derived(machine(T={**state, "Credentials": {"RoleArn": "{% $role %}"}}))


# https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
def test_results_that_are_only_shaped_need_no_bucket() -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I",
        "States": {"I": {"Type": "Succeed"}},
    }
    state = {"Type": "Map", "ItemProcessor": processor, "ResultWriter": {"WriterConfig": {}}, "End": True}
    assert not [action for action, _ in pairs(_derived(machine(T=state))) if action.startswith("s3:")]


def test_the_role_covers_exactly_what_is_required() -> None:
    definition = everything()
    needs, gaps = required(definition, NAMES, state_machine="batchyard-local-exome")
    policy = derive(definition, NAMES, state_machine="batchyard-local-exome")
    assert gaps == []
    assert uncovered(needs, policy) == []
    assert unneeded(needs, policy) == []


def test_taking_any_statement_away_leaves_a_need_uncovered() -> None:
    definition = everything()
    needs, _ = required(definition, NAMES, state_machine="batchyard-local-exome")
    policy = derive(definition, NAMES, state_machine="batchyard-local-exome")
    for gone in policy:
        rest = [statement for statement in policy if statement is not gone]
        assert uncovered(needs, rest), f"{gone['Sid']} is not needed"


def test_statements_are_sorted_unique_and_independent_of_the_order_of_states() -> None:
    definition = everything()
    turned = {**definition, "States": dict(reversed(definition["States"].items()))}
    policy = _derived(definition)
    sids = [statement["Sid"] for statement in policy]
    assert policy == _derived(turned)
    assert sids == sorted(set(sids))
    assert all(sid.isalnum() for sid in sids)


NEEDS = st.builds(
    Need, st.sampled_from(["A", "B"]), st.sampled_from(["a:X", "a:Y", "a:Z"]), st.sampled_from("123")
)


@settings(max_examples=100, deadline=None)
@given(st.lists(NEEDS, max_size=20))
def test_merging_never_loses_or_adds_a_pair(needs: list[Need]) -> None:
    policy = statements(needs)
    assert pairs(policy) == {(need.action, need.resource) for need in needs}
    assert len({statement["Sid"] for statement in policy}) == len(policy)
    assert sum(len(pairs([statement])) for statement in policy) == len(pairs(policy))
