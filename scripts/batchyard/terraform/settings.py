"""The environment variables and folders that Terraform runs with, per environment."""

from __future__ import annotations

import os
from pathlib import Path

from batchyard.aws import credentials
from batchyard.environments import Environment, load
from batchyard.paths import build_dir, environment_file, machine_dir, project_root
from batchyard.terraform.command import Command, inherited

_FOREIGN_CREDENTIALS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def resolve(environment: Environment | str) -> Environment:
    """Return an environment that may be given by its name.

    Raises:
        UsageError: there is none of that name.
    """
    return load(environment) if isinstance(environment, str) else environment


def root() -> Path:
    """Return the root module's folder."""
    return project_root() / "terraform"


def backend_file(environment: Environment) -> Path:
    """Return the file that says where the environment's state lies."""
    return environment_file(environment.environment).with_suffix(".s3.tfbackend")


def data_dir(environment: Environment) -> Path:
    """Return Terraform's working data: one folder per environment, so that they do not disturb each other."""
    return build_dir(environment.environment) / "terraform"


def cli_config() -> Path | None:
    """Return Terraform's own configuration file: the caller's if it exists, else the one bootstrap wrote."""
    named = os.environ.get("TF_CLI_CONFIG_FILE")
    candidates = [Path(named)] if named else []
    candidates.append(machine_dir() / "terraform.rc")
    return next((path.resolve() for path in candidates if path.is_file()), None)


def variables(environment: Environment) -> dict[str, str]:
    """Return the whole environment of a Terraform process.

    Raises:
        BatchyardError: the environment is `local` and is not running.
    """
    found = inherited()
    if environment.is_local:
        found = {key: value for key, value in found.items() if key not in _FOREIGN_CREDENTIALS}
        found["AWS_EC2_METADATA_DISABLED"] = "true"
    found |= credentials(environment)
    found |= {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    found["TF_DATA_DIR"] = str(data_dir(environment))
    config = cli_config()
    found.pop("TF_CLI_CONFIG_FILE", None)
    if config is not None:
        found["TF_CLI_CONFIG_FILE"] = str(config)
    return found


def command(environment: Environment) -> Command:
    """Return the Terraform command for an environment.

    Raises:
        BatchyardError: Terraform is not installed, or the local environment is not running.
    """
    return Command(root(), variables(environment))
