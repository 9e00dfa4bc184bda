"""A submission under a token is made once."""

from __future__ import annotations

import uuid
from typing import Any

from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import SCOPE, Client

from batchyard.local.batch import Scope

REQUEST = {"jobName": "n", "jobQueue": "high", "jobDefinition": "align"}


def submit(client: Client, token: str, **more: Any) -> dict[str, Any]:
    status, answer = client.engine.submit(client.scope, {**REQUEST, **more}, token)
    assert status == 200, answer
    return answer


def jobs(client: Client) -> int:
    summaries = client.call("ListJobs", jobQueue="high", filters=[{"name": "JOB_NAME", "values": ["*"]}])
    return len(summaries["jobSummaryList"])


def test_the_same_token_gives_the_same_job(client: Client) -> None:
    first = submit(client, "execution#5")
    assert submit(client, "execution#5") == first
    assert submit(client, "execution#9")["jobId"] != first["jobId"]
    assert jobs(client) == 2
    assert uuid.UUID(first["jobId"]).version == 4


def test_a_token_is_remembered_by_the_next_engine(make: MakeClient) -> None:
    client = make(executor="simulated")
    client.environment()
    client.queue()
    client.definition()
    first = submit(client, "execution#5", arrayProperties={"size": 2})
    again = make(executor="simulated")
    assert submit(again, "execution#5", arrayProperties={"size": 2}) == first
    assert jobs(again) == 1


def test_a_refused_submission_leaves_its_token(client: Client) -> None:
    status, _ = client.engine.submit(SCOPE, {**REQUEST, "jobQueue": "absent"}, "execution#5")
    assert status == 400
    submit(client, "execution#5")
    assert jobs(client) == 1


def test_accounts_and_regions_do_not_share_tokens(client: Client) -> None:
    submit(client, "execution#5")
    status, answer = client.engine.submit(Scope("111111111111", "us-east-1"), REQUEST, "execution#5")
    assert (status, answer["message"]) == (400, "JobQueue high not found.")


def test_a_request_is_checked_as_any_other(client: Client) -> None:
    status, answer = client.engine.submit(SCOPE, {"jobName": "n"}, "t")
    assert (status, answer["__type"]) == (400, "ClientException")
