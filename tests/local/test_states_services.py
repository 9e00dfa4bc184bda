"""State machines and the services round them: events, logs, templates, synchronous calls, reset."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.local.clients import ACCOUNT, REGION, Clients, single, until

pytestmark = pytest.mark.local
PASS = single({"Type": "Pass", "End": True})


def nested(machine: str, suffix: str) -> dict[str, Any]:
    resource = f"arn:aws:states:::states:startExecution{suffix}"
    parameters = {"StateMachineArn": machine, "Input": {"from": "outside"}}
    return single({"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True})


def test_a_rule_starts_a_machine_at_an_event(aws: Clients) -> None:
    machine = aws.machine("ruled", PASS)
    events = aws("events")
    events.put_rule(Name="starts", EventPattern=json.dumps({"source": ["of.a.test"]}), State="ENABLED")
    events.put_targets(Rule="starts", Targets=[{"Id": "machine", "Arn": machine}])
    events.put_events(Entries=[{"Source": "of.a.test", "DetailType": "t", "Detail": '{"x": 1}'}])
    states = aws("stepfunctions")
    (found,) = until(lambda: states.list_executions(stateMachineArn=machine)["executions"])
    assert json.loads(aws.ended(found["executionArn"])["input"])["detail"] == {"x": 1}
    events.remove_targets(Rule="starts", Ids=["machine"])
    events.delete_rule(Name="starts")


def test_a_schedule_starts_a_machine(aws: Clients) -> None:
    machine = aws.machine("scheduled", PASS)
    at = (datetime.now(UTC) + timedelta(seconds=1)).strftime("at(%Y-%m-%dT%H:%M:%S)")
    target = {"Arn": machine, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/schedule", "Input": '{"by": "time"}'}
    aws("scheduler").create_schedule(
        Name="once", ScheduleExpression=at, FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )
    states = aws("stepfunctions")
    (found,) = until(lambda: states.list_executions(stateMachineArn=machine)["executions"], 30)
    assert json.loads(aws.ended(found["executionArn"])["input"]) == {"by": "time"}


def test_an_executions_end_reaches_a_rules_target(aws: Clients) -> None:
    url = aws("sqs").create_queue(QueueName="ends")["QueueUrl"]
    attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    machine = aws.machine("eventful", PASS)
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine], "status": ["SUCCEEDED"]}}
    aws("events").put_rule(Name="ends", EventPattern=json.dumps(pattern), State="ENABLED")
    target = {"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}
    aws("events").put_targets(Rule="ends", Targets=[target])
    arn = aws.start(machine)
    (message,) = until(lambda: aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"))
    event = json.loads(message["Body"])
    assert event["detail-type"] == "Step Functions Execution Status Change"
    assert (event["resources"], event["detail"]["output"]) == ([arn], "{}")
    aws("events").remove_targets(Rule="ends", Ids=["queue"])
    aws("events").delete_rule(Name="ends")


def test_events_are_logged(aws: Clients) -> None:
    aws("logs").create_log_group(logGroupName="/states/logged")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/states/logged:*"
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": group}}
    machine = aws("stepfunctions").create_state_machine(
        name="logged",
        definition=json.dumps(PASS),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/states",
        loggingConfiguration={"level": "ALL", "includeExecutionData": True, "destinations": [destination]},
    )["stateMachineArn"]
    arn = aws.start(machine, {"a": 1})

    def lines() -> list[Any]:
        found = aws("logs").filter_log_events(logGroupName="/states/logged")["events"]
        return [json.loads(each["message"]) for each in found]

    until(lambda: len(lines()) == 4)
    assert [each["type"] for each in lines()] == [each["type"] for each in aws.history(arn)]
    assert {each["execution_arn"] for each in lines()} == {arn}
    aws("logs").delete_log_group(logGroupName="/states/logged")
    assert aws.ended(aws.start(machine))["status"] == "SUCCEEDED", "a group that is gone stops nothing"


def test_a_template_makes_a_machine(aws: Clients) -> None:
    properties = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/states", "DefinitionString": json.dumps(PASS)}
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    template = {"Resources": {"Machine": resource}, "Outputs": {"Arn": {"Value": {"Ref": "Machine"}}}}
    stacks = aws("cloudformation")
    stacks.create_stack(StackName="machines", TemplateBody=json.dumps(template))

    def stack() -> Any:
        return stacks.describe_stacks(StackName="machines")["Stacks"][0]

    until(lambda: stack()["StackStatus"] == "CREATE_COMPLETE")
    machine = stack()["Outputs"][0]["OutputValue"]
    assert aws.ended(aws.start(machine))["status"] == "SUCCEEDED"
    stacks.delete_stack(StackName="machines")
    listed = aws("stepfunctions").get_paginator("list_state_machines")
    until(
        lambda: machine not in [m["stateMachineArn"] for p in listed.paginate() for m in p["stateMachines"]]
    )


def test_a_synchronous_express_execution_is_answered(aws: Clients) -> None:
    machine = aws("stepfunctions").create_state_machine(
        name="fast",
        type="EXPRESS",
        definition=json.dumps(single({"Type": "Wait", "Seconds": 1, "End": True})),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/states",
    )["stateMachineArn"]
    answer = aws("stepfunctions").start_sync_execution(stateMachineArn=machine, input='{"a": 1}')
    assert (answer["status"], json.loads(answer["output"])) == ("SUCCEEDED", {"a": 1})
    assert answer["billingDetails"]["billedDurationInMilliseconds"] >= 1000


@pytest.mark.parametrize("suffix", ["", ".sync", ".sync:2"])
def test_a_nested_execution(aws: Clients, suffix: str) -> None:
    name = f"nested{suffix.replace('.', '-').replace(':', '-')}"
    inner = aws.machine(f"{name}-inner", PASS)
    outer = aws.machine(name, nested(inner, suffix))
    output = json.loads(aws.ended(aws.start(outer))["output"])
    assert aws.ended(output["ExecutionArn"])["status"] == "SUCCEEDED"
    expected = {"": None, ".sync": '{"from":"outside"}', ".sync:2": {"from": "outside"}}
    assert output.get("Output") == expected[suffix]


def test_stopping_the_outer_execution_stops_the_one_that_it_waits_for(aws: Clients) -> None:
    inner = aws.machine("stopped-inner", single({"Type": "Wait", "Seconds": 60, "End": True}))
    arn = aws.start(aws.machine("stopped-outer", nested(inner, ".sync:2")))
    states = aws("stepfunctions")
    (found,) = until(lambda: states.list_executions(stateMachineArn=inner)["executions"])
    until(lambda: "TaskSubmitted" in [event["type"] for event in aws.history(arn)])
    states.stop_execution(executionArn=arn)
    assert aws.ended(found["executionArn"])["status"] == "ABORTED"


def test_reset_forgets_machines_and_executions(start: Callable[..., Clients]) -> None:
    aws = start()
    arn = aws.start(aws.machine("gone", single({"Type": "Wait", "Seconds": 60, "End": True})))
    with urllib.request.urlopen(urllib.request.Request(f"{aws.endpoint}/_ministack/reset", b"")) as answer:
        assert answer.status == 200
    states = aws("stepfunctions")
    assert states.list_state_machines()["stateMachines"] == []
    with pytest.raises(states.exceptions.ExecutionDoesNotExist):
        states.describe_execution(executionArn=arn)
    assert aws.ended(aws.start(aws.machine("new", PASS)))["status"] == "SUCCEEDED"


def test_health_tells_that_nothing_has_failed(aws: Clients) -> None:
    with urllib.request.urlopen(f"{aws.endpoint}/_batchyard/health") as answer:
        assert json.load(answer)["failure"] is None
