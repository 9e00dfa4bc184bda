"""A service with records in memory and a clock that stands still, and a client of its API."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from botocore.loaders import Loader

from batchyard.asl.engine.clock import VirtualClock
from batchyard.asl.engine.tasks import Effect, Report, TaskCall
from batchyard.local.batch.host import Scope
from batchyard.local.states import api
from batchyard.local.states.activities import Activities
from batchyard.local.states.interface import Resources
from batchyard.local.states.machines import Machines

SCOPE = Scope("000000000000", "us-east-1")
ROLE = "arn:aws:iam::000000000000:role/states"
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/states/exome:*"
START = 1_700_000_000.0
# https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
COMMON = {"AccessDeniedException", "SerializationException", "ValidationException"}
Json = dict[str, Any]


def definition(comment: str = "one", **state: Any) -> str:
    only = {"Type": "Pass", "End": True, **state}
    return json.dumps({"Comment": comment, "StartAt": "Only", "States": {"Only": only}})


def arn(name: str, kind: str = "stateMachine") -> str:
    return f"arn:aws:states:us-east-1:000000000000:{kind}:{name}"


@functools.cache
def _errors() -> dict[str, set[str]]:
    """Return the errors that the API's model has for each operation."""
    operations = Loader().load_service_model("stepfunctions", "service-2")["operations"]
    return {name: {each["shape"] for each in found.get("errors", ())} for name, found in operations.items()}


class Records:
    """Records in memory, copied in and out as through JSON."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], str] = {}

    def put(self, kind: str, arn: str, record: Json) -> None:
        self._rows[kind, arn] = json.dumps(record)

    def get(self, kind: str, arn: str) -> Json | None:
        found = self._rows.get((kind, arn))
        return json.loads(found) if found else None

    def delete(self, kind: str, arn: str) -> None:
        self._rows.pop((kind, arn), None)

    def all(self, kind: str) -> Iterator[Json]:
        yield from [json.loads(text) for (each, _), text in self._rows.items() if each == kind]


class Surroundings:
    """Executions and log groups, as the tests set them."""

    def __init__(self) -> None:
        self.running: dict[str, list[str]] = {}
        self.stopped: list[str] = []
        self.executions: dict[str, Json] = {}
        self.groups = {(SCOPE, "/aws/vendedlogs/states/exome")}
        self.fetched: set[str] = set()

    def open_executions(self, machine_arn: str) -> list[str]:
        return self.running.get(machine_arn, [])

    def stop(self, execution_arn: str) -> None:
        self.stopped.append(execution_arn)

    def execution(self, arn: str) -> Json | None:
        return self.executions.get(arn)

    def activity_started(self, call: TaskCall) -> bool:
        return call.id in self.fetched

    def log_group_exists(self, scope: Scope, name: str) -> bool:
        return (scope, name) in self.groups


class Runner:
    """Keeps what it is to do, and what it is told to leave."""

    def __init__(self) -> None:
        self.calls: list[tuple[Effect, Report]] = []
        self.cancelled: list[tuple[str, str]] = []

    def start(self, effect: Effect, report: Report) -> None:
        self.calls.append((effect, report))

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:
        self.start(effect, report)

    def cancel(self, effect: Effect, reason: str) -> None:
        self.cancelled.append((effect.id, reason))


class Host:
    """Does at once what it is given."""

    def submit(self, function: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function())
        return future


class Service:
    def __init__(self, records: Resources | None = None) -> None:
        self.runner, self.host = Runner(), Host()
        self.clock, self.around = VirtualClock(START), Surroundings()
        self.records: Resources = records or Records()
        self.machines = Machines(self.records, self.clock, random.Random(3), self.around)
        self.activities = Activities(self.records, self.clock, self.around)


class Client:
    """Calls operations: `client("CreateActivity", name="align")`."""

    def __init__(self, service: Service, scope: Scope = SCOPE) -> None:
        self.service, self.scope = service, scope
        self.clock, self.around, self.machines = service.clock, service.around, service.machines
        self.activities = service.activities

    def __call__(self, operation: str, **request: Any) -> Any:
        return api.handle(self.service, self.scope, operation, request)

    def refused(self, operation: str, **request: Any) -> tuple[str, str]:
        """Return code and message of the refusal that a request gets."""
        with pytest.raises(api.ApiError) as caught:
            self(operation, **request)
        assert caught.value.code in COMMON | _errors()[operation]
        return caught.value.code, caught.value.message

    def machine(self, name: str = "exome", **request: Any) -> Json:
        given = {"name": name, "definition": definition(), "roleArn": ROLE, **request}
        made: Json = self("CreateStateMachine", **given)
        return made
