"""What the interpreter hands out, and what comes back: tasks and their outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from batchyard.asl.resource import Integration

Phase = Literal["schedule", "start", "submit", "run"]


@dataclass(frozen=True, slots=True)
class TaskCall:
    """One attempt at a Task.

    Args:
        id: unique, and the same again when the execution is replayed from its journal.
        execution_arn: the execution whose task it is; its account and region are the task's.
        role_arn: the state machine's role, or the one that Credentials names.
        state: name of the state.
        call: service, action and pattern.
        arguments: what is sent, as the state machine's author wrote it (PascalCase members).
        token: the task token, with `waitForTaskToken` and for activities.
        timeout: seconds that the task may take; the interpreter keeps it and cancels.
        heartbeat: seconds between two heartbeats; the interpreter keeps it and cancels.
        attempt: 0 for the first attempt of the state.
        machine_role_arn: the state machine's role, which has to assume the one that Credentials name.
    """

    id: str
    execution_arn: str
    role_arn: str
    state: str
    call: Integration
    arguments: Any
    token: str | None = None
    timeout: float | None = None
    heartbeat: float | None = None
    attempt: int = 0
    machine_role_arn: str = ""


@dataclass(frozen=True, slots=True)
class ReadItems:
    """The items of a Distributed Map are to be read from S3;
    answered by Succeeded with a list of items.

    Args:
        reader: the evaluated ItemReader: Resource, ReaderConfig, Parameters.
    """

    id: str
    execution_arn: str
    role_arn: str
    state: str
    reader: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WriteResults:
    """The results of a Distributed Map are to be written to S3;
    answered by Succeeded with ResultWriterDetails.

    Args:
        writer: the evaluated ResultWriter: Resource, Parameters (Bucket, Prefix), WriterConfig.
        map_run_arn: names the folder.
        results: one object per child execution, in order of their items, as DescribeExecution would tell it:
            ExecutionArn, Input, InputDetails, Name, Output, OutputDetails, RedriveCount, RedriveStatus,
            StartDate, StateMachineArn, Status, StopDate, and Error and Cause of failed ones.
    """

    id: str
    execution_arn: str
    role_arn: str
    state: str
    writer: Mapping[str, Any]
    map_run_arn: str
    results: tuple[Mapping[str, Any], ...]


Effect = TaskCall | ReadItems | WriteResults


@dataclass(frozen=True, slots=True)
class Started:
    """A worker has taken an activity's task."""

    worker: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The service has accepted the request of a task that waits for its end or for a token."""

    output: Any


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The task is done.

    Args:
        output: its result, a JSON value.
    """

    output: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """The task has failed.

    Args:
        phase: how far it got, which decides the event's type: TaskStartFailed, TaskSubmitFailed, TaskFailed.
    """

    error: str | None
    cause: str | None = None
    phase: Phase = "run"


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat."""


Outcome = Started | Submitted | Succeeded | Failed | Beat


class Report(Protocol):
    """Takes what a runner has to tell; may be called from any thread, also before `start` has returned."""

    def __call__(self, id: str, outcome: Outcome) -> None: ...  # noqa: A002 - the call's own word


class TaskRunner(Protocol):
    """Does what tasks say. No method blocks, and none raises for what a task's author can cause."""

    def start(self, effect: Effect, report: Report) -> None:
        """Begin; every end is told to `report`, exactly once, unless the effect is cancelled first."""
        ...

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:  # noqa: ANN401 - JSON
        """Go on with an effect that was begun before a restart, and whose end was not told.

        Args:
            submitted: the output of its Submitted, or None if it told none. What was
                submitted is never sent again.
        """
        ...

    def cancel(self, effect: Effect, reason: str) -> None:
        """Stop it, as the service does: a `.sync` job is terminated; what can not be stopped is left
        alone."""
        ...
