"""What holds of resources whatever is asked, in whatever order."""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import Any

from botocore.loaders import Loader
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.local.states.resource_client import ROLE, Client, Service, arn, definition

from batchyard.local.states import resources
from batchyard.local.states.api import ApiError

MODEL = Loader().load_service_model("stepfunctions", "service-2")
MACHINE = arn("exome")

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2000),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from([ROLE, MACHINE, f"{MACHINE}:1", f"{MACHINE}:live", f"{MACHINE}/label", "exome", "{}"]),
    st.sampled_from(
        [arn("align", "activity"), arn("exome:run", "execution"), "arn:aws:states:::", definition()]
    ),
)
_KEYS = st.sampled_from(["key", "value", "type", "level", "weight", "stateMachineVersionArn", "result", "a"])
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    operation = draw(st.sampled_from(sorted(resources.OPERATIONS)))
    shape = MODEL["shapes"][MODEL["operations"][operation]["input"]["shape"]]
    members = dict.fromkeys(shape["members"], _VALUES)
    needed = {name: members.pop(name) for name in shape.get("required", ())}
    return operation, draw(st.fixed_dictionaries(needed, optional=members))


@settings(max_examples=150, deadline=None)
@given(st.lists(requests(), max_size=6))
def test_whatever_is_asked_is_answered_or_refused(asked: list[tuple[str, dict[str, Any]]]) -> None:
    client = Client(Service())
    client.machine(publish=True)
    client("CreateActivity", name="align")
    for operation, request in asked:
        try:
            answer = client(operation, **request)
        except ApiError as refusal:
            answer = refusal.response()[1]
        if not isinstance(answer, Future):
            json.dumps(answer)


_STEPS = st.lists(
    st.sampled_from(["update", "publish", "delete-1", "delete-2", "delete-3", "alias", "shift", "unalias"]),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(_STEPS)
def test_versions_count_up_never_change_and_stay_while_an_alias_starts_them(steps: list[str]) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html
    client = Client(Service())
    client.machine()
    seen: dict[str, Any] = {}
    for number, step in enumerate(steps):
        _take(client, step, number)
        listed = [
            each["stateMachineVersionArn"]
            for each in client("ListStateMachineVersions", stateMachineArn=MACHINE)["stateMachineVersions"]
        ]
        numbers = [int(each.rpartition(":")[2]) for each in listed]
        assert numbers == sorted(set(numbers), reverse=True)
        for each in listed:
            found = client("DescribeStateMachine", stateMachineArn=each)
            assert seen.setdefault(each, found) == found
        for alias in client("ListStateMachineAliases", stateMachineArn=MACHINE)["stateMachineAliases"]:
            found = client("DescribeStateMachineAlias", stateMachineAliasArn=alias["stateMachineAliasArn"])
            routes = found["routingConfiguration"]
            assert {each["stateMachineVersionArn"] for each in routes} <= set(listed)
            resolved = client.machines.resolve(client.scope, alias["stateMachineAliasArn"])
            assert resolved.version_arn in listed


def _take(client: Client, step: str, number: int) -> None:
    routes = [{"stateMachineVersionArn": f"{MACHINE}:{1 + number % 3}", "weight": 100}]
    live = f"{MACHINE}:live"
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "update": ("UpdateStateMachine", {"stateMachineArn": MACHINE, "definition": definition(str(number))}),
        "publish": ("PublishStateMachineVersion", {"stateMachineArn": MACHINE}),
        "alias": ("CreateStateMachineAlias", {"name": "live", "routingConfiguration": routes}),
        "shift": ("UpdateStateMachineAlias", {"stateMachineAliasArn": live, "routingConfiguration": routes}),
        "unalias": ("DeleteStateMachineAlias", {"stateMachineAliasArn": live}),
    }
    version = {"stateMachineVersionArn": f"{MACHINE}:{step[-1]}"}
    operation, request = asked.get(step, ("DeleteStateMachineVersion", version))
    try:
        client(operation, **request)
    except ApiError as refusal:
        if refusal.code not in ("ConflictException", "ResourceNotFound"):
            raise
