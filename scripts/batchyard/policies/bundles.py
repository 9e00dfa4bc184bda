"""Job definitions of rendered bundles as Terraform JSON, which checkov scans without a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchyard.errors import BatchyardError, UsageError

_TEXTS = ("container_properties", "ecs_properties", "node_properties")
_SAME = (
    "name",
    "type",
    "platform_capabilities",
    "parameters",
    "propagate_tags",
    "scheduling_priority",
    "tags",
)
_MAPS = ("limits", "requests", "labels", "annotations")  # their keys are names, not fields


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the bundles of a folder by workflow.

    Args:
        folder: build/<environment>.

    Raises:
        UsageError: there is none.
        BatchyardError: one is not a bundle.
    """
    paths = sorted(folder.glob("*.bundle.json"))
    if not paths:
        raise UsageError("no bundles here", where=str(folder), fix="batchyard render --env <name> makes them")
    return {path.name.removesuffix(".bundle.json"): _bundle(path) for path in paths}


def _bundle(path: Path) -> dict[str, Any]:
    fix = "batchyard render --env <name> writes it anew"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BatchyardError("is not JSON", where=str(path), fix=fix) from error
    if not isinstance(document, dict) or not isinstance(document.get("job_definitions"), dict):
        raise BatchyardError("has no job_definitions, and so is no bundle", where=str(path), fix=fix)
    return document


def terraform(bundles: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return Terraform JSON with a resource for each job definition, named `<workflow>/<job>`.

    Args:
        bundles: bundles by workflow.
    """
    resources = {
        f"{workflow}/{key}": resource(job)
        for workflow, bundle in bundles.items()
        for key, job in bundle["job_definitions"].items()
    }
    return {"resource": {"aws_batch_job_definition": resources}}


def resource(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of aws_batch_job_definition for a job definition of a bundle."""
    found = {name: job[name] for name in _SAME if job.get(name)}
    found |= {name: json.dumps(job[name]) for name in _TEXTS if job.get(name)}
    if job.get("eks_properties"):
        found["eks_properties"] = _snake(job["eks_properties"])
    if job.get("retry_strategy"):
        found["retry_strategy"] = _snake(job["retry_strategy"])
    if job.get("timeout_seconds"):
        found["timeout"] = {"attempt_duration_seconds": job["timeout_seconds"]}
    return found


def _snake(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return an object of the API in the spelling of Terraform's blocks."""
    if isinstance(value, list):
        return [_snake(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        re.sub(r"(?=[A-Z])", "_", key).lower(): held if key in _MAPS else _snake(held)
        for key, held in value.items()
        if held is not None
    }
