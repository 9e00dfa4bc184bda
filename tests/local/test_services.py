"""Jobs and the services round them: logs, events, credentials, faults."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from tests.local.clients import Clients, until

pytestmark = pytest.mark.local


def test_logs_are_there_while_the_job_runs(aws: Clients) -> None:
    job_id = aws.submit("talker", "sh", "-c", "echo first; sleep 60")
    assert until(lambda: aws.log(job_id)) == ["first"]
    job = aws.job(job_id)
    assert job["status"] == "RUNNING"
    assert job["container"]["logStreamName"].startswith("talker/default/")
    aws("batch").terminate_job(jobId=job_id, reason="heard enough")
    assert aws.job_ended(job_id)["statusReason"] == "heard enough"


def test_a_jobs_events_reach_a_rules_target(aws: Clients) -> None:
    url = aws("sqs").create_queue(QueueName="events")["QueueUrl"]
    target = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    pattern = {"source": ["aws.batch"], "detail": {"status": ["SUCCEEDED"], "jobName": ["eventful"]}}
    aws("events").put_rule(Name="jobs", EventPattern=json.dumps(pattern), State="ENABLED")
    aws("events").put_targets(Rule="jobs", Targets=[{"Id": "queue", "Arn": target}])
    job_id = aws.submit("eventful", "true")
    (message,) = until(lambda: aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"))
    event = json.loads(message["Body"])
    assert (event["source"], event["detail-type"]) == ("aws.batch", "Batch Job State Change")
    assert (event["detail"]["jobId"], event["detail"]["status"]) == (job_id, "SUCCEEDED")
    aws("events").remove_targets(Rule="jobs", Ids=["queue"])
    aws("events").delete_rule(Name="jobs")


def test_a_job_reaches_the_environment(aws: Clients) -> None:
    aws("s3").create_bucket(Bucket="jobs-own")
    script = "import boto3; boto3.client('s3').put_object(Bucket='jobs-own', Key='k', Body=b'from a job')"
    import sys

    job_id = aws.submit("caller", sys.executable, "-c", script)
    assert aws.job_ended(job_id)["status"] == "SUCCEEDED", aws.log(job_id)
    assert aws("s3").get_object(Bucket="jobs-own", Key="k")["Body"].read() == b"from a job"


def test_a_function_reaches_the_environment_and_sees_nothing_of_the_project(aws: Clients) -> None:
    source = (
        "import importlib.util, os, boto3\n"
        "def handler(event, context):\n"
        "    names = [b['Name'] for b in boto3.client('s3').list_buckets()['Buckets']]\n"
        "    return {'buckets': names, 'path': os.environ.get('PYTHONPATH')}\n"
    )
    aws.function("lister", source)
    answer = aws.invoke("lister")
    assert "batchyard-local-000000000000-tfstate" in answer["buckets"]
    assert answer["path"] is None


def test_tags_of_batch_resources(aws: Clients) -> None:
    arn = aws.queue()
    batch = aws("batch")
    batch.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    batch.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}


def test_accounts_are_apart(aws: Clients) -> None:
    import boto3

    aws.queue()
    keys = {"aws_access_key_id": "111111111111", "aws_secret_access_key": "any"}
    other = boto3.client("batch", endpoint_url=aws.endpoint, region_name="us-east-1", **keys)
    assert other.describe_job_queues()["jobQueues"] == []


def inject(aws: Clients, document: Any) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(f"{aws.endpoint}/_batchyard/fault", json.dumps(document).encode())
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_spot_interruption_takes_the_host_away(aws: Clients) -> None:
    job_id = aws.submit("spot", "sleep", "60")
    until(lambda: aws.job(job_id)["status"] == "RUNNING")
    assert inject(aws, {"kind": "spot", "job": job_id})[0] == 200
    job = aws.job_ended(job_id)
    assert job["statusReason"].startswith("Host EC2")


@pytest.mark.parametrize("document", [{}, {"kind": "flood", "job": "x"}, {"kind": "spot"}, []])
def test_an_unknown_fault_is_refused(aws: Clients, document: Any) -> None:
    status, answer = inject(aws, document)
    assert status == 400
    assert "kind" in answer["message"]


def test_a_fault_for_an_unknown_job_is_refused(aws: Clients) -> None:
    assert inject(aws, {"kind": "spot", "job": "missing"})[0] == 404
