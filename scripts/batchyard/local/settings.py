"""What the local environment is set to: its account and region, and how jobs run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from batchyard.errors import ManifestError

if TYPE_CHECKING:
    from batchyard.local.batch.settings import EngineSettings

ACCOUNT = "000000000000"
REGION = "us-east-1"
Test = Callable[[Any], bool]


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
    if not isinstance(found, dict):
        raise ManifestError("not a JSON object", where=str(path), fix=f"it may hold {', '.join(_KNOWN)}")
    for key, value in found.items():
        if key not in _KNOWN:
            raise ManifestError(f"unknown: {key}", where=str(path), fix=f"it may hold {', '.join(_KNOWN)}")
        expected, test = _KNOWN[key]
        if not test(value):
            raise ManifestError(f"{key} is {json.dumps(value)}", where=str(path), fix=f"give it {expected}")
    return dict(found)


def _number(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _exit_code(value: Any) -> bool:  # noqa: ANN401
    return type(value) is int and 0 <= value <= 255


def _meaning(value: Any) -> bool:  # noqa: ANN401
    """Say whether an image map may say this of an image."""
    if value == {"host": True}:
        return True
    argv = value.get("entry_point") if isinstance(value, dict) and len(value) == 1 else None
    return isinstance(argv, list) and bool(argv) and all(isinstance(each, str) for each in argv)


def _by_image(test: Test) -> Test:
    return lambda value: isinstance(value, dict) and all(test(each) for each in value.values())


_KNOWN: dict[str, tuple[str, Test]] = {
    "image_map": (
        'an object of image name globs, each with {"entry_point": ["command", ...]} or {"host": true}',
        _by_image(_meaning),
    ),
    "seconds": ("a number of seconds", _number),
    "seconds_by_image": ("an object of image name globs, each with a number of seconds", _by_image(_number)),
    "exit_codes_by_image": ("an object of image name globs, each with 0 to 255", _by_image(_exit_code)),
    "time_scale": ("a factor of 0 or more", _number),
    "container_tool": ('"docker" or "podman"', lambda value: isinstance(value, str) and bool(value)),
}
