"""Multi-node definitions: ranges, what is refused, what submissions override, what the nodes need."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.local.batch.test_batch_container_rules import asked
from tests.unit.local.batch.test_batch_tasks_rules import container, task

from batchyard.local.batch import definitions, needs, nodes
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.needs import Needs


def entry(target: str, vcpus: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "targetNodes": target,
        "container": {"image": target, "resourceRequirements": asked(vcpus, "64")},
        **more,
    }


def many(count: int, *given: dict[str, Any], main: int = 0) -> dict[str, Any]:
    return {"numNodes": count, "mainNode": main, "nodeRangeProperties": list(given)}


def refusal(properties: dict[str, Any], *capabilities: str) -> str:
    payload = {"type": "multinode", "nodeProperties": properties, "platformCapabilities": list(capabilities)}
    with pytest.raises(ApiError) as caught:
        definitions.check(payload)
    return caught.value.message


@pytest.mark.parametrize(
    ("target", "indexes"),
    [("2", [2]), ("1:3", [1, 2, 3]), (":1", [0, 1]), ("3:", [3, 4]), (":", [0, 1, 2, 3, 4]), ("0:0", [0])],
)
def test_spans(target: str, indexes: list[int]) -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeRangeProperty.html
    assert list(nodes.span(target, 5)) == indexes


# https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeProperties.html, API_NodeRangeProperty and
# https://docs.aws.amazon.com/batch/latest/userguide/mnp-node-groups.html (five groups, one instance type).
@pytest.mark.parametrize(
    ("properties", "message"),
    [
        (many(0, entry(":")), "numNodes must be between 1 and 1000, not 0"),
        (many(2, entry(":"), main=2), "mainNode must be an index from 0 to 1, not 2"),
        (many(2), "nodeRangeProperties must have 1 to 5 elements, not 0"),
        (many(9, *(entry(str(n)) for n in range(6))), "must have 1 to 5 elements, not 6"),
        (many(3, entry("0"), entry("2")), "do not account for node 1: targetNodes together must cover 0:2"),
        (many(3, entry("0:3")), "targetNodes '0:3' is not within the nodes 0 to 2"),
        (many(3, entry("2:1")), "'2:1' is not within the nodes"),
        (many(3, entry("all")), "'all' is not a node range: write an index, m:n, :n, n: or :"),
        (
            many(1, entry("0", ecsProperties=task(container("a")))),
            "range 0 must have exactly one of container",
        ),
        (many(1, {"targetNodes": "0"}), "Node range 0 must have exactly one of container, ecsProperties"),
        (many(1, entry("0", instanceTypes=["a", "b"])), "instanceTypes can not have more than 1 element"),
        (
            many(2, entry("0", instanceTypes=["c5.large"]), entry("1")),
            "must use the same instance type, not c5.large, none",
        ),
        (many(1, {"targetNodes": "0", "container": {"image": "x"}}), "vCPU is not provided."),
        (many(1, {"targetNodes": "0", "ecsProperties": task()}), "containers must have 1 to 10 elements"),
    ],
)
def test_refusals(properties: dict[str, Any], message: str) -> None:
    assert message in refusal(properties)


def test_not_on_fargate() -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/create-multi-node-job-def.html
    assert "can not be specified for Fargate: use platform capability EC2" in refusal(
        many(1, entry("0")), "FARGATE"
    )


def images(properties: dict[str, Any]) -> list[str]:
    return [nodes.body(each)["image"] for each in nodes.entries(properties)]


def test_narrower_ranges_override_wider_ones() -> None:
    # "the 4:5 range properties override the 0:10 properties":
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeRangeProperty.html
    assert images(many(5, entry("2:3"), entry(":"), entry("3"))) == [":", ":", "2:3", "3", ":"]


def test_needs_by_node_and_of_all() -> None:
    properties = many(4, entry("0", "4"), entry("1:", "2"))
    assert needs.by_node(properties) == [Needs(4, 64), *[Needs(2, 64)] * 3]
    assert needs.of(properties) == Needs(10, 256)
    pod = {"targetNodes": "0", "eksProperties": {"podProperties": {}}}
    assert needs.of(many(1, pod)) == Needs()


def change(target: str, **overrides: Any) -> dict[str, Any]:
    return {"nodePropertyOverrides": [{"targetNodes": target, **overrides}]}


def commands(properties: dict[str, Any]) -> list[list[str] | None]:
    return [nodes.body(each).get("command") for each in nodes.entries(properties)]


def test_number_of_nodes_follows_an_open_range() -> None:
    properties = many(2, entry("0"), entry("1:"))
    assert images(nodes.overridden(properties, {"numNodes": 4})) == ["0", "1:", "1:", "1:"]
    assert properties["numNodes"] == 2


# The conditions of https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeOverrides.html
@pytest.mark.parametrize(
    ("properties", "overrides", "message"),
    [
        (many(2, entry("0:1")), {"numNodes": 3}, "needs a node range with an open upper boundary"),
        (many(4, entry("0:2"), entry("3:")), {"numNodes": 3}, "numNodes must be at least 4"),
        (
            many(4, entry(":"), main=2),
            {"numNodes": 2},
            "numNodes must be at least 3: more than the main node's",
        ),
        (
            many(2, entry(":")),
            change("2"),
            "nodePropertyOverrides.targetNodes '2' is not within the nodes 0 to 1",
        ),
        (
            many(1, entry("0")),
            change("0", ecsPropertiesOverride=task({"name": "a"})),
            "ecsPropertiesOverride can not be specified for nodes 0, whose node range has no ecsProperties",
        ),
        (
            many(1, entry("0")),
            change("0", eksPropertiesOverride={"podProperties": {}}),
            "whose node range has no eksProperties",
        ),
        (
            many(1, entry("0")),
            change("0", containerOverrides={"command": ["x" * 8_200]}),
            "nodeOverrides length must be at most 8192",
        ),
    ],
)
def test_override_refusals(properties: dict[str, Any], overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as caught:
        nodes.overridden(properties, overrides)
    assert message in caught.value.message


def test_overrides_reach_the_nodes_that_they_name_and_no_other() -> None:
    properties = many(4, entry("0"), entry("1:"))
    found = nodes.overridden(properties, change("2:3", containerOverrides={"command": ["x"]}))
    assert commands(found) == [None, None, ["x"], ["x"]]
    whole = nodes.overridden(properties, change("1:", containerOverrides={"command": ["y"]}))
    assert commands(whole) == [None, ["y"], ["y"], ["y"]]
    assert [each["targetNodes"] for each in whole["nodeRangeProperties"]] == ["0", "1:"]


def test_overrides_of_tasks_and_instance_types() -> None:
    properties = many(2, {"targetNodes": ":", "ecsProperties": task(container("a"))})
    override = {"taskProperties": [{"containers": [{"name": "a", "command": ["z"]}]}]}
    found = nodes.overridden(
        properties, change(":", ecsPropertiesOverride=override, instanceTypes=["c5.large"])
    )
    (only,) = found["nodeRangeProperties"]
    assert only["ecsProperties"]["taskProperties"][0]["containers"][0]["command"] == ["z"]
    assert only["instanceTypes"] == ["c5.large"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    count = draw(st.integers(1, 8))

    def spans(most: int) -> list[tuple[int, int]]:
        pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
        return [(min(pair), max(pair)) for pair in draw(st.lists(pairs, max_size=most))]

    ranges = [entry(":"), *(entry(f"{first}:{last}") for first, last in spans(3))]
    return many(count, *ranges), spans(4)


@given(cases())
def test_each_node_gets_its_own_properties_with_the_last_override(
    case: tuple[dict[str, Any], list[tuple[int, int]]],
) -> None:
    properties, targets = case
    before = copy.deepcopy(properties)
    changes = [
        {"targetNodes": f"{first}:{last}", "containerOverrides": {"command": [str(number)]}}
        for number, (first, last) in enumerate(targets)
    ]
    found = nodes.overridden(properties, {"nodePropertyOverrides": changes})
    expected: list[list[str] | None] = [None] * properties["numNodes"]
    for number, (first, last) in enumerate(targets):
        expected[first : last + 1] = [[str(number)]] * (last - first + 1)
    assert commands(found) == expected
    assert images(found) == images(properties)
    assert properties == before


def test_registered_definition_is_described_with_defaults(client: Any) -> None:
    client.call(
        "RegisterJobDefinition", jobDefinitionName="mpi", type="multinode", nodeProperties=many(2, entry(":"))
    )
    (found,) = client.call("DescribeJobDefinitions", jobDefinitionName="mpi")["jobDefinitions"]
    (only,) = found["nodeProperties"]["nodeRangeProperties"]
    assert (found["type"], only["container"]["ulimits"]) == ("multinode", [])
