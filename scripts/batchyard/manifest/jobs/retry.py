"""How often a job is tried, and after which ends; see render/retries.py for what the presets stand for."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import Data
from batchyard.manifest.forms import form

Preset = Literal["spot", "spot-then-on-demand", "none"]
# Attempts by preset on the job's own queue.
PRESET_ATTEMPTS: dict[str, int] = {"spot": 3, "spot-then-on-demand": 3, "none": 1}
# Patterns of evaluateOnExit: https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
_GLOB = r"^[A-Za-z0-9.:\s]*\*?$"
Glob = Annotated[
    str,
    form(
        _GLOB,
        "letters, digits, periods, colons and white space, with an asterisk at most at the end",
        '"Host EC2*"',
        min_length=1,
        max_length=512,
    ),
]
_CLOSING = '{on_reason: "*", action: EXIT}'


class RetryRule(Data):
    """One evaluateOnExit rule of AWS Batch; patterns may end with `*`."""

    on_status_reason: Glob | None = None
    on_reason: Glob | None = None
    on_exit_code: str | None = form(
        r"^[0-9]+\*?$|^\*$",
        "an exit code, with an asterisk at most at the end",
        '"137"',
        default=None,
        max_length=512,
    )
    action: Literal["RETRY", "EXIT"]

    @model_validator(mode="after")
    def _some_condition(self) -> RetryRule:
        if not self.conditions:
            what = "a rule needs on_status_reason, on_reason or on_exit_code"
            raise Broken(what, fix='write what the end has to match, such as on_exit_code: "137"')
        return self

    @property
    def conditions(self) -> dict[str, str]:
        """Return the conditions that are given, by key."""
        return self.model_dump(exclude={"action"}, exclude_none=True)


class Retry(Data):
    """A retry strategy of a job's own: at most five rules, closed by one that exits on everything else."""

    attempts: int = Field(ge=1, le=10)
    rules: list[RetryRule] = Field(default=[], max_length=5)

    @model_validator(mode="after")
    def _closed(self) -> Retry:
        if self.attempts == 1 and not self.rules:
            return self
        last = self.rules[-1] if self.rules else None
        if last is None or last.action != "EXIT" or last.conditions != {"on_reason": "*"}:
            what = "AWS Batch retries what no rule matches, so the rules have to end with EXIT on everything"
            raise Broken(what, at=("rules",) if self.rules else (), fix=f"end the rules with {_CLOSING}")
        return self


def known_preset(value: object) -> object:
    """Pass on a retry that is a known preset or a mapping.

    Raises:
        Broken: it is another word.
    """
    if isinstance(value, str) and value not in get_args(Preset):
        known = ", ".join(get_args(Preset))
        raise Broken(
            f"unknown preset {value}; it is {known}, or {{attempts: ..., rules: [...]}}",
            fix=f"write one of {known}",
        )
    return value


AnyRetry = Annotated[Preset | Retry, BeforeValidator(known_preset)]
