"""Jobs with several containers side by side: one task of Amazon ECS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.forms import form
from batchyard.manifest.jobs import ec2, fargate
from batchyard.manifest.jobs.base import Job, Platform, Shape
from batchyard.manifest.jobs.container import Container, FargateOptions, Volumes
from batchyard.manifest.jobs.process import Process
from batchyard.manifest.jobs.storage import check_mounts

# https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsProperties.html
MAX_CONTAINERS = 10
Condition = Literal["START", "COMPLETE", "SUCCESS"]
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html: name
ContainerName = Annotated[
    str,
    form(
        r"^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$",
        "up to 255 letters, digits, hyphens and underscores, the first one a letter or a digit",
        "server",
    ),
]


class TaskContainer(Container):
    """One container of a task."""

    essential: bool = True
    depends_on: dict[str, Condition] = Field(default={})


class MultiContainerJob(Job, Volumes, FargateOptions):
    """Containers that start in an order, share one network and end together."""

    kind: Literal["multi-container"]
    platform: Literal["ec2", "fargate"] = "ec2"
    ipc_mode: Literal["host", "task", "none"] | None = None
    pid_mode: Literal["host", "task"] | None = None
    members: dict[ContainerName, TaskContainer] = Field(alias="containers", min_length=1)

    @property
    def shape(self) -> Shape:
        """Return ecs."""
        return "ecs"

    @property
    def runs_on(self) -> Platform:
        """Return the task's platform."""
        return self.platform

    @property
    def containers(self) -> Sequence[tuple[str, Process]]:
        """Return the containers of the task, in the manifest's order."""
        return list(self.members.items())

    @model_validator(mode="after")
    def _task_rules(self) -> MultiContainerJob:
        if len(self.members) > MAX_CONTAINERS:
            what = f"a task has at most {MAX_CONTAINERS} containers, not {len(self.members)}"
            raise Broken(what, at=("containers",), fix="put processes that belong together into one image")
        if not any(container.essential for container in self.members.values()):
            what = "a job needs an essential container, whose end is the job's"
            raise Broken(what, at=("containers",), fix="leave essential: false out of one of them")
        for name, container in self.members.items():
            try:
                self._check(container)
            except Broken as fault:
                raise fault.under("containers", name) from fault
        check_order(self.members)
        if self.platform == "fargate":
            self._check_fargate()
        else:
            fargate.check_absent(self)
        return self

    def _check(self, container: TaskContainer) -> None:
        check_mounts(container.mounts, self.volumes, container.taken_paths)
        if self.platform == "ec2":
            return ec2.check_container(container)
        fargate.check_container(container, of_task=True)
        return fargate.check_windows(container, self)

    def _check_fargate(self) -> None:
        fargate.check_volumes(self.volumes, self)
        vcpus = sum(container.vcpus for container in self.members.values())
        memory = sum(container.memory for container in self.members.values())
        try:
            fargate.check_size(vcpus, memory, " for its containers together")
        except Broken as fault:
            raise Broken(fault.what, at=("containers",), fix=fault.fix) from fault
        # https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsTaskProperties.html
        if self.ipc_mode:
            raise Broken("Fargate has no ipc_mode", at=("ipc_mode",), fix="leave it out")
        if self.pid_mode == "host":
            what = "Fargate shares no process namespace with a host"
            raise Broken(what, at=("pid_mode",), fix="write pid_mode: task")


def check_order(members: Mapping[str, TaskContainer]) -> None:
    """Check the order that containers start in.

    Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerDependency.html

    Raises:
        Broken: a container waits for one that there is not, for itself, in a circle, or for the end of an
            essential one.
    """
    for name, container in members.items():
        for other, condition in container.depends_on.items():
            at = ("containers", name, "depends_on", other)
            if other not in members:
                raise Broken(f"no container {other}", at=at, fix=f"containers has: {', '.join(members)}")
            if condition != "START" and members[other].essential:
                what = f"{other} is essential, so its end ends the job; none can wait for {condition}"
                raise Broken(what, at=at, fix=f"write START, or essential: false for {other}")
    circle = _circle(members)
    if circle:
        what = f"containers wait for each other: {' -> '.join(circle)}"
        at_start = ("containers", circle[0], "depends_on")
        raise Broken(what, at=at_start, fix="leave one of these dependencies out")


def _circle(members: Mapping[str, TaskContainer]) -> list[str]:
    """Return a circle of dependencies, its first name repeated at the end, or an empty list."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        found = next((way for other in members[name].depends_on if (way := visit(other, [*path, name]))), [])
        done.add(name)
        return found

    return next((found for name in members if (found := visit(name, []))), [])
