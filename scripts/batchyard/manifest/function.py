"""The manifest of a Lambda function: functions/<name>/function.yaml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from batchyard.manifest.fields import Data, Permission
from batchyard.manifest.forms import form


class Function(Data):
    """A function folder's manifest."""

    description: str = Field(min_length=1, max_length=256)
    handler: str = form(
        r"^[A-Za-z_]\w*\.[A-Za-z_]\w*$", "<module>.<function>", "handler.handler", default="handler.handler"
    )
    runtime: Literal["python3.11", "python3.12", "python3.13"] = "python3.12"
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    memory_mb: int = Field(default=256, ge=128, le=10_240)
    timeout_seconds: int = Field(default=30, ge=1, le=900)
    reserved_concurrency: int | None = Field(default=None, ge=0)
    environment: dict[str, str] = Field(default={})
    permissions: list[Permission] = Field(default=[])
