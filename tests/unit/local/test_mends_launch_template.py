"""Launch templates keep what makes an interface an EFA, for each version by itself."""

from __future__ import annotations

from typing import Any

import pytest

from batchyard.local import mends_launch_template, ministack

CARD = "LaunchTemplateData.NetworkInterface"


@pytest.fixture
def actions() -> Any:
    """Return EC2's operations with those of launch templates mended."""
    table = ministack.get("services.ec2", "_ACTION_MAP")
    mended = {name: mend(table[name]) for name, mend in mends_launch_template.MENDS.items()}

    def call(name: str, **params: str) -> str:
        status, _, body = mended.get(name, table[name])({key: [value] for key, value in params.items()})
        assert status == 200, body
        return body.decode() if isinstance(body, bytes) else str(body)

    return call


def cards(*kinds: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, kind in enumerate(kinds):
        start = f"{CARD}.{number + 1}"
        found |= {
            f"{start}.DeviceIndex": str(min(number, 1)),
            f"{start}.NetworkCardIndex": str(number),
            f"{start}.InterfaceType": kind,
            f"{start}.DeleteOnTermination": "true",
            f"{start}.SecurityGroupId.1": "sg-1",
            f"{start}.SecurityGroupId.2": "sg-2",
        }
    return found


def described(actions: Any, template: str) -> list[str]:
    """Return what is said of each version's interfaces, in the order of the answer."""
    text = actions("DescribeLaunchTemplateVersions", LaunchTemplateId=template)
    return [part.partition("</networkInterfaceSet>")[0] for part in text.split("<networkInterfaceSet>")[1:]]


def test_every_version_keeps_its_own_interfaces(actions: Any) -> None:
    made = actions("CreateLaunchTemplate", LaunchTemplateName="efa", **cards("efa"))
    template = made.partition("<launchTemplateId>")[2].partition("<")[0]
    actions("CreateLaunchTemplateVersion", LaunchTemplateId=template, **cards("efa", "efa-only"))
    found = described(actions, template)
    assert sorted(part.count("<interfaceType>") for part in found) == [1, 2]
    both = max(found, key=len)
    assert "<interfaceType>efa-only</interfaceType>" in both
    assert "<networkCardIndex>1</networkCardIndex>" in both
    assert both.count("<deleteOnTermination>true</deleteOnTermination>") == 2
    assert both.count("<groupSet><groupId>sg-1</groupId><groupId>sg-2</groupId></groupSet>") == 2


def test_a_template_without_interfaces_stays_as_it_was(actions: Any) -> None:
    made = actions("CreateLaunchTemplate", LaunchTemplateName="plain", **{"LaunchTemplateData.KeyName": "k"})
    template = made.partition("<launchTemplateId>")[2].partition("<")[0]
    text = actions("DescribeLaunchTemplateVersions", LaunchTemplateId=template)
    assert "<networkInterfaceSet>" not in text
    assert "<versionNumber>1</versionNumber>" in text
