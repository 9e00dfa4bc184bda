"""The shapes of Step Functions' Batch integration."""

from __future__ import annotations

import json
from typing import Any

import pytest

from batchyard.local.batch.host import Scope
from batchyard.local.submit_job import SubmitJob, request_of

NAMES = {"JobName": "n", "JobQueue": "q", "JobDefinition": "d"}


@pytest.mark.parametrize("missing", sorted(NAMES))
def test_a_missing_field_is_named(missing: str) -> None:
    with pytest.raises(Exception, match=f"The field '{missing}' is required but was missing"):
        request_of({key: value for key, value in NAMES.items() if key != missing})


@pytest.mark.parametrize("value", [1, True, None, ["x"], {}])
def test_only_strings_are_parameters(value: Any) -> None:
    with pytest.raises(Exception, match="'k' must be a STRING"):
        request_of({**NAMES, "Parameters": {"k": value}})


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(Exception, match='The field "Foo" is not supported by Step Functions') as raised:
        request_of({**NAMES, "Foo": "x"})
    assert raised.value.error == "States.Runtime"  # type: ignore[attr-defined]


class Engine:
    """Remembers what it is asked, and ends jobs when told."""

    def __init__(self, answer: tuple[int, dict[str, Any]]) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.detail: dict[str, Any] | None = None

    def handle(
        self, scope: Scope, method: str, path: str, payload: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        self.calls.append((path, payload))
        return self.answer

    def wait(self, scope: Scope, job_id: str, callback: Any) -> None:
        if self.detail:
            callback(self.detail)


SYNC = "arn:aws:states:::batch:submitJob.sync"


def test_sync_returns_the_ended_job() -> None:
    engine = Engine((200, {"jobId": "j", "jobArn": "a", "jobName": "n"}))
    engine.detail = {"jobId": "j", "status": "SUCCEEDED"}
    assert SubmitJob(engine)(SYNC, NAMES) == {"JobId": "j", "Status": "SUCCEEDED"}  # type: ignore[arg-type]
    assert engine.calls == [("/v1/submitjob", {"jobName": "n", "jobQueue": "q", "jobDefinition": "d"})]


def test_a_failed_job_is_its_own_cause() -> None:
    engine = Engine((200, {"jobId": "j", "jobArn": "a", "jobName": "n"}))
    engine.detail = {"jobId": "j", "status": "FAILED", "attempts": [{"container": {"exitCode": 3}}]}
    with pytest.raises(Exception, match=r"States\.TaskFailed") as raised:
        SubmitJob(engine)(SYNC, NAMES)  # type: ignore[arg-type]
    cause = json.loads(raised.value.cause)  # type: ignore[attr-defined]
    assert cause["Attempts"] == [{"Container": {"ExitCode": 3}}]


def test_without_sync_the_submission_is_the_result() -> None:
    engine = Engine((200, {"jobId": "j", "jobArn": "a", "jobName": "n"}))
    answer = SubmitJob(engine)(SYNC.removesuffix(".sync"), NAMES)  # type: ignore[arg-type]
    assert (answer["JobId"], answer["JobArn"], answer["JobName"]) == ("j", "a", "n")
    assert answer["SdkHttpMetadata"] == {"HttpStatusCode": 200}


def test_a_refusal_has_the_services_name() -> None:
    engine = Engine((400, {"__type": "ClientException", "message": "no such queue"}))
    with pytest.raises(Exception, match=r"Batch\.ClientException: no such queue"):
        SubmitJob(engine)(SYNC, NAMES)  # type: ignore[arg-type]


def test_a_timeout_terminates_the_job() -> None:
    engine = Engine((200, {"jobId": "j"}))
    with pytest.raises(Exception, match=r"States\.Timeout"):
        SubmitJob(engine)(SYNC, NAMES, timeout=0.01)  # type: ignore[arg-type]
    assert engine.calls[-1][0] == "/v1/terminatejob"
    assert engine.calls[-1][1]["jobId"] == "j"


def test_a_closed_integration_submits_nothing() -> None:
    engine = Engine((200, {"jobId": "j"}))
    task = SubmitJob(engine)  # type: ignore[arg-type]
    task.close()
    with pytest.raises(SystemExit):
        task(SYNC, NAMES)
    assert engine.calls == []
