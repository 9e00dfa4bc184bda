"""What an image name means on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from batchyard.local.batch.launch import Launch, Outcome
from batchyard.local.batch.settings import EngineSettings

T = TypeVar("T")


class CannotStart(Exception):
    """An attempt that can not be started; the message is the container's reason."""


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start.

    clean_up: what to run, too, when the process has to be killed.
    interpret: what an exit code and the last line mean, where they are not the job's own.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    clean_up: tuple[str, ...] | None = None
    interpret: Callable[[int, str], Outcome] | None = None


def repository(image: str) -> str:
    """Return an image name without tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return head + slash + last.partition(":")[0]


def lookup(table: Mapping[str, T], image: str) -> T | None:
    """Return the value of the first glob that matches the image, with or without its tag."""
    names = (image, repository(image))
    for pattern, value in table.items():
        if any(fnmatchcase(name, pattern) for name in names):
            return value
    return None


def resolve(launch: Launch, settings: EngineSettings) -> tuple[str, ...]:
    """Return the arguments that run an attempt's image on this machine.

    Raises CannotStart, worded as the container agent words it, when there is nothing to run.
    """
    mapped = lookup(settings.image_map, launch.image)
    argv = (*_entry_point(launch.image, mapped, settings), *launch.command)
    if not argv:
        raise CannotStart("CannotStartContainerError: no command specified")
    if shutil.which(argv[0]) is None:
        raise CannotStart(f'CannotStartContainerError: exec: "{argv[0]}": executable file not found in $PATH')
    return argv


def _entry_point(image: str, mapped: Mapping[str, Any] | None, settings: EngineSettings) -> tuple[str, ...]:
    if mapped is not None:
        return () if mapped.get("host") else tuple(str(each) for each in mapped["entry_point"])
    script = _job_script(image, settings.project_root)
    if script is None:
        raise CannotStart(
            f"CannotPullContainerError: {image} is neither an image of this project "
            "(jobs/<name>/main.py) nor named in the image map of the local settings"
        )
    return settings.python, str(script)


def _job_script(image: str, project_root: Path | None) -> Path | None:
    name = repository(image).rpartition("/")[2]
    if project_root is None or not name or name.startswith("."):
        return None
    script = project_root / "jobs" / name / "main.py"
    return script if script.is_file() else None
