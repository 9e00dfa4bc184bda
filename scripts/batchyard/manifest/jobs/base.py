"""What all kinds of job have in common, and what every kind can be asked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data, JobTimeout, Permission
from batchyard.manifest.forms import form
from batchyard.manifest.jobs.process import Process
from batchyard.manifest.jobs.retry import PRESET_ATTEMPTS, AnyRetry

Platform = Literal["ec2", "fargate", "eks"]
Shape = Literal["container", "ecs", "nodes", "eks"]


def own_tag(key: str) -> str:
    """Pass on a tag's key that is not one of AWS's own.

    Source: https://docs.aws.amazon.com/batch/latest/userguide/using-tags.html

    Raises:
        Broken: it starts with aws: in whatever case.
    """
    if key.lower().startswith("aws:"):
        raise Broken("AWS keeps tags that start with aws:", fix="name it otherwise")
    return key


TagKey = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(own_tag)]
TagValue = Annotated[str, Field(max_length=256)]


class Job(Data):
    """One job of a workflow, of whatever kind."""

    kind: str
    queue: str
    timeout: JobTimeout
    retry: AnyRetry = "spot"
    on_demand_queue: str | None = None
    parameters: dict[str, str] = Field(default={})
    permissions: list[Permission] = Field(default=[])
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html
    scheduling_priority: int | None = Field(default=None, ge=0, le=9999)
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
    share: str | None = form(
        r"^[A-Za-z0-9]{1,255}$", "up to 255 letters and digits", "research", default=None
    )
    tags: dict[TagKey, TagValue] = Field(default={}, max_length=50)

    @property
    def shape(self) -> Shape:
        """Return which properties of the API the job is made of."""
        return "container"

    @property
    def runs_on(self) -> Platform:
        """Return the platform of the job's containers."""
        return "ec2"

    @property
    @abstractmethod
    def containers(self) -> Sequence[tuple[str, Process]]:
        """Return the job's containers with their names; the only one of a job is called default."""

    @property
    def images(self) -> list[str]:
        """Return the project images that the job runs, each once, by name."""
        return sorted({container.image for _, container in self.containers if container.image})

    @property
    def placeholders(self) -> list[str]:
        """Return the names of the parameters that the commands refer to, each once."""
        return list(dict.fromkeys(name for _, each in self.containers for name in each.placeholders))

    @property
    def defaults(self) -> dict[str, str]:
        """Return the parameters that hold if a submission gives none.

        `memory` is the container's own, if all containers that refer to it have the same.
        """
        sizes = {each.memory for _, each in self.containers if "memory" in each.placeholders}
        own = {"memory": str(sizes.pop())} if len(sizes) == 1 else {}
        return {**own, **self.parameters}

    @property
    def attempts(self) -> int:
        """Return how often the job is tried on its own queue."""
        return PRESET_ATTEMPTS[self.retry] if isinstance(self.retry, str) else self.retry.attempts

    @model_validator(mode="after")
    def _on_demand(self) -> Job:
        falls_back = self.retry == "spot-then-on-demand"
        if falls_back and self.on_demand_queue is None:
            what = "retry spot-then-on-demand needs the queue of the last attempt"
            raise Broken(what, at=("retry",), fix="write on_demand_queue: <a queue over EC2 or FARGATE>")
        if not falls_back and self.on_demand_queue is not None:
            what = "on_demand_queue is of retry spot-then-on-demand alone"
            raise Broken(what, at=("on_demand_queue",), fix="write that retry, or leave the queue out")
        return self
