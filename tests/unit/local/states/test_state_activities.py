"""Activities and the workers that fetch their tasks.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html
"""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import Any

import pytest
from tests.unit.local.states.resource_client import START, Client, arn

from batchyard.asl.engine.tasks import Failed, Outcome, Started, TaskCall
from batchyard.asl.resource import Integration
from batchyard.local.states import activities as activities_module

ALIGN = arn("align", "activity")


class Told:
    """Takes what is reported."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[str, Outcome]] = []

    def __call__(self, id: str, outcome: Outcome) -> None:  # noqa: A002 - the call's own word
        self.outcomes.append((id, outcome))


def call(number: int = 1) -> TaskCall:
    run = arn("exome:run", "execution")
    integration = Integration("activity", "states", "activity", "request", ALIGN)
    given = {"sample": "größe"}
    return TaskCall(f"{run}#{number}", run, "role", "Align", integration, given, f"token-{number}")


@pytest.fixture
def made(client: Client) -> Client:
    client("CreateActivity", name="align")
    return client


def poll(client: Client, worker: str | None = None) -> Future[Any]:
    future: Future[Any] = client("GetActivityTask", activityArn=ALIGN, workerName=worker)
    return future


def test_created_described_listed_deleted(client: Client) -> None:
    made = client("CreateActivity", name="align", tags=[{"key": "a", "value": "b"}])
    assert made == {"activityArn": ALIGN, "creationDate": START}
    client.clock.advance_to(START + 5)
    # "If a following request has different tags values, Step Functions will ignore these differences":
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html
    assert client("CreateActivity", name="align") == made
    assert client("DescribeActivity", activityArn=ALIGN) == {
        **made,
        "name": "align",
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }
    client("CreateActivity", name="a")
    assert [each["name"] for each in client("ListActivities")["activities"]] == ["a", "align"]
    for _ in range(2):
        assert client("DeleteActivity", activityArn=ALIGN) == {}
    missing = ("ActivityDoesNotExist", f"Activity Does Not Exist: '{ALIGN}'")
    assert client.refused("DescribeActivity", activityArn=ALIGN) == missing
    assert client.refused("GetActivityTask", activityArn=ALIGN) == missing


@pytest.mark.parametrize(
    ("operation", "request_", "refusal"),
    [
        ("CreateActivity", {"name": "align reads$"}, ("InvalidName", "Invalid Name: 'align reads$'")),
        (
            "CreateActivity",
            {
                "name": "align",
                "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"},
            },
            ("ActivityAlreadyExists", f"Activity Already Exists: '{ALIGN}'"),
        ),
        (
            "DescribeActivity",
            {"activityArn": "align"},
            ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: align'"),
        ),
        (
            "DescribeActivity",
            {"activityArn": arn("align")},
            ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: stateMachine'"),
        ),
    ],
)
def test_refused(made: Client, operation: str, request_: dict[str, Any], refusal: tuple[str, str]) -> None:
    assert made.refused(operation, **request_) == refusal


def test_a_waiting_worker_gets_the_task_at_once(made: Client) -> None:
    told, waiting = Told(), poll(made, "worker-1")
    assert not waiting.done()
    made.activities.schedule(call(), told)
    answer = waiting.result(0)
    assert (answer["taskToken"], json.loads(answer["input"])) == ("token-1", {"sample": "größe"})
    assert told.outcomes == [(call().id, Started("worker-1"))]


def test_tasks_wait_in_order(made: Client) -> None:
    told = Told()
    for number in (1, 2):
        made.activities.schedule(call(number), told)
    assert [poll(made).result(0)["taskToken"] for _ in range(2)] == ["token-1", "token-2"]
    assert told.outcomes == [(call(number).id, Started(None)) for number in (1, 2)]


def test_a_worker_waits_sixty_seconds(made: Client) -> None:
    # "If no task is available within 60 seconds, the poll returns a taskToken with a null string":
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html
    first = poll(made)
    made.clock.advance_to(START + 30)
    second = poll(made)
    assert made.activities.next_due() == START + 60
    made.clock.advance_to(START + 60)
    made.activities.expire()
    assert (first.result(0), second.done()) == ({}, False)
    assert made.activities.next_due() == START + 90
    made.activities.schedule(call(), Told())
    assert second.result(0)["taskToken"] == "token-1"
    assert made.activities.next_due() is None


def test_a_worker_that_went_away_takes_no_task(made: Client) -> None:
    told, gone, there = Told(), poll(made, "gone"), poll(made, "there")
    gone.cancel()
    made.activities.schedule(call(), told)
    assert there.result(0)["taskToken"] == "token-1"
    assert told.outcomes == [(call().id, Started("there"))]


def test_a_cancelled_task_is_not_handed_out(made: Client) -> None:
    made.activities.schedule(call(), Told())
    made.activities.cancel(call())
    assert not poll(made).done()


def test_after_a_restart_a_fetched_task_is_not_handed_out_again(made: Client) -> None:
    made.around.fetched = {call(1).id}
    for number in (1, 2):
        made.activities.schedule(call(number), Told())
    assert poll(made).result(0)["taskToken"] == "token-2"
    assert not poll(made).done()


def test_a_task_of_an_activity_that_is_not_there_can_not_be_scheduled(client: Client) -> None:
    told = Told()
    client.activities.schedule(call(), told)
    ((_, outcome),) = told.outcomes
    # recorded: the execution ends with States.Runtime and this cause
    assert outcome == Failed("States.Runtime", f"The activity {ALIGN} does not exist.", "schedule")


def test_deleting_an_activity_ends_the_waits(made: Client) -> None:
    waiting = poll(made)
    made("DeleteActivity", activityArn=ALIGN)
    assert waiting.result(0) == {}


def test_workers_are_limited(made: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 1,000 pollers per activity
    assert activities_module.MOST_POLLERS == 1000
    monkeypatch.setattr(activities_module, "MOST_POLLERS", 1)
    poll(made)
    assert made.refused("GetActivityTask", activityArn=ALIGN)[0] == "ActivityWorkerLimitExceeded"
