"""Environments are data: terraform/environments/<name>.tfvars, read and checked for the Python side."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from batchyard import tfvars
from batchyard.errors import ManifestError, UsageError
from batchyard.manifest.checking import check
from batchyard.manifest.marked import read_text
from batchyard.names import Names
from batchyard.paths import environment_file, project_root

ComputeType = Literal["EC2", "SPOT", "FARGATE", "FARGATE_SPOT"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Compute(_Data):
    """One compute environment."""

    type: ComputeType = "SPOT"
    max_vcpus: int = Field(ge=0)
    instance_types: list[str] = ["optimal"]
    spot_bid_percentage: int | None = Field(default=None, ge=1, le=100)
    scratch_gib: int = Field(default=100, ge=1)


class Queue(_Data):
    """One job queue over one to three compute environments, in order."""

    priority: int = Field(ge=0)
    compute: list[str] = Field(min_length=1, max_length=3)


class DeployedWorkflow(_Data):
    """A workflow folder deployed under a name, with what this environment overrides."""

    folder: str | None = None
    wait: Literal["sync", "poll"] | None = None
    poll_seconds: int | None = Field(default=None, ge=1)


class Environment(_Data):
    """One environment, as its tfvars file says; what only Terraform reads is of any type here."""

    project: str = "batchyard"
    environment: str = Field(pattern=r"^[a-z][a-z0-9]{1,11}$")
    account_id: str = Field(pattern=r"^\d{12}$")
    region: str
    buckets: dict[str, Any] = {}
    compute: dict[str, Compute] = {}
    queues: dict[str, Queue] = {}
    workflows: dict[str, DeployedWorkflow] = {}
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


def available() -> list[str]:
    """Return the names of the environments that have a file."""
    return sorted(path.stem for path in environment_file("x").parent.glob("*.tfvars"))


def load(environment: str) -> Environment:
    """Read and check an environment.

    Args:
        environment: its name, such as `local`.

    Raises:
        UsageError: there is no such environment.
        ManifestError: its file does not parse, or breaks a rule.
    """
    path = environment_file(environment)
    if not path.is_file():
        raise UsageError(
            f"unknown environment {environment}",
            where=str(path.parent),
            fix=f"known: {', '.join(available()) or 'none'}; a new one is a new .tfvars file there",
        )
    shown = str(path.relative_to(project_root()))
    document = tfvars.read(read_text(path), shown)
    found = check(Environment, document)
    if found.environment != environment:
        raise ManifestError(
            f"environment is {found.environment}, and the file is of {environment}",
            where=document.where(("environment",)),
            fix=f'write environment = "{environment}"',
        )
    return found
