"""What a plan was made from, so that apply can tell when it is out of date."""

from __future__ import annotations

import hashlib
from pathlib import Path

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.paths import build_dir, environment_file, project_root


def require_bundles(environment: Environment) -> None:
    """Refuse to plan while a deployed workflow is not rendered: a missing bundle would read as "destroy it".

    Raises:
        BatchyardError: a bundle is missing.
    """
    folder = build_dir(environment.environment)
    missing = sorted(name for name in environment.workflows if not (folder / f"{name}.bundle.json").is_file())
    if missing:
        raise BatchyardError(
            f"not rendered: {', '.join(missing)}",
            where=str(folder),
            fix=f"render first: batchyard render --env {environment.environment}",
        )


def fingerprint(environment: Environment) -> dict[str, str]:
    """Return a hash per file that a plan reads, by path relative to the project."""
    files = {environment_file(environment.environment)}
    folder = build_dir(environment.environment)
    for pattern in ("*.bundle.json", "*.asl.json", "functions/*.zip"):
        files.update(folder.glob(pattern))
    for tree in (project_root() / "terraform", project_root() / "modules"):
        files.update(path for path in tree.rglob("*.tf") if ".terraform" not in path.parts)
        files.update(tree.rglob("*.tftpl"))
    files.update((project_root() / "templates" / "user-data").glob("*"))
    return {str(path.relative_to(project_root())): _sha256(path) for path in sorted(files) if path.is_file()}


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the files that differ between two fingerprints."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
