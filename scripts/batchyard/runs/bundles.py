"""The rendered bundle of a deployed workflow."""

from __future__ import annotations

import json
from typing import Any

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.paths import build_dir


def load(environment: Environment, workflow: str) -> dict[str, Any]:
    """Return the bundle of a deployed workflow.

    Raises:
        UsageError: the environment deploys no such workflow.
        BatchyardError: it is not rendered yet, or the file is damaged.
    """
    environment.folder_of(workflow)
    path = build_dir(environment.environment) / f"{workflow}.bundle.json"
    if not path.is_file():
        raise BatchyardError(
            f"workflow {workflow} is not rendered",
            where=str(path),
            fix=f"render it: batchyard render --env {environment.environment}",
        )
    try:
        bundle: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise BatchyardError(
            f"the bundle of {workflow} is damaged: {error}",
            where=str(path),
            fix=f"render it again: batchyard render --env {environment.environment}",
        ) from error
    return bundle
