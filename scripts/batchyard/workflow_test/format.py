"""What a file of test cases may say; docs/workflows.md has the table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from batchyard.manifest.fields import Data, Key, seconds

Wait = Literal["sync", "poll"]
Kind = Literal["STANDARD", "EXPRESS"]
Ended = Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "RUNNING"]
ANY = "..."
_OUTCOMES = ("result", "payload", "job", "error", "never", "items", "items_file")


def _time(value: object) -> object:
    """Return seconds of a number or of a text such as `90m`."""
    return seconds(value) if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_time), Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Index = Annotated[int, Field(ge=0, strict=True)]  # 1.0 is no index, but "1.0" is one in a Map in a Map


class Job(Data):
    """How a Batch job ends."""

    status: Literal["SUCCEEDED", "FAILED"] | None = None
    exit_code: int | None = None
    reason: str | None = None
    status_reason: str | None = None
    id: str | None = None
    attempts: int = Field(default=1, ge=1)

    @property
    def succeeded(self) -> bool:
        """Say whether it ends well: its status says so, or there is none and no exit code but 0."""
        return self.status == "SUCCEEDED" if self.status else not self.exit_code and not self.status_reason


class Mock(Data):
    """One answer to a task.

    Of result, payload, job, error, never, items and items_file exactly one is given.
    """

    result: Any = None
    payload: Any = None
    job: Job | None = None
    error: str | None = None
    cause: Any = None
    never: Literal[True] | None = None
    items: list[Any] | dict[str, Any] | None = None
    items_file: str | None = None
    phase: Literal["schedule", "start", "submit", "run"] | None = None
    after: Seconds = 0
    heartbeat: Annotated[Seconds, Field(gt=0)] | None = None
    times: int = Field(default=1, ge=1)
    item: Index | str | None = None
    input: Any = None

    @model_validator(mode="after")
    def _one_outcome(self) -> Mock:
        given = [name for name in _OUTCOMES if name in self.model_fields_set]
        if len(given) != 1:
            what = f"{' and '.join(given)} are" if given else "no answer is"
            raise ValueError(f"{what} given; write one of {', '.join(_OUTCOMES)}")
        for name in ("cause", "phase"):
            if name in self.model_fields_set and self.error is None:
                raise ValueError(f"{name} goes with error")
        return self

    @property
    def conditional(self) -> bool:
        """Say whether it is for some calls only."""
        return bool(self.model_fields_set & {"item", "input"})


class Between(Data):
    """A range of virtual seconds, both ends included."""

    min: Seconds = 0
    max: Seconds


class Expect(Data):
    """What an execution has to come to; what is not said is not looked at, but the status."""

    status: Ended = "SUCCEEDED"
    output: Any = None
    output_exact: Any = None
    error: str | None = None
    cause: str | None = None
    path: list[str] | None = None
    iterations: dict[str, dict[str, list[str]]] = Field(default={})
    visits: dict[str, Count] = Field(default={})
    attempts: dict[str, Count] = Field(default={})
    arguments: dict[str, Any] = Field(default={})
    events: list[str] | None = None
    event_counts: dict[str, Count] = Field(default={})
    elapsed: Between | None = None
    variables: dict[str, Any] = Field(default={})

    @field_validator("elapsed", mode="before")
    @classmethod
    def _range(cls, value: object) -> object:
        return value if value is None or isinstance(value, dict) else {"min": value, "max": value}


class Defaults(Data):
    """What all cases of a file share, and may say otherwise."""

    environment: str | None = None
    wait: Wait | None = None
    poll_seconds: int | None = Field(default=None, ge=1)
    type: Kind | None = None
    input: Any = None
    input_file: str | None = None
    start: str | None = None
    seed: int | None = None
    mocks: dict[str, Any] = Field(default={})  # each a Mock or a list of them: see `loading`
    written: dict[str, Any] = Field(default={})

    @model_validator(mode="after")
    def _one_input(self) -> Defaults:
        if {"input", "input_file"} <= self.model_fields_set:
            raise ValueError("input and input_file are given; write one of them")
        return self


class Case(Defaults):
    """One case: what goes in, how tasks answer, and what has to come out."""

    description: str = ""
    change: dict[str, Any] = Field(default={})
    remove: list[str] = Field(default=[])
    expect: Expect = Expect()


class Suite(Data):
    """A file of cases."""

    defaults: Defaults = Defaults()
    cases: dict[Key, Case] = Field(min_length=1)
