"""Questions to Terraform that change nothing."""

from __future__ import annotations

import json
from typing import Any

from batchyard.environments import Environment
from batchyard.paths import project_root
from batchyard.terraform import settings
from batchyard.terraform.command import FLAG, Command, inherited
from batchyard.terraform.diagnostics import TerraformError


def version() -> str:
    """Return the version of the Terraform command, such as `1.11.4`.

    Raises:
        BatchyardError: it is not installed.
    """
    variables = inherited() | {"CHECKPOINT_DISABLE": "1"}
    variables.pop("TF_CLI_CONFIG_FILE", None)
    code, out, err = Command(project_root(), variables).cmd("version", json=FLAG)
    if code:
        raise TerraformError("version", [], err or out)
    return str(json.loads(out)["terraform_version"])


def outputs(environment: Environment | str) -> dict[str, Any]:
    """Return the root module's outputs, without the sensitive ones.

    Raises:
        BatchyardError: Terraform fails, or the local environment is not running.
    """
    terraform = settings.command(settings.resolve(environment))
    code, out, err = terraform.cmd("output", json=FLAG, no_color=FLAG)
    if code:
        raise TerraformError("output", [], err or out)
    return {name: item["value"] for name, item in json.loads(out).items() if not item["sensitive"]}
