"""Settings of the engine, all with the defaults of the local environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Executor = Literal["process", "container", "simulated"]


@dataclass(frozen=True)
class EngineSettings:
    """How jobs run.

    executor: where an attempt runs.
    project_root: folder whose jobs/<name>/main.py an image named <name> resolves to.
    work_dir: parent of the attempts' working directories (default: `work` in the state folder).
        Nothing in it but those directories is ever touched.
    image_map: glob of an image name -> {"entry_point": [argv...]} or {"host": true}.
    python: interpreter of the project's jobs.
    container_tool: docker or podman command of the container executor.
    seconds: simulated duration of an attempt in seconds.
    seconds_by_image: glob of an image name -> simulated seconds, before `seconds`.
    exit_codes_by_image: glob of an image name -> simulated exit code (default 0).
    time_scale: factor on simulated durations, attempt timeouts and job-state time limits.
    kill_after_seconds: pause between SIGTERM and SIGKILL (30 s on AWS).
    stop_grace_seconds: the same when the engine itself stops.
    keep_ended_days: age at which ended jobs are forgotten (7 days on AWS), judged at start.
    """

    executor: Executor = "process"
    project_root: Path | None = None
    work_dir: Path | None = None
    image_map: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    python: str = sys.executable
    container_tool: str = "docker"
    seconds: float = 0.0
    seconds_by_image: Mapping[str, float] = field(default_factory=dict)
    exit_codes_by_image: Mapping[str, int] = field(default_factory=dict)
    time_scale: float = 1.0
    kill_after_seconds: float = 30.0
    stop_grace_seconds: float = 2.0
    keep_ended_days: float = 7.0
