"""Manifests and templates become bundles, state machines and function zips; same input, same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from batchyard.environments import Environment


def bundle(environment: Environment, workflow: str) -> dict[str, Any]:
    """Return a workflow's bundle without writing anything; see `bundles.rendered`.

    Args:
        environment: where it is deployed.
        workflow: its deployed name.
    """
    from batchyard.render.bundles import bundle

    return bundle(environment, workflow)


def definition(environment: Environment, workflow: str) -> dict[str, Any]:
    """Return a workflow's ASL document without writing anything; see `bundles.rendered`.

    Args:
        environment: where it is deployed.
        workflow: its deployed name.
    """
    from batchyard.render.bundles import rendered

    return rendered(environment, workflow).definition


def render(environment: str, *, dry_run: bool = False) -> list[Path]:
    """Write everything that an environment deploys to build/<environment>; see `writing.render`.

    Args:
        environment: the environment's name.
        dry_run: write nothing, and return what would be written.
    """
    from batchyard.render.writing import render

    return render(environment, dry_run=dry_run)
