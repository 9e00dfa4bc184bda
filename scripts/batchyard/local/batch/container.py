"""Commands of the container executor: docker or podman, by their shared command line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from batchyard.local.batch import container_options
from batchyard.local.batch.images import CannotStart, Command
from batchyard.local.batch.launch import FAILED_TO_START, Launch, Outcome
from batchyard.local.batch.settings import EngineSettings

_TOOL_VARIABLES = (
    *("PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR"),
    *("DOCKER_HOST", "DOCKER_CONFIG", "CONTAINER_HOST"),
)
_TOOL_FAILED = 125
_PULL_WORDS = ("pull", "manifest", "repository", "registry", "not found", "unauthorized")


def name_of(task: str) -> str:
    return f"batch-{task}"


def run_argv(launch: Launch, tool: str, variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return the arguments that run an attempt in a container.

    Variables are passed by name: the tool takes their values from its own environment, so
    that no secret is ever in an argument list. The network is the host's, so that the local
    endpoint on the loopback address is the same inside.
    """
    named = [part for name in sorted(variables) for part in ("--env", _passed(name, variables[name]))]
    limits = ["--memory", f"{int(launch.memory_mib)}m"] if launch.memory_mib else []
    fixed = ["run", "--rm", "--name", name_of(launch.task), "--network", "host"]
    options = container_options.of(launch)
    return tool, *fixed, *limits, *options, *named, launch.image, *launch.command


def _passed(name: str, value: str) -> str:
    # The tool needs these for itself, so a job's own value can not come from the environment.
    return f"{name}={value}" if name in _TOOL_VARIABLES else name


def outcome(code: int, last_line: str) -> Outcome:
    """Return what an exit code of the tool means: 125 is its own failure to run the container."""
    if code != _TOOL_FAILED:
        return Outcome(exit_code=code)
    pulling = any(word in last_line.lower() for word in _PULL_WORDS)
    kind = "CannotPullContainerError" if pulling else "CannotStartContainerError"
    return Outcome(reason=f"{kind}: {last_line}", status_reason=FAILED_TO_START)


def remove_argv(task: str, tool: str) -> tuple[str, ...]:
    return tool, "rm", "--force", name_of(task)


def prepare(settings: EngineSettings, launch: Launch, folder: Path, given: Mapping[str, str]) -> Command:
    """Return the command of an attempt.

    given: the container's secrets and credentials.
    Raises CannotStart where the tool is not installed, and for a secret that could only be passed openly.
    """
    tool = settings.container_tool
    if shutil.which(tool) is None:
        raise CannotStart(f"CannotStartContainerError: the command {tool} was not found on the PATH")
    if clash := sorted(set(launch.secrets.own) & set(_TOOL_VARIABLES)):
        raise CannotStart(
            f"CannotStartContainerError: the secret {clash[0]} can not be passed under this name, which "
            f"{tool} itself needs: give the container's variable another one"
        )
    variables = {**launch.environment, **given}
    own = {name: os.environ[name] for name in _TOOL_VARIABLES if name in os.environ}
    return Command(
        run_argv(launch, tool, variables),
        {**variables, **own, "TMPDIR": str(folder)},
        clean_up=remove_argv(launch.task, tool),
        interpret=outcome,
    )
