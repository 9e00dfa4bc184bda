"""What the emulator drops is remembered and answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchyard.local import mends_ec2, mends_events, mends_services, ministack


@pytest.fixture
def actions(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return EC2's mended operations."""
    table = ministack.get("services.ec2", "_ACTION_MAP")
    mended = {name: mend(table[name]) for name, mend in mends_ec2.MENDS.items()}

    def call(name: str, **params: str) -> str:
        status, _, body = mended.get(name, table[name])({key: [value] for key, value in params.items()})
        assert status == 200, body
        return body.decode() if isinstance(body, bytes) else str(body)

    return call


def test_a_flow_log_keeps_role_interval_and_tags(actions: Any) -> None:
    params = {
        "ResourceId.1": "vpc-1",
        "ResourceType": "VPC",
        "LogDestination": "arn:aws:logs:us-east-1:000000000000:log-group:/vpc/x:*",
        "DeliverLogsPermissionArn": "arn:aws:iam::000000000000:role/flow",
        "MaxAggregationInterval": "60",
        "TagSpecification.1.ResourceType": "vpc-flow-log",
        "TagSpecification.1.Tag.1.Key": "owner",
        "TagSpecification.1.Tag.1.Value": "a & b",
    }
    actions("CreateFlowLogs", **params)
    text = actions("DescribeFlowLogs")
    assert "<deliverLogsPermissionArn>arn:aws:iam::000000000000:role/flow</deliverLogsPermissionArn>" in text
    assert "<maxAggregationInterval>60</maxAggregationInterval>" in text
    assert "<logGroupName>/vpc/x</logGroupName>" in text
    assert "<key>owner</key>" in text


def test_an_endpoint_keeps_groups_and_private_dns(actions: Any) -> None:
    made = actions(
        "CreateVpcEndpoint", ServiceName="s", VpcEndpointType="Interface", PrivateDnsEnabled="true"
    )
    endpoint = made.partition("<vpcEndpointId>")[2].partition("<")[0]
    actions("ModifyVpcEndpoint", **{"VpcEndpointId": endpoint, "AddSecurityGroupId.1": "sg-1"})
    text = actions("DescribeVpcEndpoints", **{"VpcEndpointId.1": endpoint})
    assert "<privateDnsEnabled>true</privateDnsEnabled>" in text
    assert "<groupSet><item><groupId>sg-1</groupId></item></groupSet>" in text
    actions("ModifyVpcEndpoint", **{"VpcEndpointId": endpoint, "RemoveSecurityGroupId.1": "sg-1"})
    assert "<groupId>sg-1</groupId>" not in actions("DescribeVpcEndpoints", **{"VpcEndpointId.1": endpoint})


def test_the_default_egress_rule_is_found_whatever_ports_are_sent(actions: Any) -> None:
    made = actions("CreateSecurityGroup", GroupName="g", GroupDescription="d")
    group = made.partition("<groupId>")[2].partition("<")[0]
    every = {
        "GroupId": group,
        "IpPermissions.1.IpProtocol": "-1",
        "IpPermissions.1.FromPort": "0",
        "IpPermissions.1.ToPort": "0",
        "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
    }
    actions("RevokeSecurityGroupEgress", **every)
    scope = {"Filter.1.Name": "group-id", "Filter.1.Value.1": group}
    assert "securityGroupRuleId" not in actions("DescribeSecurityGroupRules", **scope)
    actions("AuthorizeSecurityGroupEgress", **every | {"IpPermissions.1.IpRanges.1.Description": "all"})
    assert "<description>all</description>" in actions("DescribeSecurityGroupRules", **scope)


def test_ports_of_other_protocols_are_kept() -> None:
    seen: dict[str, Any] = {}

    def original(params: Any) -> Any:
        seen.update(params)
        return 200, {}, b""

    params = {"IpPermissions.1.IpProtocol": ["tcp"], "IpPermissions.1.FromPort": ["443"]}
    mends_ec2.MENDS["AuthorizeSecurityGroupIngress"](original)(params)
    assert seen == params


def test_an_alarm_is_told_whole() -> None:
    alarms = ministack.get("services.cloudwatch", "_alarms")
    alarms["a"] = {
        "AlarmName": "a",
        "AlarmDescription": "1 < 2",
        "Statistic": "Sum",
        "Period": 300,
        "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:t"],
        "Dimensions": [{"Name": "N", "Value": "V"}],
        "ActionsEnabled": True,
    }
    body = b"<member><AlarmName>a</AlarmName></member>"
    text = mends_services.ALARMS["DescribeAlarms"]({}, (200, {}, body))[2].decode()
    assert "<AlarmDescription>1 &lt; 2</AlarmDescription>" in text
    assert "<AlarmActions><member>arn:aws:sns:us-east-1:000000000000:t</member></AlarmActions>" in text
    assert "<Dimensions><member><Name>N</Name><Value>V</Value></member></Dimensions>" in text
    assert "<ActionsEnabled>true</ActionsEnabled>" in text
    del alarms["a"]


@pytest.mark.parametrize(("age", "kept"), [(21600, False), (3600, True)])
def test_the_default_age_of_an_event_is_left_out(age: int, kept: bool) -> None:
    body = json.dumps({"MaximumEventAgeInSeconds": age}).encode()
    answer = mends_services.FUNCTIONS["GET event-invoke-config"]({}, (200, {}, body))
    assert ("MaximumEventAgeInSeconds" in json.loads(answer[2])) is kept


@pytest.mark.parametrize(
    ("arn", "refused"),
    [
        ("arn:aws:batch:us-east-1:000000000000:job-queue/q", True),
        ("arn:aws:sqs:us-east-1:000000000000:q", False),
        ("nonsense", True),
    ],
)
def test_a_rule_takes_no_job_queue(arn: str, refused: bool) -> None:
    validate = mends_events.refuse_job_queues(ministack.get("services.eventbridge", "_validate_target_arn"))
    answer = validate({"Id": "t", "Arn": arn})
    assert (answer is not None) is refused
    if "batch" in arn:
        assert answer[0] == 400
        told = json.loads(answer[2])
        assert told["__type"] == "ValidationException"
        assert "the local environment" in told["message"]
        assert arn in told["message"]
