"""What tasks need of the environment round them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from batchyard.asl.engine.tasks import Effect, Failed, Report, TaskCall, TaskRunner
from batchyard.asl.errors import RUNTIME
from batchyard.local import identity, ministack
from batchyard.local.batch.host import Scope

Json = dict[str, Any]


class Batch(Protocol):
    """The Batch engine, in this process."""

    def submit(self, scope: Scope, payload: Mapping[str, Any], token: str) -> tuple[int, Json]: ...

    def handle(
        self, scope: Scope, method: str, path: str, payload: Mapping[str, Any]
    ) -> tuple[int, Json]: ...

    def wait(self, scope: Scope, job_id: str, callback: Callable[[Json], None]) -> None: ...


class Activities(Protocol):
    """Where workers take the tasks of activities."""

    def schedule(self, call: TaskCall, report: Report) -> None: ...

    def cancel(self, call: TaskCall) -> None: ...


class Executions(Protocol):
    """Executions of this environment."""

    def when_ended(self, arn: str, callback: Callable[[Json], None]) -> None:
        """Call back once an execution has ended, or now if it has.

        The record is what DescribeExecution would tell of it; times are seconds since the epoch.
        """
        ...


class Iam(Protocol):
    """Roles, and what they may do."""

    def acts_in(self, scope: Scope, role_arn: str) -> Scope:
        """Return the account and region that a role acts in, for an execution of `scope`."""
        ...

    def credentials(self, scope: Scope, role_arn: str, machine_role: str) -> Mapping[str, str]:
        """Return AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of a task's role.

        Args:
            scope: account of the role, region of the task.
            role_arn: the state machine's role, or the one that Credentials name.
            machine_role: the state machine's, where it is another.

        Raises:
            CredentialsError: the role can not be assumed.
        """
        ...

    def refusal(self, scope: Scope, role_arn: str, action: str, resource: str) -> str | None:
        """Return why a role may not do something, or None where it may."""
        ...


class LocalIam:
    """The emulator's IAM; its tables are looked up for the account and region of the task."""

    def acts_in(self, scope: Scope, role_arn: str) -> Scope:
        return ministack.within(scope, partial(identity.acts_in, scope, role_arn))

    def credentials(self, scope: Scope, role_arn: str, machine_role: str) -> Mapping[str, str]:
        credentials = partial(identity.machine_credentials, scope, role_arn, machine_role)
        return ministack.within(scope, credentials)

    def refusal(self, scope: Scope, role_arn: str, action: str, resource: str) -> str | None:
        return ministack.within(scope, partial(identity.refusal, scope, role_arn, action, resource))


class NoItems:
    """Fails the reading and writing of a Distributed Map's items."""

    def start(self, effect: Effect, report: Report) -> None:
        report(effect.id, Failed(RUNTIME, "there is no store of items"))

    def resume(self, effect: Effect, submitted: Any, report: Report) -> None:  # noqa: ANN401, ARG002 - JSON
        self.start(effect, report)

    def cancel(self, effect: Effect, reason: str) -> None:  # noqa: ARG002 - nothing goes on
        return None


@dataclass(frozen=True)
class Services:
    """The environment of tasks.

    Args:
        endpoint: URL where every API of the environment answers.
        batch: jobs are submitted here.
        activities: tasks of activities go here.
        executions: tells of the end of nested executions.
        items: takes ReadItems and WriteResults.
        iam: credentials and permissions of roles.
    """

    endpoint: str
    batch: Batch
    activities: Activities
    executions: Executions
    items: TaskRunner = field(default_factory=NoItems)
    iam: Iam = field(default_factory=LocalIam)
