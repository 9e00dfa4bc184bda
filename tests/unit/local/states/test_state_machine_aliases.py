"""Aliases of state machines.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.unit.local.states.resource_client import SCOPE, START, Client, arn, definition

from batchyard.local.states import aliases
from batchyard.local.states.api import ApiError

MACHINE = arn("exome")
LIVE = f"{MACHINE}:live"


def routes(*shares: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"stateMachineVersionArn": arn(version), "weight": weight} for version, weight in shares]


VERSIONS = "Routing configuration must contain"


def item(version: int, weight: int) -> str:
    """Return an entry of a routing configuration as the service prints it."""
    return f"RoutingConfigurationListItem(stateMachineVersionArn={MACHINE}:{version}, weight={weight})"


@pytest.fixture
def alias(client: Client) -> Client:
    """Return the client of a machine of two versions with the alias `live` of the first."""
    client.machine(publish=True)
    client("UpdateStateMachine", stateMachineArn=MACHINE, definition=definition("two"), publish=True)
    client("CreateStateMachineAlias", name="live", routingConfiguration=routes(("exome:1", 100)))
    return client


def test_created_and_described(alias: Client) -> None:
    assert alias("DescribeStateMachineAlias", stateMachineAliasArn=LIVE) == {
        "stateMachineAliasArn": LIVE,
        "name": "live",
        "routingConfiguration": routes(("exome:1", 100)),
        "creationDate": START,
        "updateDate": START,
    }


def test_the_same_again_is_the_same_alias(alias: Client) -> None:
    alias.clock.advance_to(START + 5)
    again = alias("CreateStateMachineAlias", name="live", routingConfiguration=routes(("exome:1", 100)))
    assert again == {"stateMachineAliasArn": LIVE, "creationDate": START}


@pytest.mark.parametrize(
    "change", [{"description": "other"}, {"routingConfiguration": routes(("exome:2", 100))}]
)
def test_another_of_the_same_name_is_refused(alias: Client, change: dict[str, Any]) -> None:
    request = {"name": "live", "routingConfiguration": routes(("exome:1", 100)), **change}
    assert alias.refused("CreateStateMachineAlias", **request) == (
        "ConflictException",
        (
            "Failed to create alias because an alias with the same name and a different routing "
            "configuration already exists."
        ),
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            routes(("exome", 100)),
            f"{VERSIONS} state machine version ARNs. Received: [{MACHINE}]",
        ),
        (
            routes(("exome", 70), ("exome:2", 30)),
            f"{VERSIONS} state machine version ARNs. Received: [{MACHINE}, {MACHINE}:2]",
        ),
        (
            routes(("exome:1", 50), ("exome:1", 50)),
            f"{VERSIONS} distinct state machine version ARNs. Received: [{MACHINE}:1, {MACHINE}:1]",
        ),
        (
            routes(("exome:1", 70), ("exome:2", 29)),
            "Sum of routing configuration weights must equal 100. Received: [70, 29]",
        ),
        (
            routes(("exome:1", 70), ("exome:2", 31)),
            "Sum of routing configuration weights must equal 100. Received: [70, 31]",
        ),
        (
            routes(("exome:1", 50), ("other:1", 50)),
            "Routing configuration must contain versions of one state machine.",
        ),
        (
            routes(("exome:1", 50), ("exome:2", 30), ("exome:3", 20)),
            (
                f"1 validation error detected: Value '[{item(1, 50)}, {item(2, 30)}, {item(3, 20)}]' at "
                "'routingConfiguration' failed to satisfy constraint: Member must have length less than or "
                "equal to 2"
            ),
        ),
        (
            routes(("exome:1", 101)),
            (
                "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' "
                "failed to satisfy constraint: Member must have value less than or equal to 100"
            ),
        ),
    ],
)
def test_routing_that_is_refused(alias: Client, given: list[dict[str, Any]], message: str) -> None:
    refusals = [
        alias.refused("CreateStateMachineAlias", name="other", routingConfiguration=given),
        alias.refused("UpdateStateMachineAlias", stateMachineAliasArn=LIVE, routingConfiguration=given),
    ]
    assert {code for code, _ in refusals} == {"ValidationException"}
    assert all(message in found for _, found in refusals)


@pytest.mark.parametrize(
    ("name", "constraint"),
    [
        ("123", "Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"),
        ("a b", "Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"),
        ("a@", "Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"),
        ("A" * 81, "Member must have length less than or equal to 80"),
    ],
)
def test_names_that_are_refused(alias: Client, name: str, constraint: str) -> None:
    given = {"name": name, "routingConfiguration": routes(("exome:1", 100))}
    assert alias.refused("CreateStateMachineAlias", **given) == (
        "ValidationException",
        f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: {constraint}",
    )


def test_a_version_that_is_not_there(alias: Client) -> None:
    request = {"name": "other", "routingConfiguration": routes(("exome:9", 100))}
    assert alias.refused("CreateStateMachineAlias", **request)[0] == "ResourceNotFound"


def test_updated(alias: Client) -> None:
    alias.clock.advance_to(START + 5)
    split = routes(("exome:1", 50), ("exome:2", 50))
    assert alias("UpdateStateMachineAlias", stateMachineAliasArn=LIVE, description="new") == {
        "updateDate": START + 5
    }
    alias("UpdateStateMachineAlias", stateMachineAliasArn=LIVE, routingConfiguration=split)
    found = alias("DescribeStateMachineAlias", stateMachineAliasArn=LIVE)
    assert (found["description"], found["routingConfiguration"]) == ("new", split)
    assert (found["creationDate"], found["updateDate"]) == (START, START + 5)
    assert alias.refused("UpdateStateMachineAlias", stateMachineAliasArn=LIVE)[0] == "ValidationException"


def test_listed(alias: Client) -> None:
    for name in ("blue", "amber"):
        alias("CreateStateMachineAlias", name=name, routingConfiguration=routes(("exome:2", 100)))

    def listed(of: str, **request: Any) -> list[str]:
        found = alias("ListStateMachineAliases", stateMachineArn=of, **request)["stateMachineAliases"]
        return [each["stateMachineAliasArn"].rsplit(":", 1)[-1] for each in found]

    assert listed(MACHINE) == ["amber", "blue", "live"]
    assert (listed(f"{MACHINE}:1"), listed(f"{MACHINE}:2")) == (["live"], ["amber", "blue"])
    assert listed(MACHINE, maxResults=1) == ["amber"]


def test_deleted(alias: Client) -> None:
    for _ in range(2):
        assert alias("DeleteStateMachineAlias", stateMachineAliasArn=LIVE) == {}
    for operation in ("DescribeStateMachineAlias", "UpdateStateMachineAlias"):
        assert alias.refused(
            operation, stateMachineAliasArn=LIVE, **({"description": "a"} if "Update" in operation else {})
        ) == (
            "ResourceNotFound",
            "Request references a resource that does not exist.",
        )


def test_a_version_in_use_stays(alias: Client) -> None:
    assert alias.refused("DeleteStateMachineVersion", stateMachineVersionArn=f"{MACHINE}:1") == (
        "ConflictException",
        (
            "Version to be deleted must not be referenced by an alias. "
            "Current list of aliases referencing this version: [live]"
        ),
    )
    alias("UpdateStateMachineAlias", stateMachineAliasArn=LIVE, routingConfiguration=routes(("exome:2", 100)))
    assert alias("DeleteStateMachineVersion", stateMachineVersionArn=f"{MACHINE}:1") == {}


def test_a_machine_takes_its_aliases_along(alias: Client) -> None:
    alias("DeleteStateMachine", stateMachineArn=MACHINE)
    assert alias.refused("DescribeStateMachineAlias", stateMachineAliasArn=LIVE)[0] == "ResourceNotFound"


def test_a_hundred_at_most(alias: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    assert aliases.MOST == 100
    monkeypatch.setattr(aliases, "MOST", 1)
    request = {"name": "other", "routingConfiguration": routes(("exome:1", 100))}
    assert alias.refused("CreateStateMachineAlias", **request)[0] == "ServiceQuotaExceededException"


def test_starting_an_alias_draws_a_version_by_weight(alias: Client) -> None:
    shares = routes(("exome:1", 80), ("exome:2", 20))
    alias("UpdateStateMachineAlias", stateMachineAliasArn=LIVE, routingConfiguration=shares)
    found = [alias.machines.resolve(SCOPE, LIVE) for _ in range(500)]
    assert {each.alias_arn for each in found} == {LIVE}
    drawn = Counter(each.version_arn for each in found)
    assert 350 < drawn[f"{MACHINE}:1"] < 450
    assert drawn.total() == 500
    assert {each.definition for each in found} == {definition(), definition("two")}


def test_a_weight_of_nothing_is_never_drawn(alias: Client) -> None:
    shares = routes(("exome:1", 0), ("exome:2", 100))
    alias("UpdateStateMachineAlias", stateMachineAliasArn=LIVE, routingConfiguration=shares)
    assert {alias.machines.resolve(SCOPE, LIVE).version_arn for _ in range(50)} == {f"{MACHINE}:2"}


def test_an_alias_that_is_not_there_starts_nothing(alias: Client) -> None:
    with pytest.raises(ApiError, match="State Machine Does Not Exist"):
        alias.machines.resolve(SCOPE, f"{MACHINE}:gone")
