"""Plans that lie on disk: where, what they say, and whether they may still be applied."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.paths import build_dir
from batchyard.terraform.inputs import differences, fingerprint
from batchyard.terraform.summary import Summary, summarize


@dataclass(frozen=True)
class PlanFiles:
    """Where a plan lies: Terraform's file, its JSON, and a record of what it was made from.

    All are their owner's only: a plan holds every value, secret ones too.
    """

    folder: Path
    name: str

    @property
    def plan(self) -> Path:
        return self.folder / f"{self.name}.tfplan"

    @property
    def document(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def record(self) -> Path:
        return self.folder / f"{self.name}.record.json"

    def remove(self) -> None:
        """Remove plan and record; the document stays, to be read."""
        self.plan.unlink(missing_ok=True)
        self.record.unlink(missing_ok=True)


def files(environment: Environment, *, destroy: bool = False) -> PlanFiles:
    """Return where the plan of an environment lies."""
    return PlanFiles(build_dir(environment.environment), "destroy" if destroy else "plan")


def record(path: Path, inputs: dict[str, str]) -> str:
    """Return the record of a plan file: its hash, what it was made from, and when (epoch seconds)."""
    document = {"sha256": _sha256(path), "inputs": inputs, "made": time.time()}
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def summary(environment: Environment, *, destroy: bool = False) -> Summary:
    """Return the summary of the saved plan.

    Raises:
        BatchyardError: there is none.
    """
    return summarize(_read(_existing(environment, destroy=destroy).document, environment))


def require_current(environment: Environment, *, destroy: bool = False) -> PlanFiles:
    """Return the saved plan's files when it may be applied.

    Raises:
        BatchyardError: there is no plan, it is another file than was planned, or its sources have changed.
    """
    target = _existing(environment, destroy=destroy)
    made, fix = _read(target.record, environment), _again(environment)
    if _sha256(target.plan) != made.get("sha256"):
        raise BatchyardError("the plan file is not the one that was planned", where=str(target.plan), fix=fix)
    changed = differences(made["inputs"], fingerprint(environment))
    if changed:
        shown = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        raise BatchyardError(f"the plan is older than {shown}", where=str(target.plan), fix=fix)
    return target


def _existing(environment: Environment, *, destroy: bool) -> PlanFiles:
    target = files(environment, destroy=destroy)
    if target.plan.is_file() and target.record.is_file() and target.document.is_file():
        return target
    raise BatchyardError(
        "there is no saved plan (a plan that was applied is removed)",
        where=str(target.plan),
        fix=f"make one: batchyard plan --env {environment.environment}",
    )


def _read(path: Path, environment: Environment) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise BatchyardError(
            f"the saved plan is damaged: {error}", where=str(path), fix=_again(environment)
        ) from error
    return document


def _again(environment: Environment) -> str:
    return f"plan again: batchyard plan --env {environment.environment}"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
