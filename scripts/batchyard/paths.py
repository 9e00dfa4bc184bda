"""Where things lie: the project root and the folders that are derived from it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from batchyard.errors import UsageError

_MARKERS = ("templates/workflows", "terraform", "modules")


@cache
def project_root() -> Path:
    """Return the project's root folder.

    It is `BATCHYARD_ROOT`, or the nearest folder above the working directory that holds templates/workflows,
    terraform and modules, or the checkout that this package lies in.

    Raises:
        UsageError: no such folder is found.
    """
    named = os.environ.get("BATCHYARD_ROOT")
    here = [Path(named)] if named else [Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2]]
    for folder in here:
        if all((folder / marker).is_dir() for marker in _MARKERS):
            return folder.resolve()
    raise UsageError(
        "no batchyard project here",
        where=str(named or Path.cwd()),
        fix=f"change into a folder that holds {', '.join(_MARKERS)}, or set BATCHYARD_ROOT",
    )


def build_dir(environment: str) -> Path:
    """Return the folder of what is generated for one environment."""
    return project_root() / "build" / environment


def machine_dir() -> Path:
    """Return the folder of what belongs to this machine only (caches, the local environment)."""
    return project_root() / ".batchyard"


def local_dir() -> Path:
    """Return the folder of the local environment's state; `BATCHYARD_LOCAL_DIR` overrides it."""
    named = os.environ.get("BATCHYARD_LOCAL_DIR")
    return Path(named).resolve() if named else machine_dir() / "local"


def environment_file(environment: str) -> Path:
    """Return the tfvars file of an environment."""
    return project_root() / "terraform" / "environments" / f"{environment}.tfvars"


def workflow_dir(name: str) -> Path:
    """Return the folder of a workflow."""
    return project_root() / "templates" / "workflows" / name
