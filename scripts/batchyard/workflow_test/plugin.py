"""pytest plugin: cases of workflows as tests, and workflows as a fixture.

Cases are collected from `templates/workflows/<name>/tests/*.yaml` when such a file, or its folder, is named
on the command line, or wherever pytest looks with `batchyard_workflow_cases = true` in the ini file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from batchyard.workflow_test.fixture import Workflow, Workflows
    from batchyard.workflow_test.loading import Loaded
    from batchyard.workflow_test.variant import Variants

_OPTION = "batchyard_workflow_cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option and the environment."""
    parser.addini(_OPTION, "collect workflows' test cases without being asked by path", type="bool")
    group = parser.getgroup("batchyard")
    group.addoption("--workflow-env", default="local", metavar="NAME", help="environment of workflow cases")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of cases."""
    if file_path.suffix != ".yaml" or not _is_case_file(file_path):
        return None
    if not (parent.config.getini(_OPTION) or _asked(file_path, parent.config)):
        return None
    return CaseFile.from_parent(parent, path=file_path)


@pytest.fixture
def workflow(request: pytest.FixtureRequest) -> Workflows:
    """Return a function that gives a workflow by its folder's name, ready to run on mocks."""
    from batchyard.workflow_test.fixture import Workflow

    def find(
        name: str,
        *,
        environment: str | None = None,
        wait: str | None = None,
        kind: str = "STANDARD",
    ) -> Workflow:
        where = environment or request.config.getoption("--workflow-env")
        return Workflow(name, environment=where, wait=wait, kind=kind, variants=_variants(request.config))

    return find


class CaseFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterator[pytest.Item]:
        from batchyard.workflow_test.loading import read

        for case in read(self.path, self.path.parents[1].name):
            yield CaseItem.from_parent(self, name=case.name, case=case)


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Loaded, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self._case = case

    def runtest(self) -> None:
        from batchyard.workflow_test.report import failure_lines
        from batchyard.workflow_test.suite import run_case

        environment = self.config.getoption("--workflow-env")
        result = run_case(self._case, _variants(self.config), environment)
        if not result.passed:
            raise CaseFailed("\n".join(failure_lines(result)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401, ARG002
        return str(excinfo.value) if isinstance(excinfo.value, CaseFailed) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        line = self._case.where.rpartition(":")[2]
        return self.path, int(line) - 1 if line.isdigit() else None, f"case {self._case.id}"


class CaseFailed(Exception):
    """A case did not come to what it expects."""


def _is_case_file(path: Path) -> bool:
    return path.parent.name == "tests" and path.parents[2].name == "workflows"


def _asked(path: Path, config: pytest.Config) -> bool:
    """Say whether a file was named on the command line, or its `tests` folder was."""
    named = {(Path(config.invocation_params.dir) / text.partition("::")[0]).resolve() for text in config.args}
    return bool(named & {path, path.parent, path.parents[1]})


_KEY = pytest.StashKey["Variants"]()


def _variants(config: pytest.Config) -> Variants:
    """Return the rendered state machines, which all tests of a session share."""
    from batchyard.workflow_test.variant import Variants

    if _KEY not in config.stash:
        config.stash[_KEY] = Variants()
    return config.stash[_KEY]
