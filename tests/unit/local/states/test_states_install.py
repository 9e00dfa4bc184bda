"""Requests over HTTP, before, while and after the service runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from tests.unit.local.states.execution_client import PASS, ROLE, WAIT, Tasks

from batchyard.errors import BatchyardError
from batchyard.local.batch.host import Scope
from batchyard.local.states.install import States


class Runner(Tasks):
    closed = False

    def close(self) -> None:
        self.closed = True


class Plane:
    """The service in a folder, and what it makes."""

    def __init__(self, folder: Path) -> None:
        self.runners: list[Runner] = []
        self.states = States(folder, lambda _: self._runner())

    def _runner(self) -> Runner:
        self.runners.append(Runner())
        return self.runners[-1]

    def up(self) -> None:
        self.states.restore()
        self.states.start()

    def __call__(self, operation: str, body: bytes | dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        headers = {"x-amz-target": f"AWSStepFunctions.{operation}"}
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, told, answer = asyncio.run(self.states.handle("POST", "/", headers, sent, {}))
        return status, told, json.loads(answer)


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    found = Plane(tmp_path)
    yield found
    found.states.stop()


def make(plane: Plane, definition: Any) -> str:
    request = {"name": "m", "definition": json.dumps(definition), "roleArn": ROLE}
    return str(plane("CreateStateMachine", request)[2]["stateMachineArn"])


def test_a_request_is_answered(plane: Plane) -> None:
    plane.up()
    status, headers, answer = plane("StartExecution", {"stateMachineArn": make(plane, PASS)})
    assert (status, headers["Content-Type"]) == (200, "application/x-amz-json-1.0")
    assert set(answer) == {"executionArn", "startDate"}


def test_a_refusal_has_its_name_and_status(plane: Plane) -> None:
    plane.up()
    status, headers, answer = plane("DescribeExecution", {"executionArn": "x"})
    assert (status, headers["x-amzn-ErrorType"]) == (400, "InvalidArn")
    assert answer == {"__type": "InvalidArn", "message": "Invalid Arn: 'Invalid ARN prefix: x'"}


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"[]"])
def test_what_is_no_request_is_refused(plane: Plane, body: bytes) -> None:
    plane.up()
    status, _, answer = plane("DescribeExecution", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_an_operation_that_is_not_there_is_refused(plane: Plane) -> None:
    plane.up()
    status, _, answer = plane("Fly", {})
    assert (status, answer["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize(
    ("operation", "reads"),
    [("DescribeExecution", True), ("GetExecutionHistory", True), ("GetActivityTask", False)],
)
def test_where_nothing_can_be_saved_only_what_changes_nothing_is_answered(
    plane: Plane, monkeypatch: pytest.MonkeyPatch, operation: str, reads: bool
) -> None:
    plane.up()
    asked: list[bool] = []

    def submit(_function: object, *, reads: bool) -> Future[Any]:
        asked.append(reads)
        return Future()

    assert plane.states._service
    monkeypatch.setattr(plane.states._service.host, "submit", submit)
    plane.states.submit(Scope("000000000000", "us-east-1"), operation, {})
    assert asked == [reads]


def test_before_and_after_it_runs_calls_are_refused(plane: Plane) -> None:
    assert plane("ListStateMachines", {})[0] == 500
    plane.up()
    assert plane("ListStateMachines", {})[0] == 200
    plane.states.stop()
    assert plane("ListStateMachines", {})[0] == 500
    assert plane.runners[0].closed


def test_what_was_open_goes_on_after_an_orderly_end(plane: Plane) -> None:
    plane.up()
    arn = plane("StartExecution", {"stateMachineArn": make(plane, WAIT)})[2]["executionArn"]
    plane.states.stop()
    plane.up()
    assert plane("DescribeExecution", {"executionArn": arn})[2]["status"] == "RUNNING"


def test_a_reset_forgets_all_and_goes_on(plane: Plane) -> None:
    plane.up()
    plane("StartExecution", {"stateMachineArn": make(plane, WAIT)})
    plane.states.reset()
    assert plane("ListStateMachines", {})[2] == {"stateMachines": []}
    assert plane("StartExecution", {"stateMachineArn": make(plane, PASS)})[0] == 200
    assert [each.closed for each in plane.runners] == [True, False]


def test_a_failure_is_told(plane: Plane, caplog: pytest.LogCaptureFixture) -> None:
    plane.up()
    assert plane.states.failure is None
    service = plane.states._service
    assert service

    def broken() -> None:
        raise KeyError("a bug")

    service.engine.work = broken  # type: ignore[method-assign]
    status, _, answer = plane("ListStateMachines", {})
    assert status == 500
    assert "has failed" in answer["message"]
    assert "a bug" in str(plane.states.failure)
    service.host._thread.join()  # type: ignore[union-attr]
    assert "no execution goes on" in caplog.text


def test_two_environments_can_not_share_a_folder(plane: Plane, tmp_path: Path) -> None:
    plane.up()
    with pytest.raises(BatchyardError, match="another engine"):
        Plane(tmp_path).states.restore()
