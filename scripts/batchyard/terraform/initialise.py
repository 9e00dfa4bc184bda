"""terraform init, done only when something that it reads has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.paths import project_root
from batchyard.terraform import settings
from batchyard.terraform.command import FLAG, executable, require_minimum
from batchyard.terraform.diagnostics import TerraformError
from batchyard.terraform.files import write_atomically
from batchyard.terraform.queries import version

_STAMP = "batchyard-init"


def init(environment: Environment | str) -> bool:
    """Set up providers, modules and backend for an environment.

    Returns:
        Whether Terraform had to run: not when lock file, backend file, modules and Terraform are as before.

    Raises:
        BatchyardError: Terraform is missing or too old, the environment has no backend file, or init fails.
    """
    environment = settings.resolve(environment)
    backend = settings.backend_file(environment)
    if not backend.is_file():
        raise BatchyardError(
            f"environment {environment.environment} does not say where its Terraform state lies",
            where=str(backend),
            fix="write it: bucket, key, region, use_lockfile = true",
        )
    stamp = settings.data_dir(environment) / _STAMP
    if stamp.is_file() and stamp.read_text() == _fingerprint(backend):
        return False
    require_minimum(version())
    stamp.parent.mkdir(parents=True, exist_ok=True)
    code, out, err = settings.command(environment).cmd(
        "init", input=False, no_color=FLAG, reconfigure=FLAG, backend_config=str(backend)
    )
    if code:
        raise TerraformError("init", [], err or out)
    write_atomically(stamp, _fingerprint(backend))  # after init, which may have completed the lock file
    return True


def forget(environment: Environment) -> None:
    """Make the next `init` run Terraform whatever the stamp says."""
    (settings.data_dir(environment) / _STAMP).unlink(missing_ok=True)


def _fingerprint(backend: Path) -> str:
    """Return a hash over all that init reads: contents where they matter, else names."""
    digest = hashlib.sha256()
    tool = executable().resolve()
    config = settings.cli_config()
    for path in (settings.root() / ".terraform.lock.hcl", backend, config):
        digest.update(path.read_bytes() if path is not None and path.is_file() else b"-")
        digest.update(b"\0")
    digest.update(f"{tool}{tool.stat().st_size}{tool.stat().st_mtime_ns}".encode())
    for folder in (settings.root(), project_root() / "modules"):
        for path in sorted(folder.rglob("*.tf")):
            digest.update(str(path.relative_to(project_root())).encode())
            if path.name in {"versions.tf", "main.tf"} or path.parent == settings.root():
                digest.update(path.read_bytes())
    return digest.hexdigest()
