"""A project with one small workflow, and state machines that need no project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batchyard.paths import project_root
from batchyard.workflow_test.fixture import _mocks
from batchyard.workflow_test.running import Outcome, run
from batchyard.workflow_test.variant import Prepared, Variant

TFVARS = """\
environment = "local"
account_id  = "000000000000"
region      = "us-east-1"
queues  = { low = { priority = 1, compute = ["spot"] } }
compute = { spot = { type = "SPOT", max_vcpus = 16 } }
workflows = { ask = {} }
"""
MACHINE = """\
StartAt: Ask
States:
  Ask:
    Type: Task
    Resource: arn:aws:states:::sqs:sendMessage
    Parameters: {QueueUrl: q, "MessageBody.$": $.text}
    TimeoutSeconds: 100
    Retry: [{ErrorEquals: [SQS.SqsException], IntervalSeconds: 10, MaxAttempts: 2}]
    Catch: [{ErrorEquals: [States.ALL], Next: Lost}]
    ResultPath: $.sent
    Next: Urgent
  Urgent:
    Type: Choice
    Choices: [{Variable: $.urgent, BooleanEquals: true, Next: Done}]
    Default: Later
  Later: {Type: Wait, Seconds: 60, Next: Done}
  Done: {Type: Succeed}
  Lost: {Type: Fail, Error: Lost, Cause: nobody has taken it}
"""
CASES = """\
defaults:
  input: {text: hello, urgent: true}
  mocks:
    Ask: {result: {MessageId: m-1}}
cases:
  urgent:
    expect:
      path: [Ask, Urgent, Done]
      output: {sent: {MessageId: m-1}}
      arguments: {Ask: {MessageBody: hello}}
  later:
    change: {urgent: false}
    expect: {path: [Ask, Urgent, Later, Done], elapsed: 60}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a project that has the workflow `ask`."""
    folder = tmp_path / "templates/workflows/ask"
    (folder / "tests").mkdir(parents=True)
    (tmp_path / "terraform/environments").mkdir(parents=True)
    (tmp_path / "modules").mkdir()
    (tmp_path / "terraform/environments/local.tfvars").write_text(TFVARS)
    (folder / "workflow.yaml").write_text("name: ask\ndescription: Asks\n")
    (folder / "state-machine.asl.yaml.j2").write_text(MACHINE)
    (folder / "tests/cases.yaml").write_text(CASES)
    monkeypatch.setenv("BATCHYARD_ROOT", str(tmp_path))
    project_root.cache_clear()
    yield tmp_path
    project_root.cache_clear()


@pytest.fixture
def cases(project: Path) -> Path:
    """Return the workflow's file of cases."""
    return project / "templates/workflows/ask/tests/cases.yaml"


def prepared(document: dict[str, Any], kind: str = "STANDARD") -> Prepared:
    """Return a state machine that no workflow renders."""
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
    variant = Variant("m", "local", kind=kind)  # type: ignore[arg-type]
    return Prepared(variant, "m", arn, "arn:aws:iam::000000000000:role/m", document)


@pytest.fixture
def execute() -> Callable[..., Outcome]:
    """Return a function that runs a state machine on mocks."""

    def run_it(
        document: dict[str, Any], given: object = None, mocks: dict[str, Any] | None = None, **rest: Any
    ) -> Outcome:
        kind = rest.pop("kind", "STANDARD")
        return run(prepared(document, kind), {} if given is None else given, _mocks(mocks or {}), **rest)

    return run_it


def task(resource: str = "arn:aws:states:::sqs:sendMessage", **more: Any) -> dict[str, Any]:
    """Return a machine of one task."""
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, "End": True, **more}}}


def each(inner: dict[str, Any], **more: Any) -> dict[str, Any]:
    processor = {"StartAt": "T", "States": {"T": inner}, **more.pop("processor", {})}
    state = {"Type": "Map", "ItemProcessor": processor, "End": True, **more}
    return {"StartAt": "Each", "States": {"Each": state}}


INNER = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
MOCKS = [
    {"item": 1, "error": "E"},
    {"item": 1, "result": "second"},
    {"input": {"k": 2}, "result": "two"},
    {"result": "any"},
]
