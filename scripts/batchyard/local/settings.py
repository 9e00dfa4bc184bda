"""What the local environment is set to: its account and region, and how jobs run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from batchyard.errors import ManifestError

if TYPE_CHECKING:
    from batchyard.local.batch.settings import EngineSettings

ACCOUNT = "000000000000"
REGION = "us-east-1"
_ALLOWED = ("image_map", "seconds", "seconds_by_image", "exit_codes_by_image", "time_scale", "container_tool")


def job_settings(executor: str, local_dir: Path) -> EngineSettings:
    """Return the engine's settings: the executor, and what `settings.json` of the local folder adds.

    Args:
        executor: `process`, `container` or `simulated`.
        local_dir: folder of the local environment; its settings.json is optional.

    Raises:
        ManifestError: settings.json is not a JSON object, or has a key that is not known.
    """
    from batchyard.local.batch.settings import EngineSettings, Executor
    from batchyard.paths import project_root

    chosen: Executor = next(name for name in get_args(Executor) if name == executor)
    return EngineSettings(
        executor=chosen, project_root=project_root(), work_dir=local_dir / "work", **read_settings(local_dir)
    )


def read_settings(local_dir: Path) -> dict[str, Any]:
    """Return the optional settings of this machine: image map, simulated durations, container tool."""
    path = local_dir / "settings.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text())
    except ValueError as error:
        raise ManifestError(f"not valid JSON: {error}", where=str(path)) from error
    unknown = sorted(set(found) - set(_ALLOWED)) if isinstance(found, dict) else ["(not an object)"]
    if unknown:
        raise ManifestError(
            f"unknown: {', '.join(unknown)}", where=str(path), fix=f"it may hold {', '.join(_ALLOWED)}"
        )
    return dict(found)
