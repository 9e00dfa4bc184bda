"""The whole service on disk, with a clock that stands still, tasks by hand and a client of its API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from batchyard.asl.engine.clock import VirtualClock
from batchyard.asl.engine.tasks import Effect, Outcome, Report
from batchyard.local.batch.host import Scope
from batchyard.local.states import api
from batchyard.local.states.service import StatesService

SCOPE = Scope("000000000000", "us-east-1")
ROLE = "arn:aws:iam::000000000000:role/states"
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/states/tests:*"
START = 1_700_000_000.0
Json = dict[str, Any]


class Tasks:
    """Takes tasks, and ends them as the test says."""

    def __init__(self) -> None:
        self.started: list[Effect] = []
        self.resumed: list[tuple[Effect, Any]] = []
        self.cancelled: list[str] = []
        self._reports: dict[str, Report] = {}

    def start(self, effect: Effect, report: Report) -> None:
        self.started.append(effect)
        self._reports[effect.id] = report

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:
        self.resumed.append((effect, submitted))
        self._reports[effect.id] = report

    def cancel(self, effect: Effect, reason: str) -> None:
        self.cancelled.append(effect.id)

    def tell(self, effect: Effect, outcome: Outcome) -> None:
        self._reports[effect.id](effect.id, outcome)


class Outlets:
    """Keeps log lines and events."""

    def __init__(self) -> None:
        self.lines: list[tuple[Scope, str, str, Json]] = []
        self.events: list[Json] = []

    def log_group_exists(self, scope: Scope, name: str) -> bool:
        return name == "/states/tests"

    def put_logs(self, scope: Scope, group: str, stream: str, rows: Sequence[tuple[int, str]]) -> None:
        self.lines += [(scope, group, stream, json.loads(text)) for _, text in rows]

    def listened(self) -> bool:
        return True

    def put_event(self, scope: Scope, execution_arn: str, detail: Json) -> None:
        assert detail["executionArn"] == execution_arn
        self.events.append(detail)


class Environment:
    """A service that can be killed; every call is one or more rounds of its host, on this thread."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, VirtualClock(START)
        self.tasks, self.outlets = Tasks(), Outlets()
        self._open()

    def _open(self) -> None:
        self.service = StatesService(self.folder, lambda _: self.tasks, self.outlets, self.clock)
        self.service.restore()
        self.service.host.submit(self.service.engine.resume)

    def __call__(self, operation: str, scope: Scope = SCOPE, /, **request: Any) -> Any:
        """Return the answer to a request, or raise ApiError."""
        future = self.send(operation, scope, **request)
        self.rounds()
        return future.result(0)

    def send(self, operation: str, scope: Scope = SCOPE, /, **request: Any) -> Any:
        """Put a request into the mail and return the future of its answer."""
        return self.service.host.submit(lambda: api.handle(self.service, scope, operation, request))

    def rounds(self) -> None:
        """Let happen what can happen now."""
        while self.service.host.step() == 0.0:
            pass

    def later(self, seconds: float) -> None:
        self.clock.advance_to(self.clock.now() + seconds)
        self.rounds()

    def kill(self) -> None:
        """Let go of everything without another word, and start anew."""
        self.service.store.close()
        self.tasks, self.outlets = Tasks(), Outlets()
        self._open()
        self.rounds()

    def machine(self, name: str, definition: Json | str, **more: Any) -> str:
        text = definition if isinstance(definition, str) else json.dumps(definition)
        made = self("CreateStateMachine", name=name, roleArn=ROLE, definition=text, **more)
        return str(made["stateMachineArn"])

    def start(self, machine: str, document: Any = None, **more: Any) -> str:
        given = {} if document is None else document
        started = self("StartExecution", stateMachineArn=machine, input=json.dumps(given), **more)
        return str(started["executionArn"])

    def execution(self, arn: str) -> Json:
        return dict(self("DescribeExecution", executionArn=arn))

    def kinds(self, arn: str) -> list[str]:
        events = self("GetExecutionHistory", executionArn=arn, maxResults=1000)["events"]
        return [event["type"] for event in events]


def single(name: str = "Only", **state: Any) -> Json:
    """Return a machine of one state; names are unique in a machine with branches."""
    ends = {} if state["Type"] in ("Fail", "Succeed", "Choice") else {"End": True}
    return {"StartAt": name, "States": {name: {**ends, **state}}}


WAIT = single(Type="Wait", Seconds=60)
PASS = single(Type="Pass", Result={"done": True})
FAIL = single(Type="Fail", Error="Told", Cause="so")
TASK = single(Type="Task", Resource="arn:aws:states:::lambda:invoke", Parameters={"FunctionName": "f"})
SYNC = single(
    Type="Task",
    Resource="arn:aws:states:::batch:submitJob.sync",
    Parameters={"JobName": "j", "JobQueue": "q", "JobDefinition": "d"},
)
TOKEN = single(
    Type="Task",
    Resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    Parameters={"QueueUrl": "https://sqs/q", "MessageBody.$": "$$.Task.Token"},
)
