"""Kinds of value that manifests share: names, durations and permissions."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.forms import form

# The API's Integer has 32 bits: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobTimeout.html
MAX_INTEGER = 2**31 - 1
LEAST_TIMEOUT = 60
Mib = Annotated[int, Field(le=MAX_INTEGER)]
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")

Key = Annotated[
    str,
    form(
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        "lower-case letters, digits and single hyphens, a letter first",
        "align-reads",
    ),
]


class Data(BaseModel):
    """What every manifest model is: frozen, and strict about its keys."""

    # Built when first used: a command pays for the models that it reads, not for all that there are.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def seconds(value: object) -> int:
    """Return a duration such as `6h`, `90m`, `1h30m` or `600s` in seconds.

    Raises:
        ValueError: it is not of that form.
    """
    found = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if not found:
        raise ValueError("not a duration; write it as 6h, 90m, 1h30m or 600s")
    return sum(
        int(count) * unit for count, unit in zip(found.groups(), _UNITS.values(), strict=True) if count
    )


Duration = Annotated[int, BeforeValidator(seconds)]


def _job_timeout(value: object) -> int:
    found = seconds(value)
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_JobTimeout.html
    if found < LEAST_TIMEOUT:
        raise Broken(
            f"AWS Batch gives an attempt at least {LEAST_TIMEOUT} seconds, not {found}", fix="write 1m"
        )
    if found > MAX_INTEGER:
        raise Broken("AWS Batch counts the seconds of an attempt up to 2147483647", fix="write 28d, or less")
    return found


JobTimeout = Annotated[int, BeforeValidator(_job_timeout)]


class Permission(Data):
    """One statement of a role, with placeholders in its resources."""

    sid: str = form(r"^[A-Za-z0-9]+$", "letters and digits", "ReadInput")
    actions: list[str] = Field(min_length=1)
    resources: list[str] = Field(min_length=1)

    @field_validator("actions")
    @classmethod
    def _named(cls, actions: list[str]) -> list[str]:
        for action in actions:
            if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]+", action):
                raise ValueError(f"{action} is no single action; name each one, as in s3:GetObject")
        return actions

    @model_validator(mode="after")
    def _narrow(self) -> Permission:
        from batchyard.iam.star import STAR_ONLY

        wide = [action for action in self.actions if action not in STAR_ONLY]
        if "*" in self.resources and wide:
            raise ValueError(f"{', '.join(wide)} can be limited to resources; * is for actions that can not")
        return self
