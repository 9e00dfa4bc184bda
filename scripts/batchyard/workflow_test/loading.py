"""Files of test cases, found and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from batchyard.errors import ManifestError, UsageError
from batchyard.manifest import load_workflow, workflow_names
from batchyard.manifest.checking import check
from batchyard.manifest.marked import Marked, read_json, read_text, read_yaml
from batchyard.paths import project_root, workflow_dir
from batchyard.strict import Place
from batchyard.workflow_test.format import Case, Defaults, Expect, Mock, Suite

Mocks = dict[str, tuple[Mock, ...]]


@dataclass(frozen=True)
class Loaded:
    """A case ready to run.

    Args:
        workflow: its folder's name.
        file: the file's name without its ending.
        name: the case's key.
        where: file and line, for messages.
        folder: where the files that it names lie.
        start: virtual time at which the execution starts, seconds since the epoch; None for the default.
    """

    workflow: str
    file: str
    name: str
    where: str
    folder: Path
    case: Case
    input: Any
    mocks: Mocks
    written: Mocks
    expect: Expect
    start: float | None

    @property
    def id(self) -> str:
        return f"{self.file}/{self.name}"


def test_files(workflow: str) -> list[Path]:
    """Return a workflow's files of cases, by name."""
    return sorted((workflow_dir(workflow) / "tests").glob("*.yaml"))


def workflows_with_tests() -> list[str]:
    """Return the folders that have test cases."""
    return [name for name in workflow_names() if test_files(name)]


def load(workflow: str, pattern: str = "*") -> list[Loaded]:
    """Read a workflow's cases.

    Args:
        workflow: its folder's name.
        pattern: glob that a case's name, or `file/name`, has to match.

    Raises:
        UsageError: there is no such workflow, it has no cases, or none that matches.
        ManifestError: a file breaks a rule; names file, line and key.
    """
    load_workflow(workflow)
    files = test_files(workflow)
    if not files:
        where = _shown(workflow_dir(workflow) / "tests")
        raise UsageError(f"workflow {workflow} has no test cases", where=where, fix="write one: *.yaml")
    found = [case for path in files for case in read(path, workflow)]
    chosen = [case for case in found if fnmatchcase(case.name, pattern) or fnmatchcase(case.id, pattern)]
    if not chosen:
        fix = f"there is: {', '.join(case.id for case in found)}"
        raise UsageError(f"no case of {workflow} matches {pattern}", fix=fix)
    return chosen


def read(path: Path, workflow: str) -> list[Loaded]:
    """Read one file of cases.

    Raises:
        ManifestError: it breaks a rule; names file, line and key.
    """
    document = read_yaml(read_text(path), _shown(path))
    suite = check(Suite, document)
    return [
        _loaded(path, workflow, suite.defaults, name, case, document) for name, case in suite.cases.items()
    ]


def _loaded(path: Path, workflow: str, defaults: Defaults, name: str, case: Case, document: Marked) -> Loaded:
    place: Place = ("cases", name)
    shared = {key: getattr(defaults, key) for key in defaults.model_fields_set}
    for key in ("input", "input_file", "mocks", "written"):
        shared.pop(key, None)
    merged = case.model_copy(update={k: v for k, v in shared.items() if k not in case.model_fields_set})
    return Loaded(
        workflow,
        path.stem,
        name,
        document.where(place),
        path.parent,
        merged,
        _input(path.parent, defaults, case, document.where((*place, "input_file"))),
        _mocks(document, place, "mocks", defaults.mocks, case.mocks),
        _mocks(document, place, "written", defaults.written, case.written),
        case.expect,
        _moment(merged.start, document.where((*place, "start"))),
    )


def _mocks(document: Marked, place: Place, key: str, shared: dict[str, Any], own: dict[str, Any]) -> Mocks:
    found = {state: answers(document, ("defaults", key, state)) for state in shared if state not in own}
    return found | {state: answers(document, (*place, key, state)) for state in own}


def answers(document: Marked, place: Place) -> tuple[Mock, ...]:
    """Return the mocks that a place of a document holds: one, or a list of them.

    Raises:
        ManifestError: one of them breaks a rule.
    """
    value = _at(document, place)
    if not isinstance(value, list):
        return (check(Mock, _below(document, place)),)
    if not value:
        raise ManifestError(f"{place[-1]} has a list of no answers", where=document.where(place))
    return tuple(check(Mock, _below(document, (*place, index))) for index in range(len(value)))


def _below(document: Marked, place: Place) -> Marked:
    """Return a part of a document as one of its own, with the lines that it has in the whole."""
    size = len(place)
    lines = {each[size:]: line for each, line in document.lines.items() if each[:size] == place}
    return Marked(_at(document, place), lines, document.source)


def _at(document: Marked, place: Place) -> Any:  # noqa: ANN401 - any JSON value
    value = document.data
    for part in place:
        value = value[part]
    return value


def _input(folder: Path, defaults: Defaults, case: Case, where: str) -> Any:  # noqa: ANN401 - any JSON value
    own = case.model_fields_set & {"input", "input_file"}
    source: Defaults = case if own else defaults
    if source.input_file is not None:
        found = read_json(read_text(folder / source.input_file), _shown(folder / source.input_file))
    else:
        found = source.input if "input" in source.model_fields_set else {}
    if not case.change and not case.remove:
        return found
    if not isinstance(found, dict):
        raise ManifestError("change and remove need an input that is an object", where=where)
    return {key: value for key, value in {**found, **case.change}.items() if key not in case.remove}


def _moment(text: str | None, where: str) -> float | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        fix = "write it as 2026-01-31T08:00:00Z"
        raise ManifestError(f"start: {text} is no time", where=where, fix=fix) from error
    if found.tzinfo is None:
        raise ManifestError(f"start: {text} has no time zone", where=where, fix=f"write {text}Z")
    return found.timestamp()


def _shown(path: Path) -> str:
    root = project_root()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
