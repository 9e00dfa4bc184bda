"""The files of environments: which there are, and what one says."""

from __future__ import annotations

from batchyard import tfvars
from batchyard.environments.model import Environment
from batchyard.errors import ManifestError, UsageError
from batchyard.manifest.checking import check
from batchyard.manifest.marked import read_text
from batchyard.paths import environment_file, project_root


def available() -> list[str]:
    """Return the names of the environments that have a file."""
    return sorted(path.stem for path in environment_file("x").parent.glob("*.tfvars"))


def load(environment: str) -> Environment:
    """Read and check an environment.

    Args:
        environment: its name, such as `local`.

    Raises:
        UsageError: there is no such environment.
        ManifestError: its file does not parse, or breaks a rule.
    """
    path = environment_file(environment)
    if not path.is_file():
        raise UsageError(
            f"unknown environment {environment}",
            where=str(path.parent),
            fix=f"known: {', '.join(available()) or 'none'}; a new one is a new .tfvars file there",
        )
    shown = str(path.relative_to(project_root()))
    document = tfvars.read(read_text(path), shown)
    found = check(Environment, document)
    if found.environment != environment:
        raise ManifestError(
            f"environment is {found.environment}, and the file is of {environment}",
            where=document.where(("environment",)),
            fix=f'write environment = "{environment}"',
        )
    return found
