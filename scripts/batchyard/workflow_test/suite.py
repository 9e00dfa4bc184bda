"""A workflow's cases, run one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from batchyard.errors import BatchyardError, UsageError
from batchyard.workflow_test import coverage
from batchyard.workflow_test.expectations import check
from batchyard.workflow_test.format import ANY, Expect
from batchyard.workflow_test.loading import Loaded, load
from batchyard.workflow_test.running import Outcome, run
from batchyard.workflow_test.variant import Prepared, Variants, of_case


@dataclass(frozen=True)
class Result:
    """What came of one case.

    Args:
        outcome: None if it could not run.
        problems: what is not as expected; empty for a case that passed.
    """

    case: Loaded
    outcome: Outcome | None
    problems: list[str]

    @property
    def passed(self) -> bool:
        return not self.problems

    @property
    def milliseconds(self) -> float:
        return self.outcome.seconds * 1000 if self.outcome else 0.0


@dataclass(frozen=True)
class Report:
    """What came of a workflow's cases."""

    workflow: str
    results: list[Result] = field(default_factory=list)

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if not result.passed]

    @cached_property
    def coverage(self) -> list[coverage.Coverage]:
        return coverage.measure(result.outcome for result in self.results if result.outcome)

    @property
    def percent(self) -> float:
        return coverage.percent(self.coverage)


def run_workflow(
    workflow: str,
    *,
    pattern: str = "*",
    environment: str = "local",
    tell: Callable[[Result], None] = lambda result: None,  # noqa: ARG005
    variants: Variants | None = None,
) -> Report:
    """Run a workflow's cases.

    Args:
        workflow: its folder's name.
        pattern: glob of the cases' names.
        environment: for cases that name none.
        tell: called after each case.
        variants: rendered state machines, shared with other workflows.

    Raises:
        UsageError: there is no such workflow, case or environment.
        ManifestError: a file of cases, the manifest or the template is wrong.
    """
    cases, variants = load(workflow, pattern), variants or Variants()
    report = Report(workflow)
    for case in cases:
        result = run_case(case, variants, environment)
        report.results.append(result)
        tell(result)
    return report


def run_case(case: Loaded, variants: Variants, environment: str = "local") -> Result:
    """Run one case; see `run_workflow`."""
    prepared = variants(of_case(case.workflow, case.case, environment))
    try:
        _known(case.expect, prepared)
        outcome = run(
            prepared,
            case.input,
            case.mocks,
            written=case.written,
            folder=case.folder,
            start=case.start,
            seed=case.case.seed or 0,
        )
    except UsageError:
        raise
    except BatchyardError as error:
        return Result(case, None, [error.sentence()])
    return Result(case, outcome, check(case.expect, outcome))


def _known(expect: Expect, prepared: Prepared) -> None:
    """Refuse expectations of states that are not there: those of `0` would always hold."""
    known = {state.name for state in prepared.machine.states}
    for name in _named(expect):
        if name not in known:
            raise BatchyardError(f"expects something of {name}: there is no such state")


def _named(expect: Expect) -> Iterable[str]:
    for names in (expect.iterations, expect.visits, expect.attempts, expect.arguments):
        yield from names
    yield from (name for name in expect.path or () if name != ANY)
