"""Jobs as the engine holds them: small enough that ten thousand array children weigh little."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from batchyard.local.batch import arns
from batchyard.local.batch.host import Scope

SUBMITTED, PENDING, RUNNABLE = "SUBMITTED", "PENDING", "RUNNABLE"
STARTING, RUNNING = "STARTING", "RUNNING"
SUCCEEDED, FAILED = "SUCCEEDED", "FAILED"
STATUSES = (SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED, FAILED)
ENDED = frozenset({SUCCEEDED, FAILED})
ON_HOST = frozenset({STARTING, RUNNING})

FARGATE_LOST = "Your Spot Task was interrupted."
Shape = Literal["container", "ecs", "nodes"]


@dataclass(slots=True)
class ContainerRun:
    """One container of a task, in one attempt; times are epoch milliseconds."""

    started: int | None = None
    stopped: int | None = None
    exit_code: int | None = None
    reason: str | None = None
    pid: int | None = None
    pid_ticks: int | None = None

    def row(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__]


@dataclass(slots=True)
class Attempt:
    """One try of a job on a host; times are epoch milliseconds.

    `containers` is set for a task of several containers, in the order of its properties.
    """

    task: str
    compute: str
    started: int | None = None
    stopped: int | None = None
    exit_code: int | None = None
    reason: str | None = None
    status_reason: str | None = None
    pid: int | None = None
    pid_ticks: int | None = None
    containers: tuple[ContainerRun, ...] | None = None

    @property
    def instance(self) -> str:
        """The id of the pretended host, one per attempt, so that a lost host loses one job."""
        return f"i-0{self.task[:16]}"

    def row(self) -> list[Any]:
        *plain, containers = [getattr(self, name) for name in self.__slots__]
        return plain if containers is None else [*plain, [each.row() for each in containers]]

    @staticmethod
    def load(row: list[Any]) -> Attempt:
        attempt = Attempt(*row[:_PLAIN])
        if len(row) > _PLAIN:
            attempt.containers = tuple(ContainerRun(*each) for each in row[_PLAIN])
        return attempt


# Columns of an attempt of one container, which has nothing after them.
_PLAIN = len(Attempt.__slots__) - 1


@dataclass(slots=True)
class JobSpec:
    """What a submission asked for, merged with its definition; array children and nodes share it.

    `container` holds the properties of a job of one container; `properties` those of any other shape.
    """

    id: str
    scope: Scope
    name: str
    queue: str
    definition: str
    definition_name: str
    vcpus: float
    created: int
    container: dict[str, Any]
    parameters: dict[str, str] = field(default_factory=dict)
    depends_on: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    platforms: list[str] = field(default_factory=list)
    retry: dict[str, Any] | None = None
    timeout: int | None = None
    size: int | None = None
    share: str | None = None
    priority: int | None = None
    propagate_tags: bool = False
    shape: Shape = "container"
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The properties of the spec's own shape: of a container, of a task, or of all nodes."""
        return self.container if self.shape == "container" else self.properties

    def document(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"scope": [self.scope.account, self.scope.region]}

    @staticmethod
    def load(document: dict[str, Any]) -> JobSpec:
        return JobSpec(**document | {"scope": Scope(*document["scope"])})


@dataclass(slots=True)
class Job:
    """A job, an array parent (`counts` is set), an array child or a node (`index` is set).

    The parent of nodes has the attempts of its main node: the very same objects.
    """

    id: str
    seq: int
    spec: JobSpec
    status: str = SUBMITTED
    index: int | None = None
    started: int | None = None
    stopped: int | None = None
    runnable_since: int = 0
    reason: str | None = None
    attempts: tuple[Attempt, ...] = ()
    cancelled: bool = False
    terminated: bool = False
    timed_out: bool = False
    waiting: int = 0
    counts: dict[str, int] | None = None

    @property
    def arn(self) -> str:
        return arns.arn(self.spec.scope, arns.JOB, self.id)

    @property
    def is_node(self) -> bool:
        return self.index is not None and self.spec.shape == "nodes"

    @property
    def is_main_node(self) -> bool:
        return self.is_node and self.index == self.spec.properties["mainNode"]

    @property
    def current(self) -> Attempt | None:
        """The attempt on a host now."""
        return self.attempts[-1] if self.status in ON_HOST and self.attempts else None

    def host_lost(self, attempt: Attempt) -> str:
        """Return the status reason of an attempt whose host went away, as Spot reclaims read on AWS.

        EC2: https://docs.aws.amazon.com/batch/latest/userguide/best-practices.html. Fargate:
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html.
        """
        fargate = "FARGATE" in self.spec.platforms
        return FARGATE_LOST if fargate else f"Host EC2 (instance {attempt.instance}) terminated."

    def row(self) -> list[Any]:
        return [
            *(self.status, self.index, self.started, self.stopped, self.runnable_since, self.reason),
            *([attempt.row() for attempt in self.attempts], self.cancelled, self.terminated, self.timed_out),
        ]

    @staticmethod
    def load(id_: str, seq: int, spec: JobSpec, row: list[Any]) -> Job:
        status, index, started, stopped, runnable_since, reason, attempts, *flags = row
        tried = tuple(Attempt.load(values) for values in attempts)
        return Job(id_, seq, spec, status, index, started, stopped, runnable_since, reason, tried, *flags)
