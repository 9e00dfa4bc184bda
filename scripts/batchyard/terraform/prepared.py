"""Whether the bundles on disk may be planned: as the templates give them, and accepted by the linter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from batchyard.environments import Environment
from batchyard.errors import BatchyardError
from batchyard.lint import Finding, lint_bundle
from batchyard.paths import build_dir
from batchyard.render.bundles import Rendered, Sources, rendered
from batchyard.render.writing import files
from batchyard.terraform.inputs import require_bundles

_MOST_SHOWN = 10


def require_prepared(environment: Environment) -> int:
    """Refuse to plan bundles that are stale or that the linter refuses; nothing is written.

    Args:
        environment: what is to be planned.

    Returns:
        how many warnings the linter has; they do not stop a plan.

    Raises:
        BatchyardError: a bundle is missing, differs from what its templates give, or has errors.
    """
    require_bundles(environment)
    sources = Sources()
    found = {name: rendered(environment, name, sources) for name in sorted(environment.workflows)}
    folder = build_dir(environment.environment)
    stale = [name for name, each in found.items() if _differs(folder, name, each, sources)]
    if stale:
        raise BatchyardError(
            f"bundles are not what the templates give: {', '.join(stale)}",
            where=str(folder),
            fix=f"batchyard render --env {environment.environment}",
        )
    findings = [finding for each in found.values() for finding in lint_bundle(each.bundle, each.definition)]
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise _refused(errors)
    return len(findings)


def _differs(folder: Path, workflow: str, found: Rendered, sources: Sources) -> bool:
    wanted = files(workflow, found, sources)
    return any(not _holds(folder / path, content) for path, content in wanted.items())


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _refused(errors: Sequence[Finding]) -> BatchyardError:
    lines = []
    for error in errors[:_MOST_SHOWN]:
        state = f" ({error.state})" if error.state else ""
        lines.append(f"{error.id} {error.path}{state}: {error.message}")
    if len(errors) > _MOST_SHOWN:
        lines.append(f"and {len(errors) - _MOST_SHOWN} more")
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    return BatchyardError(
        f"lint finds {count}, so nothing is planned:\n  " + "\n  ".join(lines),
        fix="mend them (batchyard lint says how), or accept one in the Comment of its state: "
        "lint: ignore <id> <reason>",
    )
