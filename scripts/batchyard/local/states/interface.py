"""What the resources of the control plane ask of the service around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from batchyard.asl.engine.clock import Clock
from batchyard.asl.engine.tasks import TaskCall, TaskRunner
from batchyard.local.batch.host import Scope

if TYPE_CHECKING:
    from batchyard.local.states.activities import Activities
    from batchyard.local.states.machines import Machines

Json = dict[str, Any]


class Resources(Protocol):
    """Records by kind and ARN; what is put or deleted is on disk with the turn it belongs to."""

    def put(self, kind: str, arn: str, record: Json) -> None: ...

    def get(self, kind: str, arn: str) -> Json | None: ...

    def delete(self, kind: str, arn: str) -> None: ...

    def all(self, kind: str) -> Iterator[Json]: ...


class Host(Protocol):
    """The thread on which everything of the state machines happens."""

    def submit(self, function: Callable[[], Any], /) -> Future[Any]: ...


class Service(Protocol):
    """The parts that the operations on resources work with; StatesService has them."""

    @property
    def clock(self) -> Clock: ...

    @property
    def machines(self) -> Machines: ...

    @property
    def activities(self) -> Activities: ...

    @property
    def runner(self) -> TaskRunner: ...

    @property
    def host(self) -> Host: ...


class Surroundings(Protocol):
    """What the resources ask of the executions and the environment; `Alone` answers where there are none."""

    def open_executions(self, machine_arn: str, /) -> Iterable[str]:
        """Return the ARNs of a machine's open executions."""
        ...

    def stop(self, execution_arn: str, /) -> None:
        """Abort an execution, because its machine is deleted."""
        ...

    def execution(self, arn: str, /) -> Json | None:
        """Return what a Standard execution was started with, or None if there is none of that ARN.

        Its members are those of `Resolved.about`, `definition`, and for a child execution of a Distributed
        Map `pointer` (of its item processor) and `mapRunArn`.
        """
        ...

    def activity_started(self, call: TaskCall, /) -> bool:
        """Say whether an execution's history tells that a worker has fetched this activity's task."""
        ...

    def log_group_exists(self, scope: Scope, name: str, /) -> bool: ...


class Alone:
    """No executions, and every log group there."""

    def open_executions(self, _: str) -> Iterable[str]:
        return ()

    def stop(self, _: str) -> None:
        return None

    def execution(self, _: str) -> Json | None:
        return None

    def activity_started(self, _: TaskCall) -> bool:
        return False

    def log_group_exists(self, _scope: Scope, _name: str) -> bool:
        return True


Answer = Json | Future[Json]
Operation = Callable[[Any, Scope, Json], Answer]
