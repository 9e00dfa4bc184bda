"""ListJobs: statuses, filters, pages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.batch.fakes import Client


def _ids(client: Client, **query: Any) -> list[str]:
    return [each["jobId"] for each in client.call("ListJobs", **query)["jobSummaryList"]]


def test_status_selects_and_running_is_the_default(client: Client) -> None:
    job = client.ended(client.submit())
    assert _ids(client, jobQueue="high") == []
    assert _ids(client, jobQueue="high", jobStatus="FAILED") == []
    (summary,) = client.call("ListJobs", jobQueue=job["jobQueue"], jobStatus="SUCCEEDED")["jobSummaryList"]
    assert summary["jobArn"] == job["jobArn"]
    assert summary["container"] == {"exitCode": 0}
    assert summary["jobDefinition"] == job["jobDefinition"]
    assert "arrayProperties" not in summary


def test_children_are_listed_by_their_parent_only(client: Client) -> None:
    parent = client.submit(arrayProperties={"size": 3})
    client.ended(parent)
    assert _ids(client, jobQueue="high", jobStatus="SUCCEEDED") == [parent]
    found = client.call("ListJobs", arrayJobId=parent, jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [each["arrayProperties"]["index"] for each in found] == [0, 1, 2]


@pytest.fixture
def history(client: Client) -> dict[str, str]:
    """Return the ids of four ended jobs by name, the newest last."""
    client.definition("align-fast")
    plan = [("One", "align"), ("two", "align-fast"), ("three", "align:1"), ("twofold", "align")]
    jobs = {name: client.submit(name, definition=definition) for name, definition in plan}
    for job_id in jobs.values():
        client.ended(job_id)
    return jobs


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("JOB_NAME", ["ONE"], ["One"]),
        ("JOB_NAME", ["two*"], ["twofold", "two"]),
        ("JOB_NAME", ["two", "three"], ["three", "two"]),
        ("JOB_DEFINITION", ["align"], ["twofold", "three", "One"]),
        ("JOB_DEFINITION", ["align*"], ["twofold", "three", "two", "One"]),
        ("JOB_DEFINITION", ["arn:aws:batch:us-east-1:000000000000:job-definition/align-fast:1"], ["two"]),
        ("AFTER_CREATED_AT", ["0"], ["twofold", "three", "two", "One"]),
        ("BEFORE_CREATED_AT", ["0"], []),
    ],
)
def test_filters(
    client: Client, history: dict[str, str], name: str, values: list[str], expected: list[str]
) -> None:
    filters = [{"name": name, "values": values}]
    assert _ids(client, jobQueue="high", filters=filters) == [history[each] for each in expected]


def test_pages(client: Client, history: dict[str, str]) -> None:
    query: dict[str, Any] = {"jobQueue": "high", "jobStatus": "SUCCEEDED", "maxResults": 3}
    first = client.call("ListJobs", **query)
    second = client.call("ListJobs", **query, nextToken=first["nextToken"])
    names = [each["jobName"] for page in (first, second) for each in page["jobSummaryList"]]
    assert names == list(history)
    assert "nextToken" not in second


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "Exactly one of jobQueue, arrayJobId and multiNodeJobId"),
        ({"jobQueue": "high", "arrayJobId": "x"}, "Exactly one of"),
        ({"jobQueue": "nope"}, "JobQueue nope not found."),
        ({"jobQueue": "high", "jobStatus": "DONE"}, "Member must satisfy enum value set"),
        ({"jobQueue": "high", "filters": [{"name": "COLOUR", "values": ["x"]}]}, "Filter name COLOUR"),
        ({"jobQueue": "high", "filters": [{"name": "BEFORE_CREATED_AT", "values": ["x"]}]}, "not a time"),
    ],
)
def test_refusals(client: Client, query: dict[str, Any], message: str) -> None:
    assert message in client.refusal("ListJobs", **query)


def test_a_page_holds_a_thousand_jobs_and_a_hundred_with_a_filter(client: Client) -> None:
    parent = client.submit(arrayProperties={"size": 150})
    client.ended(parent)
    query = {"arrayJobId": parent, "jobStatus": "SUCCEEDED"}
    assert len(_ids(client, **query)) == 150
    assert len(_ids(client, **query, maxResults=1_000)) == 150
    assert "between 1 and 1000" in client.refusal("ListJobs", **query, maxResults=1_001)
    assert "between 1 and 1000" in client.refusal("ListJobs", **query, maxResults=0)
    filters = [{"name": "JOB_NAME", "values": ["*"]}]
    assert len(_ids(client, **query, filters=filters)) == 100


def test_a_share_is_the_one_filter_that_heeds_the_status(client: Client) -> None:
    policy = client.call("CreateSchedulingPolicy", name="fair")["arn"]
    client.queue("shared", schedulingPolicyArn=policy)
    jobs = {
        share: client.submit(queue="shared", shareIdentifier=share) for share in ("red", "redder", "blue")
    }
    for job_id in jobs.values():
        client.ended(job_id)
    query: dict[str, Any] = {
        "jobQueue": "shared",
        "filters": [{"name": "SHARE_IDENTIFIER", "values": ["red*"]}],
    }
    both = [jobs["redder"], jobs["red"]]
    assert _ids(client, **query) == both
    assert _ids(client, **query, jobStatus="SUCCEEDED") == both
    assert _ids(client, **query, jobStatus="FAILED") == []


def test_describe_leaves_out_unknown_jobs_and_takes_a_hundred(client: Client) -> None:
    job_id = client.submit()
    assert [job["jobId"] for job in client.call("DescribeJobs", jobs=[job_id, "x"])["jobs"]] == [job_id]
    assert "greater than 100" in client.refusal("DescribeJobs", jobs=["x"] * 101)
