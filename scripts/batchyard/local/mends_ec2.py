"""Mends of EC2: what Terraform's provider reads back of flow logs, endpoints and security group rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from batchyard.local import ministack

Params = Mapping[str, Any]
Response = tuple[int, dict[str, str], Any]
Operation = Callable[[Params], Response]
_EC2 = "services.ec2"
_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)  # https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html


def _create_flow_logs(original: Operation) -> Operation:
    """The emulator drops role, interval and format, and knows the tags under another resource type."""

    def create(params: Params) -> Response:
        response = original(params)
        for found in re.findall(r"<item>(fl-[0-9a-zA-Z]+)</item>", _text(response)):
            ministack.get(_EC2, "_parse_tag_specs")(params, "vpc-flow-log", found)
            ministack.get(_EC2, "_flow_logs")[found].update(
                deliverLogsPermissionArn=_one(params, "DeliverLogsPermissionArn"),
                maxAggregationInterval=_one(params, "MaxAggregationInterval") or "600",
                logFormat=_one(params, "LogFormat") or _FORMAT,
                logGroupName=_one(params, "LogDestination").partition(":log-group:")[2].removesuffix(":*"),
                deliverLogsStatus="SUCCESS",
            )
        return response

    return create


def _describe_flow_logs(original: Operation) -> Operation:
    def add(item: str) -> str:
        record = ministack.get(_EC2, "_flow_logs").get(_within(item, "flowLogId")) or {}
        return "".join(_tag(name, value) for name, value in record.items() if name[0].islower() and value)

    return _adding(original, "flowLogId", add)


def _create_vpc_endpoint(original: Operation) -> Operation:
    """The emulator drops security groups, private DNS and policy of an endpoint."""

    def create(params: Params) -> Response:
        response = original(params)
        record = ministack.get(_EC2, "_vpc_endpoints").get(_within(_text(response), "vpcEndpointId"))
        if record is not None:
            record["groups"] = _many(params, "SecurityGroupId")
            record["private_dns"] = _one(params, "PrivateDnsEnabled") or "false"
            record.setdefault("PolicyDocument", _one(params, "PolicyDocument"))
        return response

    return create


def _modify_vpc_endpoint(original: Operation) -> Operation:
    def modify(params: Params) -> Response:
        response = original(params)
        record = ministack.get(_EC2, "_vpc_endpoints").get(_one(params, "VpcEndpointId"))
        if record is not None:
            gone = _many(params, "RemoveSecurityGroupId")
            kept = [group for group in record.get("groups", []) if group not in gone]
            record["groups"] = kept + _many(params, "AddSecurityGroupId")
            record["private_dns"] = _one(params, "PrivateDnsEnabled") or record.get("private_dns", "false")
        return response

    return modify


def _describe_vpc_endpoints(original: Operation) -> Operation:
    def add(item: str) -> str:
        record = ministack.get(_EC2, "_vpc_endpoints").get(_within(item, "vpcEndpointId")) or {}
        groups = "".join(f"<item>{_tag('groupId', group)}</item>" for group in record.get("groups", []))
        policy = record.get("PolicyDocument")
        return (
            f"<groupSet>{groups}</groupSet>{_tag('privateDnsEnabled', record.get('private_dns', 'false'))}"
            f"{_tag('policyDocument', policy) if policy else ''}"
        )

    return _adding(original, "vpcEndpointId", add)


def _without_ports(original: Operation) -> Operation:
    """Protocol -1 means all ports, whatever is sent: with ports the emulator misses the default rule."""

    def call(params: Params) -> Response:
        every = {key.removesuffix("IpProtocol") for key, value in params.items() if _is_all(key, value)}
        ports = {f"{prefix}{name}" for prefix in every for name in ("FromPort", "ToPort")}
        return original({key: value for key, value in params.items() if key not in ports})

    return call


def _is_all(key: str, value: Any) -> bool:  # noqa: ANN401 - a string, or a list of one
    return key.endswith("IpProtocol") and (value[0] if isinstance(value, list) else value) == "-1"


MENDS: dict[str, Callable[[Operation], Operation]] = {
    "CreateFlowLogs": _create_flow_logs,
    "DescribeFlowLogs": _describe_flow_logs,
    "CreateVpcEndpoint": _create_vpc_endpoint,
    "ModifyVpcEndpoint": _modify_vpc_endpoint,
    "DescribeVpcEndpoints": _describe_vpc_endpoints,
    "AuthorizeSecurityGroupEgress": _without_ports,
    "RevokeSecurityGroupEgress": _without_ports,
    "AuthorizeSecurityGroupIngress": _without_ports,
    "RevokeSecurityGroupIngress": _without_ports,
}


def _adding(original: Operation, key: str, add: Callable[[str], str]) -> Operation:
    """Wrap a describe operation: `add` gives what to put after the id of each item."""
    pattern = re.compile(rf"<{key}>[^<]*</{key}>")

    def describe(params: Params) -> Response:
        status, headers, _ = response = original(params)
        text = pattern.sub(lambda match: match[0] + add(match[0]), _text(response))
        return status, headers, text.encode()

    return describe


def _text(response: Response) -> str:
    body = response[2]
    return body.decode() if isinstance(body, bytes) else str(body)


def _within(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", xml)
    return found[1] if found else ""


def _tag(name: str, value: object) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


def _one(params: Params, key: str) -> str:
    value = params.get(key, "")
    return str(value[0] if isinstance(value, list) else value)


def _many(params: Params, prefix: str) -> list[str]:
    found: list[str] = []
    while value := _one(params, f"{prefix}.{len(found) + 1}"):
        found.append(value)
    return found
