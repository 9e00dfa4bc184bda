"""One environment, as its tfvars file says."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from batchyard.environments.compute import Compute
from batchyard.environments.queue import Queue
from batchyard.errors import UsageError
from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data
from batchyard.names import Names
from batchyard.paths import environment_file


class DeployedWorkflow(Data):
    """A workflow folder deployed under a name, with what this environment overrides."""

    folder: str | None = None
    wait: Literal["sync", "poll"] | None = None
    poll_seconds: int | None = Field(default=None, ge=1)


class Environment(Data):
    """One environment, as its tfvars file says; what only Terraform reads is of any type here."""

    project: str = "batchyard"
    environment: str = Field(pattern=r"^[a-z][a-z0-9]{1,11}$")
    account_id: str = Field(pattern=r"^\d{12}$")
    region: str
    buckets: dict[str, Any] = Field(default={})
    compute: dict[str, Compute] = Field(default={})
    queues: dict[str, Queue] = Field(default={})
    workflows: dict[str, DeployedWorkflow] = Field(default={})
    privileged_jobs: list[str] = Field(default=[])
    container_insights: Literal["ENABLED", "ENHANCED", "DISABLED"] | None = None
    network: Any = None
    notifications: Any = None
    provider_settings: Any = None
    log_retention_days: Any = None
    tags: Any = None
    build_directory: Any = None

    @property
    def is_local(self) -> bool:
        """Say whether this is the environment on this machine."""
        return self.environment == "local"

    @property
    def names(self) -> Names:
        """Return the names of everything in this environment."""
        return Names(self.project, self.environment, self.account_id, self.region)

    def behind(self, queue: str) -> list[Compute]:
        """Return the compute environments of a queue that exists, first choice first."""
        return [self.compute[key] for key in self.queues[queue].compute]

    def folder_of(self, workflow: str) -> str:
        """Return the workflow folder behind a deployed name.

        Raises:
            UsageError: the environment deploys no workflow of that name.
        """
        if workflow not in self.workflows:
            raise UsageError(
                f"environment {self.environment} deploys no workflow {workflow}",
                where=str(environment_file(self.environment)),
                fix=f"it has: {', '.join(sorted(self.workflows)) or 'none'}",
            )
        return self.workflows[workflow].folder or workflow

    @model_validator(mode="after")
    def _queues_fit(self) -> Environment:
        for key, queue in self.queues.items():
            for index, name in enumerate(queue.compute):
                if name not in self.compute:
                    raise Broken(
                        f"queue {key} names no compute environment {name}",
                        at=("queues", key, "compute", index),
                        fix=f"known: {', '.join(sorted(self.compute)) or 'none'}",
                    )
            self._check_mixture(key)
        return self

    def _check_mixture(self, key: str) -> None:
        """Refuse what one queue can not hold.

        Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html
        """
        behind = self.behind(key)
        at = ("queues", key, "compute")
        platforms = sorted({each.platform for each in behind})
        if len(platforms) > 1:
            raise Broken(
                f"queue {key} mixes {' and '.join(platforms)}, which Batch refuses in one queue",
                at=at,
                fix="make a queue for each",
            )
        kinds = sorted({each.architecture for each in behind if each.architecture})
        if len(kinds) > 1:
            raise Broken(
                f"queue {key} mixes {' and '.join(kinds)}, and Batch takes one architecture for each queue",
                at=at,
                fix="make a queue for each",
            )
