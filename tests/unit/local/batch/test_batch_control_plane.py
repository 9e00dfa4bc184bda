"""Compute environments, queues, policies and tags as Terraform and boto3 use them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.unit.local.batch.fakes import COMPUTE, SCOPE, Client

from batchyard.local.batch import Scope

FARGATE = {"type": "FARGATE", "maxvCpus": 4, "subnets": ["s"], "securityGroupIds": ["g"]}


def test_environment_is_valid_at_once_with_what_the_service_fills_in(client: Client) -> None:
    (found,) = client.call("DescribeComputeEnvironments", computeEnvironments=["spot"])["computeEnvironments"]
    assert (found["status"], found["state"]) == ("VALID", "ENABLED")
    assert found["serviceRole"].endswith("/AWSServiceRoleForBatch")
    assert found["ecsClusterArn"].startswith("arn:aws:ecs:us-east-1:000000000000:cluster/spot_Batch_")
    assert found["computeResources"]["minvCpus"] == 0
    assert found["computeResources"]["ec2Configuration"] == [{"imageType": "ECS_AL2023"}]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"computeEnvironmentName": "a b"}, "Compute environment name should match valid pattern"),
        ({"computeEnvironmentName": "spot"}, "Object already exists"),
        ({"type": "OTHER"}, "Member must satisfy enum value set: [MANAGED, UNMANAGED]"),
        ({"type": None}, "Value at 'type' failed to satisfy constraint: Member must not be null"),
        ({"computeResources": None}, "computeResources must be provided"),
        ({"computeResources": {"type": "EC2"}}, "'computeResources.maxvCpus' failed to satisfy"),
        ({"computeResources": COMPUTE | {"maxvCpus": "16"}}, "Member must be of type integer"),
        ({"computeResources": COMPUTE | {"minvCpus": 17}}, "at most maxvCpus"),
        ({"computeResources": COMPUTE | {"instanceRole": None}}, "Instance role is required."),
        ({"computeResources": COMPUTE | {"subnets": []}}, "Subnets are required."),
        ({"computeResources": FARGATE | {"minvCpus": 1}}, "minvCpus is not applicable for Fargate."),
        ({"type": "UNMANAGED"}, "can not be specified for an UNMANAGED"),
        ({"tags": {"aws:x": "1"}}, "Tag keys can not begin with aws:"),
    ],
)
def test_environment_refusals(client: Client, changes: dict[str, Any], message: str) -> None:
    payload = {"computeEnvironmentName": "other", "type": "MANAGED", "computeResources": COMPUTE} | changes
    assert message in client.refusal("CreateComputeEnvironment", **payload)


def test_environment_update_merges_and_keeps_the_rest(client: Client) -> None:
    client.environment("new", allocationStrategy="BEST_FIT_PROGRESSIVE")
    changes = {"maxvCpus": 32, "updateToLatestImageVersion": True, "tags": {"a": "b"}}
    client.call("UpdateComputeEnvironment", computeEnvironment="new", computeResources=changes)
    described = client.call("DescribeComputeEnvironments", computeEnvironments=["new"])
    (found,) = described["computeEnvironments"]
    assert found["computeResources"]["maxvCpus"] == 32
    assert found["computeResources"]["instanceTypes"] == ["optimal"]
    assert "updateToLatestImageVersion" not in found["computeResources"]


def test_environment_is_deleted_only_disabled_and_unused(client: Client) -> None:
    def refusal() -> str:
        return client.refusal("DeleteComputeEnvironment", computeEnvironment="spot")

    assert refusal() == "Cannot delete, state must be DISABLED"
    client.call("UpdateComputeEnvironment", computeEnvironment="spot", state="DISABLED")
    assert refusal() == "Cannot delete, found existing JobQueue relationship"
    assert client.refusal("DeleteJobQueue", jobQueue="high") == "Cannot delete, state must be DISABLED"
    client.call("UpdateJobQueue", jobQueue="high", state="DISABLED")
    client.call("DeleteJobQueue", jobQueue="high")
    client.call("DeleteComputeEnvironment", computeEnvironment="spot")
    assert client.call("DescribeComputeEnvironments")["computeEnvironments"] == []
    assert refusal() == "spot does not exist"


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ([], "At least one compute environment is required."),
        ([(1, "nope")], "computeEnvironment nope does not exist."),
        ([(1, "spot"), (1, "b")], "Compute environment order must be unique."),
        ([(1, "spot"), (2, "spot")], "can not be in a job queue twice"),
        ([(1, "spot"), (2, "serverless")], "EC2 and Fargate compute environments can not be mixed"),
        ([(1, "spot"), (2, "b"), (3, "c"), (4, "d")], "can not have more than 3 compute environments"),
    ],
)
def test_queue_order_refusals(client: Client, order: list[tuple[int, str]], message: str) -> None:
    for name in "bcd":
        client.environment(name)
    client.call(
        "CreateComputeEnvironment",
        computeEnvironmentName="serverless",
        type="MANAGED",
        computeResources=FARGATE,
    )
    entries = [{"order": number, "computeEnvironment": name} for number, name in order]
    refusal = client.refusal("CreateJobQueue", jobQueueName="q", priority=1, computeEnvironmentOrder=entries)
    assert message in refusal


def test_queue_is_described_by_name_and_arn_in_order(client: Client) -> None:
    client.environment("b")
    arn = client.queue("low", "spot", "b", priority=7, tags={"team": "x"})
    entries = [{"order": 9, "computeEnvironment": "spot"}, {"order": 2, "computeEnvironment": "b"}]
    client.call("UpdateJobQueue", jobQueue=arn, priority=8, computeEnvironmentOrder=entries)
    for name in ("low", arn):
        (found,) = client.call("DescribeJobQueues", jobQueues=[name])["jobQueues"]
        assert found["priority"] == 8
        assert found["status"] == "VALID"
        assert found["tags"] == {"team": "x"}
        assert [entry["order"] for entry in found["computeEnvironmentOrder"]] == [2, 9]


def test_fair_share_is_for_life(client: Client) -> None:
    policy = client.call("CreateSchedulingPolicy", name="fair", fairsharePolicy={"shareDecaySeconds": 60})
    other = client.call("CreateSchedulingPolicy", name="other")
    assert "Cannot add a scheduling policy" in client.refusal(
        "UpdateJobQueue", jobQueue="high", schedulingPolicyArn=policy["arn"]
    )
    client.queue("shared", schedulingPolicyArn=policy["arn"])
    client.call("UpdateJobQueue", jobQueue="shared", schedulingPolicyArn=other["arn"])
    assert "Cannot remove the scheduling policy" in client.refusal(
        "UpdateJobQueue", jobQueue="shared", schedulingPolicyArn=""
    )
    assert "existing JobQueue" in client.refusal("DeleteSchedulingPolicy", arn=other["arn"])
    client.call("DeleteSchedulingPolicy", arn=policy["arn"])
    assert client.call("ListSchedulingPolicies")["schedulingPolicies"] == [{"arn": other["arn"]}]


def test_policy_is_updated_and_described(client: Client) -> None:
    arn = client.call("CreateSchedulingPolicy", name="fair", tags={"a": "b"})["arn"]
    client.call("UpdateSchedulingPolicy", arn=arn, fairsharePolicy={"computeReservation": 10})
    (found,) = client.call("DescribeSchedulingPolicies", arns=[arn])["schedulingPolicies"]
    policy = {"computeReservation": 10}
    assert found == {"name": "fair", "arn": arn, "tags": {"a": "b"}, "fairsharePolicy": policy}
    assert "computeReservation must be" in client.refusal(
        "UpdateSchedulingPolicy", arn=arn, fairsharePolicy={"computeReservation": 100}
    )


@pytest.mark.parametrize("encode", [lambda arn: arn, lambda arn: quote(arn, safe="")])
def test_tags_by_arn(client: Client, encode: Any) -> None:
    arn = client.queue("tagged", tags={"a": "1"})
    path = f"/v1/tags/{encode(arn)}"
    assert client.engine.handle(SCOPE, "POST", path, {"tags": {"b": "2"}}) == (200, {})
    assert client.engine.handle(SCOPE, "GET", path, {}) == (200, {"tags": {"a": "1", "b": "2"}})
    assert client.engine.handle(SCOPE, "DELETE", f"{path}?tagKeys=a&tagKeys=b", {}) == (200, {})
    (found,) = client.call("DescribeJobQueues", jobQueues=["tagged"])["jobQueues"]
    assert found["tags"] == {}


def test_tags_of_a_job(client: Client) -> None:
    job = client.job(client.submit(tags={"a": "1"}))
    client.engine.handle(SCOPE, "POST", f"/v1/tags/{job['jobArn']}", {"tags": {"a": "2"}})
    assert client.job(job["jobId"])["tags"] == {"a": "2"}
    status, body = client.engine.handle(SCOPE, "GET", f"/v1/tags/{job['jobArn']}x", {})
    assert (status, "does not exist" in body["message"]) == (400, True)


def test_pages_follow_each_other(client: Client) -> None:
    names = {f"p{number}" for number in range(5)}
    for name in sorted(names):
        client.environment(name)
    seen, token = [], None
    while True:
        page = client.call("DescribeComputeEnvironments", maxResults=2, nextToken=token)
        seen += [each["computeEnvironmentName"] for each in page["computeEnvironments"]]
        if not (token := page.get("nextToken")):
            break
    assert sorted(seen) == sorted(names | {"spot"})
    assert client.refusal("DescribeJobQueues", nextToken="!") == "nextToken is not valid"
    assert "between 1 and 100" in client.refusal("DescribeJobQueues", maxResults=101)


def test_scopes_do_not_see_each_other(client: Client) -> None:
    job = client.submit()
    other = Client(client.engine, Scope("000000000000", "eu-west-1"))
    assert other.call("DescribeComputeEnvironments")["computeEnvironments"] == []
    assert other.call("DescribeJobs", jobs=[job])["jobs"] == []
    assert other.refusal("SubmitJob", jobName="j", jobQueue="high", jobDefinition="align") == (
        "JobQueue high not found."
    )


def test_unknown_operations_are_told_apart_from_unsupported_ones(client: Client) -> None:
    assert client.raw("Nonsense")[0] == 404
    assert "ListConsumableResources is not supported" in client.refusal("ListConsumableResources")
