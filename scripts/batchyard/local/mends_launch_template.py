"""Mends of launch templates: the emulator drops what makes a network interface an EFA."""

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
_PREFIX = "LaunchTemplateData.NetworkInterface"
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateInstanceNetworkInterfaceSpecification.html
_FIELDS = (
    *("AssociatePublicIpAddress", "DeleteOnTermination", "Description", "DeviceIndex", "InterfaceType"),
    *("NetworkCardIndex", "SubnetId"),
)
# One version of a template in an answer, up to its interfaces.
_VERSION = re.compile(
    r"(<launchTemplateId>(?P<id>[^<]*)</launchTemplateId>(?:(?!<launchTemplateId>).)*?"
    r"<versionNumber>(?P<number>\d+)</versionNumber>(?:(?!<launchTemplateId>).)*?)"
    r"<networkInterfaceSet>.*?</networkInterfaceSet>",
    re.DOTALL,
)


def _create(original: Operation) -> Operation:
    """Keep every field of the interfaces beside what the emulator keeps."""

    def create(params: Params) -> Response:
        response = original(params)
        text, interfaces = _text(response), _interfaces(params)
        made = re.search(r"<launchTemplateId>([^<]*)</launchTemplateId>", text)
        if made and interfaces:
            template = ministack.get(_EC2, "_launch_templates")[made[1]]
            template["Versions"][-1]["Interfaces"] = interfaces
        return response

    return create


def _describe(original: Operation) -> Operation:
    def whole(match: re.Match[str]) -> str:
        template = ministack.get(_EC2, "_launch_templates").get(match["id"]) or {"Versions": []}
        for version in template["Versions"]:
            if str(version["VersionNumber"]) == match["number"] and "Interfaces" in version:
                items = "".join(_item(interface) for interface in version["Interfaces"])
                return f"{match[1]}<networkInterfaceSet>{items}</networkInterfaceSet>"
        return match[0]

    def describe(params: Params) -> Response:
        status, headers, _ = response = original(params)
        return status, headers, _VERSION.sub(whole, _text(response)).encode()

    return describe


MENDS: dict[str, Callable[[Operation], Operation]] = {
    "CreateLaunchTemplate": _create,
    "CreateLaunchTemplateVersion": _create,
    "DescribeLaunchTemplateVersions": _describe,
}


def _interfaces(params: Params) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while any(key.startswith(f"{_PREFIX}.{len(found) + 1}.") for key in params):
        start = f"{_PREFIX}.{len(found) + 1}"
        fields = {name: _one(params, f"{start}.{name}") for name in _FIELDS}
        groups: list[str] = []
        while group := _one(params, f"{start}.SecurityGroupId.{len(groups) + 1}"):
            groups.append(group)
        found.append({name: value for name, value in fields.items() if value} | {"Groups": groups})
    return found


def _item(interface: Mapping[str, Any]) -> str:
    groups = "".join(f"<groupId>{escape(group)}</groupId>" for group in interface["Groups"])
    fields = "".join(
        f"<{name[0].lower()}{name[1:]}>{escape(interface[name])}</{name[0].lower()}{name[1:]}>"
        for name in _FIELDS
        if name in interface
    )
    return f"<item>{fields}<groupSet>{groups}</groupSet></item>"


def _text(response: Response) -> str:
    body = response[2]
    return body.decode() if isinstance(body, bytes) else str(body)


def _one(params: Params, key: str) -> str:
    value = params.get(key, "")
    return str(value[0] if isinstance(value, list) else value)
