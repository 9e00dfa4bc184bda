"""The functions of a bundle: an instance per workflow, so that each one's role is exact."""

from __future__ import annotations

from typing import Any

from batchyard.manifest import load_function
from batchyard.package import Package
from batchyard.render import limits
from batchyard.render.deployment import Deployment
from batchyard.render.permissions import context, resolve


def function(deployment: Deployment, name: str, package: Package) -> dict[str, Any]:
    """Return a function as the bundle holds it.

    Args:
        deployment: the workflow that calls it.
        name: the function folder's name.
        package: its zip.

    Raises:
        ManifestError: the manifest is wrong, or a name is too long.
    """
    manifest, names = load_function(name), deployment.names
    where = f"functions/{name}/function.yaml"
    role = limits.named("role", names.function_role(deployment.workflow, name), where)
    return {
        "name": limits.named("function", names.function(deployment.workflow, name), where),
        **manifest.model_dump(exclude={"permissions"}),
        "zip": f"functions/{name}.zip",
        "sha256_base64": package.sha256_base64,
        "role": {
            "name": role,
            "statements": resolve(manifest.permissions, context(deployment), f"{where}: permissions"),
        },
    }
