"""The Batch API as boto3 sees it on a running environment."""

from __future__ import annotations

import http.client
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.local.clients import ACCOUNT, REGION, Clients

from batchyard.local.record import Server

pytestmark = pytest.mark.local


def refusal(call: Any, **request: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        call(**request)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def test_refusals_are_client_exceptions(aws: Clients) -> None:
    batch, queue = aws("batch"), aws.queue()
    for call, request in (
        (batch.submit_job, {"jobName": "j", "jobQueue": "none", "jobDefinition": "d"}),
        (batch.submit_job, {"jobName": "j", "jobQueue": queue, "jobDefinition": "none"}),
        (batch.submit_job, {"jobName": "../j", "jobQueue": queue, "jobDefinition": "none"}),
        (batch.terminate_job, {"jobId": "none", "reason": "r"}),
        (batch.list_jobs, {}),
        (batch.list_jobs, {"jobQueue": queue, "nextToken": "none"}),
        (batch.describe_job_queues, {"maxResults": 101}),
        (batch.delete_job_queue, {"jobQueue": queue}),
        (batch.list_tags_for_resource, {"resourceArn": "arn:aws:batch:us-east-1:000000000000:job/none"}),
    ):
        assert refusal(call, **request)[:2] == ("ClientException", 400)


def test_pages_follow_each_other_to_the_end(aws: Clients) -> None:
    batch, name = aws("batch"), f"pages-{uuid.uuid4().hex[:8]}"
    for _ in range(5):
        aws.definition(name, "true")
    pages = batch.get_paginator("describe_job_definitions").paginate(
        jobDefinitionName=name, status="ACTIVE", PaginationConfig={"PageSize": 2}
    )
    found = [[each["revision"] for each in page["jobDefinitions"]] for page in pages]
    assert found == [[5, 4], [3, 2], [1]]


def test_an_array_with_tags_from_submission_to_end(aws: Clients) -> None:
    batch = aws("batch")
    definition = aws.definition("array", "sh", "-c", "exit $AWS_BATCH_JOB_ARRAY_INDEX")
    parent = batch.submit_job(
        jobName="array",
        jobQueue=aws.queue(),
        jobDefinition=definition,
        arrayProperties={"size": 3},
        dependsOn=[{"type": "SEQUENTIAL"}],
        tags={"team": "x"},
    )
    job = aws.job_ended(parent["jobId"])
    assert job["arrayProperties"]["size"] == 3
    summary = job["arrayProperties"]["statusSummary"]
    assert (summary["SUCCEEDED"], summary["FAILED"]) == (1, 2)
    children = batch.describe_jobs(jobs=[f"{parent['jobId']}:{index}" for index in range(3)])["jobs"]
    assert [child["arrayProperties"]["index"] for child in children] == [0, 1, 2]
    assert [child["status"] for child in children] == ["SUCCEEDED", "FAILED", "FAILED"]
    arn = parent["jobArn"]
    batch.tag_resource(resourceArn=arn, tags={"cost": "y"})
    batch.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"cost": "y"}
    assert batch.describe_jobs(jobs=[arn])["jobs"][0]["tags"] == {"cost": "y"}


def test_many_jobs_are_ended_in_one_call(aws: Clients) -> None:
    batch = aws("batch")
    jobs = [aws.submit("many", "sleep", "60") for _ in range(2)]
    answer = batch.terminate_jobs(jobs=[*jobs, "unknown"], reason="enough")
    assert (answer["successful"], answer["errors"]) == ([*jobs, "unknown"], [])
    assert {aws.job_ended(each)["statusReason"] for each in jobs} == {"enough"}


def test_a_request_that_is_too_large_is_refused(local_server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", local_server.port, timeout=20)
    credential = f"Credential={ACCOUNT}/20260101/{REGION}/batch/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
    connection.request("POST", "/v1/submitjob", b" " * (1024 * 1024 + 1), headers)
    assert connection.getresponse().status == 413
    connection.close()
    connection.request("POST", "/_batchyard/fault", b" " * 5_000)
    assert connection.getresponse().status == 413
    connection.close()
