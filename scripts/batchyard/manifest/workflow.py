"""The manifest of a workflow: templates/workflows/<name>/workflow.yaml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from batchyard.manifest.fields import Data, Duration, Key
from batchyard.manifest.jobs import AnyJob


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
    jobs: dict[Key, AnyJob] = Field(default={})
    functions: list[Key] = Field(default=[])
    triggers: Annotated[list[dict[str, Any]], BeforeValidator(_no_triggers)] = Field(default=[])
    notify: Notify = Notify()
    smoke: Smoke | None = None
