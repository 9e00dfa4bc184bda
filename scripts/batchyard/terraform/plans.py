"""terraform plan: made once, saved with its JSON, read by the gate, applied as it is."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchyard.environments import Environment
from batchyard.paths import environment_file
from batchyard.terraform import saved, settings
from batchyard.terraform.command import FLAG, Command
from batchyard.terraform.diagnostics import TerraformError
from batchyard.terraform.files import write_atomically
from batchyard.terraform.initialise import forget, init
from batchyard.terraform.inputs import fingerprint, require_bundles
from batchyard.terraform.progress import Stream, quiet
from batchyard.terraform.refusals import foreseen
from batchyard.terraform.summary import Summary, summarize

# How long to wait for another command's lock on the state before giving up.
LOCK_TIMEOUT = "20s"
_NO_CHANGES, _CHANGES = 0, 2


@dataclass(frozen=True)
class PlanResult:
    """A saved plan: Terraform's file, its JSON, what it changes, and warnings."""

    path: Path
    document: Path
    summary: Summary
    warnings: list[str]


def plan(environment: Environment | str, *, destroy: bool = False) -> PlanResult:
    """Make a plan, save it with its JSON, and summarize it.

    Args:
        environment: what to plan.
        destroy: plan to destroy everything instead.

    Raises:
        BatchyardError: bundles are missing, Terraform fails, or the local environment is not running.
    """
    environment = settings.resolve(environment)
    if not destroy:
        require_bundles(environment)
    init(environment)
    target, inputs, terraform = (
        saved.files(environment, destroy=destroy),
        fingerprint(environment),
        settings.command(environment),
    )
    target.remove()  # whatever happens now, the plan of before is no longer the plan
    making = target.folder / f".{target.name}.{os.getpid()}.tfplan"
    try:
        stream = _make(environment, terraform, making, destroy=destroy)
        code, document, err = terraform.cmd("show", str(making), json=FLAG, no_color=FLAG)
        if code:
            raise TerraformError("show", [], err)
        write_atomically(target.document, document)
        write_atomically(target.record, saved.record(making, inputs))
        making.replace(target.plan)
    finally:
        making.unlink(missing_ok=True)
    warnings = [str(item["summary"]) for item in stream.diagnostics if item.get("severity") == "warning"]
    planned = json.loads(document)
    return PlanResult(target.plan, target.document, summarize(planned), [*warnings, *foreseen(planned)])


def _make(environment: Environment, terraform: Command, out: Path, *, destroy: bool) -> Stream:
    stream = Stream(quiet)
    options: dict[str, Any] = {"destroy": FLAG} if destroy else {}
    code, err = terraform.stream(
        "plan",
        on_line=stream.line,
        json=FLAG,
        input=False,
        detailed_exitcode=FLAG,
        lock_timeout=LOCK_TIMEOUT,
        out=str(out),
        var_file=str(environment_file(environment.environment)),
        **options,
    )
    if code not in (_NO_CHANGES, _CHANGES):
        error = TerraformError("plan", stream.diagnostics, err + "".join(stream.text))
        if error.needs_init:
            forget(environment)
        raise error
    return stream
