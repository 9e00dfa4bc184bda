"""Reports of test cases, in words and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchyard.asl.engine import Event
from batchyard.asl.engine.history import render
from batchyard.workflow_test.coverage import KINDS, Coverage
from batchyard.workflow_test.running import Outcome
from batchyard.workflow_test.suite import Report, Result

_EVENTS = 8  # of the end of the history
_STATES = 12  # of the end of the path
_DETAILS = ("error", "cause", "output", "input", "parameters")
_TEXT = 100  # characters of each detail


def case_lines(result: Result) -> Iterator[str]:
    """Yield a case's line, and if it failed all that helps to see why."""
    word = "ok  " if result.passed else "FAIL"
    yield f"{word}  {result.case.id}  {result.milliseconds:.1f} ms"
    if not result.passed:
        yield from (f"      {line}" for line in failure_lines(result))


def failure_lines(result: Result) -> Iterator[str]:
    """Yield what was expected and what happened instead."""
    yield result.case.where
    for problem in result.problems:
        yield from problem.splitlines()
    if result.outcome:
        yield f"path: {_path(result.outcome.path)}"
        yield "last events:"
        yield from (f"  {line}" for line in _events(result.outcome))


def coverage_rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield a row per shape of the state machine: how much of each kind is covered."""
    for each in report.coverage:
        counts = (each.count(kind) for kind in KINDS)
        yield (_name(report, each), *(f"{covered}/{total}" for covered, total in counts))


def missing_lines(report: Report) -> Iterator[str]:
    """Yield what no case went through."""
    for each in report.coverage:
        for kind, name in each.missing:
            yield f"not covered in {_name(report, each)}: {kind.removesuffix('s')} {name}"


def summary(report: Report) -> str:
    """Return how many cases passed, in how much time."""
    total, failed = len(report.results), len(report.failed)
    spent = sum(result.milliseconds for result in report.results)
    return f"{report.workflow}: {total - failed} of {total} cases passed in {spent:.0f} ms"


def document(reports: list[Report]) -> dict[str, Any]:
    """Return all as one JSON value."""
    return {
        "passed": all(not report.failed for report in reports),
        "workflows": {report.workflow: _workflow(report) for report in reports},
    }


def _workflow(report: Report) -> dict[str, Any]:
    return {
        "cases": [_case(result) for result in report.results],
        "coveragePercent": report.percent,
        "coverage": [
            {
                "variants": each.variants,
                **{kind: dict(zip(("covered", "total"), each.count(kind), strict=True)) for kind in KINDS},
                "missing": [{"kind": kind, "name": name} for kind, name in each.missing],
            }
            for each in report.coverage
        ],
    }


def _case(result: Result) -> dict[str, Any]:
    outcome = result.outcome
    found: dict[str, Any] = {
        "case": result.case.id,
        "where": result.case.where,
        "passed": result.passed,
        "milliseconds": round(result.milliseconds, 3),
        "problems": result.problems,
    }
    if outcome:
        found |= {"status": outcome.status, "path": outcome.path, "elapsedSeconds": round(outcome.elapsed, 3)}
        if not result.passed:
            found["events"] = [render(event) for event in outcome.events[-_EVENTS:]]
    return found


def _name(report: Report, coverage: Coverage) -> str:
    return f"{report.workflow} ({'; '.join(coverage.variants)})"


def _path(path: list[str]) -> str:
    names = path if len(path) <= _STATES else ["…", *path[-_STATES:]]
    return " → ".join(names) or "none"


def _events(outcome: Outcome) -> Iterator[str]:
    first, states = outcome.events[0].at if outcome.events else 0.0, _states(outcome.events)
    for event in outcome.events[-_EVENTS:]:
        parts = [f"{event.id:>4}", f"+{round(event.at - first, 3):g}s", event.type, *_told(event, states)]
        yield " ".join(part for part in parts if part)


def _told(event: Event, states: list[str]) -> Iterator[str]:
    details = event.details or {}
    if not event.type.startswith("Execution"):
        yield details.get("name") or details.get("state") or states[event.previous]
    for name in _DETAILS:
        if name in details:
            text = str(details[name])
            yield f"{name} {text if len(text) <= _TEXT else text[:_TEXT] + '…'}"


def _states(events: list[Event]) -> list[str]:
    """Return by event the state that it happened in; the place before the first event is no state."""
    found = [""]
    for event in events:
        entered = event.type.endswith("StateEntered")
        found.append((event.details or {})["name"] if entered else found[event.previous])
    return found
