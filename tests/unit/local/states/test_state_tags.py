"""Tags of state machines and activities."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.states.resource_client import Client, arn


def tags(**given: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in given.items()]


@pytest.fixture(params=["stateMachine", "activity"])
def resource(client: Client, request: pytest.FixtureRequest) -> str:
    if request.param == "activity":
        client("CreateActivity", name="exome", tags=tags(a="1", b="2"))
    else:
        client.machine(tags=tags(a="1", b="2"))
    return arn("exome", request.param)


def test_listed_changed_and_removed(client: Client, resource: str) -> None:
    assert client("ListTagsForResource", resourceArn=resource) == {"tags": tags(a="1", b="2")}
    assert client("TagResource", resourceArn=resource, tags=[*tags(b="3"), {"key": "c"}]) == {}
    assert client("ListTagsForResource", resourceArn=resource) == {"tags": tags(a="1", b="3", c="")}
    assert client("UntagResource", resourceArn=resource, tagKeys=["a", "none"]) == {}
    assert client("ListTagsForResource", resourceArn=resource) == {"tags": tags(b="3", c="")}


# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 50 tags, no key of `aws:`
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([{"key": "aws:owner", "value": "a"}], "ValidationException"),
        ([{"key": "AWS:owner", "value": "a"}], "ValidationException"),
        ([{"key": "owner", "value": "a<b"}], "ValidationException"),
        ([{"key": "own(er", "value": ""}], "ValidationException"),
        ([{"key": str(each)} for each in range(49)], "TooManyTags"),
        ([{"key": "k" * 129}], "ValidationException"),
        ([{"key": "k", "value": "v" * 257}], "ValidationException"),
    ],
)
def test_refused(client: Client, resource: str, given: list[dict[str, Any]], code: str) -> None:
    assert client.refused("TagResource", resourceArn=resource, tags=given)[0] == code
    assert client("ListTagsForResource", resourceArn=resource) == {"tags": tags(a="1", b="2")}


def test_what_tags_may_hold(client: Client, resource: str) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html
    client("TagResource", resourceArn=resource, tags=[{"key": "größe_.:/=+-@ 1", "value": "日本 _.:/=+-@"}])
    assert {"key": "größe_.:/=+-@ 1", "value": "日本 _.:/=+-@"} in client(
        "ListTagsForResource", resourceArn=resource
    )["tags"]


def test_fifty_fit(client: Client, resource: str) -> None:
    client("TagResource", resourceArn=resource, tags=[{"key": str(each)} for each in range(48)])
    assert len(client("ListTagsForResource", resourceArn=resource)["tags"]) == 50


@pytest.mark.parametrize("operation", ["ListTagsForResource", "TagResource", "UntagResource"])
@pytest.mark.parametrize("name", ["other", "exome:1"])
def test_only_machines_and_activities_have_tags(client: Client, operation: str, name: str) -> None:
    client.machine(publish=True)
    more: dict[str, Any] = {"TagResource": {"tags": []}, "UntagResource": {"tagKeys": []}}.get(operation, {})
    assert client.refused(operation, resourceArn=arn(name), **more) == (
        "ResourceNotFound",
        f"Resource not found: '{arn(name)}'",
    )
    assert client.refused(operation, resourceArn=arn("exome", "execution"), **more)[0] == "InvalidArn"
