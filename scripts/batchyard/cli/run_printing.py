"""How runs, their steps and logs look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from batchyard.output import Output

if TYPE_CHECKING:
    from batchyard.environments import Environment
    from batchyard.runs.logs import StepLog
    from batchyard.runs.report import RunReport


def run_document(where: Environment, execution: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of a list of runs."""
    from batchyard.runs.executions import workflow_of
    from batchyard.runs.report import iso, seconds

    return {
        "executionArn": execution["executionArn"],
        "name": execution["name"],
        "workflow": workflow_of(where, execution["executionArn"]),
        "status": execution["status"],
        "startDate": iso(execution["startDate"]),
        "stopDate": iso(execution.get("stopDate")),
        "seconds": seconds(execution),
    }


def print_report(out: Output, run: RunReport) -> None:
    """Print a run with its steps."""
    import json

    out.line(f"{run.workflow} {run.name}: {run.status}, {run.seconds:.1f} s")
    rows = [
        (step.state, step.status, _number(step.seconds), step.attempts, step.job_id or "-", step.reason)
        for step in run.steps
    ]
    if rows:
        out.table(("step", "status", "seconds", "attempts", "jobId", "reason"), rows)
    if run.output is not None:
        out.line(json.dumps(run.output, indent=2))
    elif run.why():
        out.line(run.why())
    out.data(run.document())


def print_logs(out: Output, logs: Iterable[StepLog]) -> None:
    """Print log lines under a heading per attempt."""
    documents = []
    for log in logs:
        out.line(f"==> {log.step.state} {log.step.status} {log.stream or ''}".rstrip())
        for moment, message in log.lines:
            out.line(f"{moment}  {message}")
        if log.missing:
            out.line(f"({log.missing})")
        documents.append(log.document())
    out.data(documents)


def _number(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f}"
