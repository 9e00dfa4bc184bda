"""Manifests: what a workflow folder and a function folder say about themselves."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchyard.errors import ManifestError, UsageError
from batchyard.paths import project_root, workflow_dir

if TYPE_CHECKING:
    from batchyard.manifest.fields import Permission
    from batchyard.manifest.function import Function
    from batchyard.manifest.jobs import (
        AnyJob,
        ArrayJob,
        Container,
        ContainerJob,
        EksJob,
        FargateJob,
        GpuJob,
        Job,
        MultiContainerJob,
        MultiNodeJob,
        PodContainer,
        Process,
        Shape,
    )
    from batchyard.manifest.workflow import Workflow

__all__ = [
    "AnyJob",
    "ArrayJob",
    "Container",
    "ContainerJob",
    "EksJob",
    "FargateJob",
    "Function",
    "GpuJob",
    "Job",
    "MultiContainerJob",
    "MultiNodeJob",
    "Permission",
    "PodContainer",
    "Process",
    "Shape",
    "Workflow",
    "function_names",
    "load_function",
    "load_workflow",
    "workflow_names",
]

# Where the models are: they are imported when they are asked for, because making them takes a while.
_HOMES = {"Permission": "fields", "Function": "function", "Workflow": "workflow"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of any type
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'jobs')}"), name)


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
    from batchyard.manifest.marked import read_text, read_yaml
    from batchyard.manifest.workflow import Workflow

    path = workflow_dir(folder) / "workflow.yaml"
    if not path.is_file():
        known = ", ".join(workflow_names()) or "none"
        raise UsageError(
            f"no workflow folder {folder}", where=str(path.parent.parent), fix=f"there is: {known}"
        )
    document = read_yaml(read_text(path), _shown(path))
    manifest = Workflow.of(document)
    if manifest.name != folder:
        what = f"name: it is {manifest.name}, and the folder is {folder}"
        raise ManifestError(what, where=manifest.where("name"), fix=f"write name: {folder}")
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
    from batchyard.manifest.checking import check
    from batchyard.manifest.function import Function
    from batchyard.manifest.marked import read_text, read_yaml

    path = project_root() / "functions" / name / "function.yaml"
    if not path.is_file():
        known = ", ".join(function_names()) or "none"
        raise UsageError(f"no function {name}", where=str(path.parent.parent), fix=f"there is: {known}")
    return check(Function, read_yaml(read_text(path), _shown(path)))


def _shown(path: Path) -> str:
    return str(path.relative_to(project_root()))
