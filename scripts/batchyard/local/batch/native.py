"""Commands of the process executor: the image's entry point on this machine itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from batchyard.local.batch.images import Command, resolve
from batchyard.local.batch.launch import Launch
from batchyard.local.batch.settings import EngineSettings


def prepare(settings: EngineSettings, launch: Launch, folder: Path, given: Mapping[str, str]) -> Command:
    """Return the command of an attempt; raises CannotStart when its image means nothing here."""
    return Command(resolve(launch, settings), environment(launch, folder, given))


def environment(launch: Launch, folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return a small base, then the job's environment and what it is given; nothing of the engine's own."""
    base = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        # Lines must reach the log while the job runs, also through a pipe.
        "PYTHONUNBUFFERED": "1",
        # There is no instance metadata here; without this an SDK waits for it.
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    # HOME is how leftovers of a killed engine are found again, so it is never the job's to set.
    return base | dict(launch.environment) | dict(given) | {"HOME": str(folder)}
