"""Environments are data: terraform/environments/<name>.tfvars, read and checked for all that is not Terraform."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from batchyard.errors import ManifestError, UsageError
from batchyard.names import Names
from batchyard.paths import environment_file

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
    """One environment, as its tfvars file says."""

    model_config = ConfigDict(extra="allow", frozen=True)

    project: str = "batchyard"
    environment: str = Field(pattern=r"^[a-z][a-z0-9]{1,11}$")
    account_id: str = Field(pattern=r"^\d{12}$")
    region: str
    buckets: dict[str, Any] = {}
    compute: dict[str, Compute] = {}
    queues: dict[str, Queue] = {}
    workflows: dict[str, DeployedWorkflow] = {}

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
    try:
        return Environment.model_validate(_read_hcl(path))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ManifestError(
            f"{key}: {first['msg']}", where=str(path), fix="see docs/environments.md"
        ) from error


def _read_hcl(path: Path) -> dict[str, Any]:
    import hcl2
    from lark.exceptions import LarkError

    try:
        with path.open() as file:
            return _plain(hcl2.load(file))  # type: ignore[no-any-return]
    except LarkError as error:
        line = getattr(error, "line", "?")
        raise ManifestError("not valid HCL", where=f"{path}:{line}", fix="run terraform fmt on it") from error


def _plain(value: Any) -> Any:  # noqa: ANN401 - HCL values are of any shape
    """Undo the parser's quoting: keys and strings may come with their quotes."""
    if isinstance(value, dict):
        return {_unquote(key): _plain(item) for key, item in value.items() if key != "__is_block__"}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _unquote(value)


def _unquote(value: Any) -> Any:  # noqa: ANN401
    quoted = isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value
