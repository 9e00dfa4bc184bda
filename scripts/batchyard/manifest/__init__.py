"""Manifests: what a workflow folder and a function folder say about themselves."""

from __future__ import annotations

from pathlib import Path

from batchyard.errors import ManifestError, UsageError
from batchyard.manifest.checking import check
from batchyard.manifest.fields import Permission
from batchyard.manifest.function import Function
from batchyard.manifest.marked import read_text, read_yaml
from batchyard.manifest.workflow import Job, Workflow
from batchyard.paths import project_root, workflow_dir

__all__ = [
    "Function",
    "Job",
    "Permission",
    "Workflow",
    "function_names",
    "load_function",
    "load_workflow",
    "workflow_names",
]


def workflow_names() -> list[str]:
    """Return the names of the workflow folders."""
    return sorted(path.parent.name for path in workflow_dir("x").parent.glob("*/workflow.yaml"))


def load_workflow(folder: str) -> Workflow:
    """Read a workflow's manifest.

    Args:
        folder: the name of its folder.

    Raises:
        UsageError: there is no such folder.
        ManifestError: the manifest breaks a rule; names file, line and key.
    """
    path = workflow_dir(folder) / "workflow.yaml"
    if not path.is_file():
        known = ", ".join(workflow_names()) or "none"
        raise UsageError(
            f"no workflow folder {folder}", where=str(path.parent.parent), fix=f"there is: {known}"
        )
    document = read_yaml(read_text(path), _shown(path))
    manifest = check(Workflow, document)
    if manifest.name != folder:
        what = f"name: it is {manifest.name}, and the folder is {folder}"
        raise ManifestError(what, where=document.where(("name",)), fix=f"write name: {folder}")
    return manifest


def function_names() -> list[str]:
    """Return the names of the function folders."""
    return sorted(path.parent.name for path in (project_root() / "functions").glob("*/function.yaml"))


def load_function(name: str) -> Function:
    """Read a function's manifest.

    Args:
        name: the name of its folder.

    Raises:
        UsageError: there is no such folder.
        ManifestError: the manifest breaks a rule; names file, line and key.
    """
    path = project_root() / "functions" / name / "function.yaml"
    if not path.is_file():
        known = ", ".join(function_names()) or "none"
        raise UsageError(f"no function {name}", where=str(path.parent.parent), fix=f"there is: {known}")
    return check(Function, read_yaml(read_text(path), _shown(path)))


def _shown(path: Path) -> str:
    return str(path.relative_to(project_root()))
