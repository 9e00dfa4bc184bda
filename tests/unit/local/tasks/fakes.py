"""An environment of tasks without AWS: clients that answer as told, jobs that end when told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from batchyard.asl.engine.tasks import Outcome, TaskCall
from batchyard.asl.resource import integration
from batchyard.local.batch.host import CredentialsError, Scope
from batchyard.local.tasks import LocalRunner, Services

ACCOUNT = "000000000000"
EXECUTION = f"arn:aws:states:us-east-1:{ACCOUNT}:execution:machine:run"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"
METADATA = {
    "HTTPStatusCode": 200,
    "RequestId": "r-1",
    "HTTPHeaders": {"content-length": "2", "access-control-allow-origin": "*"},
}
Json = dict[str, Any]


class Client:
    """Answers every operation with the next of its answers; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, Json]] = []
        self.held: threading.Event | None = None

    def _make_api_call(self, name: str, params: Json) -> Json:
        self.sent.append((name, params))
        if self.held:
            assert self.held.wait(5)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"ResponseMetadata": METADATA, **answer}


class Iam:
    """Allows everything but what it is told to refuse."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        self.unknown: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    def acts_in(self, scope: Scope, role_arn: str) -> Scope:
        return scope

    def credentials(self, scope: Scope, role_arn: str, machine_role: str) -> Mapping[str, str]:
        if role_arn in self.unknown:
            if machine_role:
                raise CredentialsError(f"The role {machine_role} is not authorized to assume {role_arn}.")
            raise CredentialsError(f"{role_arn} can not be assumed")
        return {"AWS_ACCESS_KEY_ID": role_arn, "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": ""}

    def refusal(self, scope: Scope, role_arn: str, action: str, resource: str) -> str | None:
        self.asked.append((action, resource))
        return self.refused.get(action)


class Batch:
    """One job per token, ended by `end`."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.calls: list[tuple[str, Json]] = []
        self.waiting: dict[str, Callable[[Json], None]] = {}
        self.answer: tuple[int, Json] | None = None

    def submit(self, scope: Scope, payload: Mapping[str, Any], token: str) -> tuple[int, Json]:
        self.tokens.append(token)
        self.calls.append(("submit", dict(payload)))
        return self.answer or (200, {"jobArn": "a", "jobName": "n", "jobId": f"job of {token}"})

    def handle(self, scope: Scope, method: str, path: str, payload: Mapping[str, Any]) -> tuple[int, Json]:
        self.calls.append((path, dict(payload)))
        return 200, {}

    def wait(self, scope: Scope, job_id: str, callback: Callable[[Json], None]) -> None:
        self.waiting[job_id] = callback


class Executions:
    """Executions that end when told."""

    def __init__(self) -> None:
        self.waiting: dict[str, Callable[[Json], None]] = {}

    def when_ended(self, arn: str, callback: Callable[[Json], None]) -> None:
        self.waiting[arn] = callback


class Told:
    """Takes reports."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[str, Outcome]] = []
        self._changed = threading.Condition()

    def __call__(self, id: str, outcome: Outcome) -> None:  # noqa: A002 - the protocol's word
        with self._changed:
            self.outcomes.append((id, outcome))
            self._changed.notify_all()

    def schedule(self, call: TaskCall, report: Any) -> None:
        self(call.id, "scheduled")  # type: ignore[arg-type]

    def cancel(self, call: TaskCall) -> None:
        self(call.id, "cancelled")  # type: ignore[arg-type]

    def wait(self, count: int = 1) -> Any:
        """Return the last of `count` outcomes."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.outcomes) >= count, 5), self.outcomes
        return self.outcomes[count - 1][1]


class Environment:
    """A runner with all of these."""

    def __init__(self) -> None:
        self.iam, self.batch, self.executions = Iam(), Batch(), Executions()
        self.told, self.activities = Told(), Told()
        self.clients: dict[str, Client] = {}
        self.connected: list[tuple[str, str]] = []
        services = Services(
            *("http://nowhere", self.batch, self.activities, self.executions),
            iam=self.iam,
        )
        self.runner = LocalRunner(services, self._connect)

    def _connect(self, service: str, region: str, keys: Mapping[str, str]) -> Client:
        self.connected.append((service, keys["AWS_ACCESS_KEY_ID"]))
        return self.clients[service]

    def run(
        self, resource: str, arguments: Any, *answers: Any, service: str = "", count: int = 1, **more: Any
    ) -> Any:
        """Run a task to its `count`-th outcome and return that."""
        self.clients[service] = Client(*answers)
        self.runner.start(task(resource, arguments, **more), self.told)
        return self.told.wait(count)


def task(resource: str, arguments: Any, **more: Any) -> TaskCall:
    """Return a call; a Resource may leave out `arn:aws:states:::`."""
    full = resource if resource.startswith("arn:") else f"arn:aws:states:::{resource}"
    call = integration(full)
    assert call
    return TaskCall(more.pop("id", f"{EXECUTION}#5"), EXECUTION, ROLE, "State", call, arguments, **more)


def refused(code: str, message: str, status: int = 400, **more: Any) -> Exception:
    """Return what boto3 raises for a service's error."""
    from botocore.exceptions import ClientError

    error: Any = {
        "Error": {"Code": code, "Message": message, **more},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r-1", "HostId": "h-1"},
    }
    raised: Exception = ClientError(error, "Any")
    return raised


def until(check: Callable[[], Any]) -> None:
    """Wait until a check is true."""
    deadline = time.monotonic() + 5
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.001)
