"""The manifest of a workflow: templates/workflows/<name>/workflow.yaml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from batchyard.manifest.fields import Data, Duration, JobTimeout, Key, Permission

Preset = Literal["spot", "none"]


class RetryRule(Data):
    """One evaluateOnExit rule of AWS Batch; patterns may end with `*`."""

    on_status_reason: str | None = None
    on_reason: str | None = None
    on_exit_code: str | None = Field(default=None, pattern=r"^[0-9]+\*?$|^\*$")
    action: Literal["RETRY", "EXIT"]

    @model_validator(mode="after")
    def _some_condition(self) -> RetryRule:
        if self.on_status_reason is None and self.on_reason is None and self.on_exit_code is None:
            raise ValueError("a rule needs on_status_reason, on_reason or on_exit_code")
        return self


class Retry(Data):
    """A retry strategy of a job's own; what no rule matches is retried by AWS Batch."""

    attempts: int = Field(ge=1, le=10)
    rules: list[RetryRule] = Field(default=[], max_length=5)


class Job(Data):
    """One job of a workflow: an image with its size, queue and permissions."""

    image: Key
    queue: str
    vcpus: float = Field(gt=0)
    memory: int = Field(ge=4, description="MiB")
    scratch: bool = False
    timeout: JobTimeout
    retry: Preset | Retry = "spot"
    command: list[str] = Field(default=[])
    parameters: dict[str, str] = Field(default={})
    environment: dict[str, str] = Field(default={})
    permissions: list[Permission] = Field(default=[])

    @field_validator("retry", mode="before")
    @classmethod
    def _known_preset(cls, value: object) -> object:
        if isinstance(value, str) and value not in ("spot", "none"):
            raise ValueError(f"unknown preset {value}; it is spot, none, or {{attempts: ..., rules: [...]}}")
        return value

    @property
    def placeholders(self) -> list[str]:
        """Return the names of the parameters that the command refers to."""
        found = [part.removeprefix("Ref::") for part in self.command if part.startswith("Ref::")]
        return list(dict.fromkeys(found))

    @property
    def defaults(self) -> dict[str, str]:
        """Return the parameters that hold if a submission gives none; `memory` is the job's own."""
        own = {"memory": str(self.memory)} if "memory" in self.placeholders else {}
        return {**own, **self.parameters}


class Expectation(Data):
    """An object that a smoke test has to find."""

    s3: str = Field(pattern=r"^(s3://|\{)")
    min_bytes: int = Field(default=1, ge=0)


class Smoke(Data):
    """How the workflow is tried after it is deployed."""

    input: str = "smoke.input.json"
    data: str = "smoke"
    expect: list[Expectation] = Field(default=[])
    timeout: Duration = 600


class Notify(Data):
    """Which ends of an execution are announced."""

    on: list[Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]] = Field(default=[])


def _no_triggers(value: object) -> object:
    if value:
        raise ValueError("triggers are not deployed by this version; start runs with `batchyard run start`")
    return value


class Workflow(Data):
    """A workflow folder's manifest."""

    name: Key
    description: str = Field(min_length=1)
    input_schema: str = "input.schema.json"
    wait: Literal["sync", "poll"] = "sync"
    poll_seconds: int = Field(default=30, ge=1)
    jobs: dict[Key, Job] = Field(default={})
    functions: list[Key] = Field(default=[])
    triggers: Annotated[list[dict[str, Any]], BeforeValidator(_no_triggers)] = Field(default=[])
    notify: Notify = Notify()
    smoke: Smoke | None = None
