"""What workflows there are, and where they are deployed."""

from __future__ import annotations

from typing import Any

from batchyard.environments import available, load
from batchyard.errors import UsageError
from batchyard.manifest import Workflow, load_workflow, workflow_names


def workflows(*, environment: str | None = None) -> list[dict[str, Any]]:
    """Return the workflow folders, by name.

    Args:
        environment: leave out what this environment does not deploy.

    Returns:
        per folder: name, description, wait, jobs, functions, and deployed: `[{environment, name}]`.

    Raises:
        BatchyardError: a manifest or an environment is wrong, or there is no such environment.
    """
    deployed = _deployed([environment] if environment else available())
    found = [_summary(load_workflow(name), deployed.get(name, [])) for name in workflow_names()]
    return [each for each in found if each["deployed"] or not environment]


def workflow(name: str) -> dict[str, Any]:
    """Return all that there is to know of one workflow.

    Args:
        name: its folder's name, or a name under which an environment deploys it.

    Returns:
        as for `workflows`, with the manifest under `manifest`.

    Raises:
        UsageError: there is no such workflow.
        ManifestError: its manifest is wrong.
    """
    deployed = _deployed(available())
    by_name = {each["name"]: folder for folder, places in deployed.items() for each in places}
    folder = name if name in workflow_names() else by_name.get(name)
    if folder is None:
        known = sorted({*workflow_names(), *by_name})
        raise UsageError(f"no workflow {name}", fix=f"there is: {', '.join(known) or 'none'}")
    manifest = load_workflow(folder)
    return {
        **_summary(manifest, deployed.get(folder, [])),
        "manifest": manifest.model_dump(mode="json", by_alias=True),
    }


def _deployed(environments: list[str]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for environment in environments:
        loaded = load(environment)
        for name in sorted(loaded.workflows):
            found.setdefault(loaded.folder_of(name), []).append({"environment": environment, "name": name})
    return found


def _summary(manifest: Workflow, deployed: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "name": manifest.name,
        "description": manifest.description,
        "wait": manifest.wait,
        "jobs": list(manifest.jobs),
        "functions": manifest.functions,
        "deployed": deployed,
    }
