"""What a manifest asks to be skipped: `# checkov:skip=<id>:<reason>` inside a job, as in Terraform code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from batchyard import strict
from batchyard.errors import ManifestError
from batchyard.policies.catalogue import PREFIX, RULES

_COMMENT = re.compile(r"^(?P<indent> *)#\s*checkov:skip=(?P<id>[A-Za-z0-9_]+)(:(?P<reason>.*))?$")
_IDS = {rule.id for rule in RULES}


def of_bundles(bundles: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, dict[str, str]]:
    """Return the reasons by check, by the name of a job definition.

    Args:
        bundles: bundles by workflow.
        folder: the folder with a folder for each workflow's manifest.

    Raises:
        ManifestError: a comment names no reason or an unknown check, or stands in no job.
    """
    found: dict[str, dict[str, str]] = {}
    for bundle in bundles.values():
        path = folder / bundle["folder"] / "workflow.yaml"
        if path.is_file():
            jobs = bundle["job_definitions"]
            for key, reasons in of_manifest(path.read_text(encoding="utf-8"), str(path)).items():
                if key in jobs:
                    found[jobs[key]["name"]] = reasons
    return found


def of_manifest(text: str, source: str) -> dict[str, dict[str, str]]:
    """Return the reasons by check, by the key of a job.

    Args:
        text: the manifest.
        source: the file's name for messages.

    Raises:
        ManifestError: as `of_bundles`.
    """
    comments = [
        (number, match) for number, line in enumerate(text.splitlines(), 1) if (match := _COMMENT.match(line))
    ]
    places = _places(text, source) if comments else []
    found: dict[str, dict[str, str]] = {}
    for number, match in comments:
        where = f"{source}:{number}"
        job = [key for key, column, lines in places if number in lines and len(match["indent"]) > column]
        if not job:
            raise ManifestError(
                "checkov:skip stands outside of a job, and so skips nothing",
                where=where,
                fix="move it into the job that it is about, indented as the job's keys are",
            )
        found.setdefault(job[0], {})[_known(match["id"], where)] = _reason(match, where)
    return found


def _known(name: str, where: str) -> str:
    if name in _IDS:
        return name
    known = f"{PREFIX}1 to {PREFIX}{len(RULES)}"
    raise ManifestError(f"checkov:skip names {name}, which is none of {known}", where=where, fix="correct it")


def _reason(match: re.Match[str], where: str) -> str:
    reason = (match["reason"] or "").strip()
    if reason:
        return reason
    fix = f"write checkov:skip={match['id']}:<why it does not matter here>"
    raise ManifestError("checkov:skip has no reason", where=where, fix=fix)


def _places(text: str, source: str) -> list[tuple[str, int, range]]:
    """Return every job's key, its column, and the lines from it to the next key or the end of the jobs."""
    jobs = next((value for key, value in strict.compose(text, source).value if key.value == "jobs"), None)
    if jobs is None:
        return []
    keys = [(key.value, key.start_mark.column, key.start_mark.line + 1) for key, _ in jobs.value]
    ends = [*(line for _, _, line in keys[1:]), _after(jobs, text)]
    return [(name, column, range(line, end)) for (name, column, line), end in zip(keys, ends, strict=True)]


def _after(jobs: Any, text: str) -> int:  # noqa: ANN401 - a node of the YAML library
    """Return the first line, from 1, that is indented less than the jobs are."""
    lines: Iterator[tuple[int, str]] = enumerate(text.splitlines(), 1)
    first, column = jobs.start_mark.line + 1, jobs.start_mark.column
    for number, line in lines:
        if number > first and line.strip() and len(line) - len(line.lstrip()) < column:
            return number
    return text.count("\n") + 2
