"""How runs, their steps and logs look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from batchyard.output import Output

if TYPE_CHECKING:
    from datetime import datetime

    from batchyard.environments import Environment
    from batchyard.runs.logs import StepLog
    from batchyard.runs.report import RunReport
    from batchyard.runs.steps import Step

# What a job's log line has beside its message, and what its heading says already.
_KNOWN_FIELDS = {"time", "level", "message", "jobId", "attempt", "step", "sample"}


def print_runs(out: Output, where: Environment, executions: Sequence[Mapping[str, Any]]) -> None:
    """Print a list of runs."""
    from batchyard.runs.executions import workflow_of
    from batchyard.runs.report import iso, seconds

    documents, rows = [], []
    for each in executions:
        workflow, lasted = workflow_of(where, each["executionArn"]), seconds(each)
        rows.append((each["name"], workflow, each["status"], _moment(each["startDate"]), took(lasted)))
        document = {"executionArn": each["executionArn"], "name": each["name"], "workflow": workflow}
        document |= {"status": each["status"], "seconds": lasted}
        document |= {name: iso(each.get(name)) for name in ("startDate", "stopDate")}
        documents.append(document)
    if rows:
        out.table(("name", "workflow", "status", "started", "took"), rows)
    else:
        out.line("no runs")
    out.data(documents)


def print_report(out: Output, run: RunReport, *, explain: bool = True) -> None:
    """Print a run with its steps.

    Args:
        out: where to.
        run: the run.
        explain: say why it failed; left out where an error message follows that does.
    """
    import json

    lasted = f"{'for' if run.status == 'RUNNING' else 'after'} {took(run.seconds)}"
    began = _moment(run.execution["startDate"])
    out.line(f"{run.workflow} {run.name}: {run.status} {lasted}, started {began}")
    if run.steps:
        columns = ("step", "status", "tries", "queued", "ran", "job")
        out.table(columns, [_row(step) for step in run.steps])
    for step in run.steps:
        if step.members and step.status != "FAILED" and step.members.sentence():
            out.line(f"{step.state}: {step.members.sentence()}")
        for aside in step.asides():
            out.line(f"{step.state}: {aside}")
        if (step.reason or step.last_error) and not run.explains(step):
            out.line(f"{step.state}: {step.ending()}")
            for line in log_lines([step.last_error] if step.last_error else []):
                out.line(line)
    for map_run in run.map_runs:
        out.line(map_run.sentence())
    if run.states:
        out.line(f"{'now' if run.status == 'RUNNING' else 'was'} in {', '.join(run.states)}")
    if run.output is not None:
        out.line(json.dumps(run.output, indent=2))
    elif explain and run.why():
        for line in (run.why(), *log_lines(run.last_errors())):
            out.line(line)
    out.data(run.document())


def log_lines(messages: Iterable[str]) -> list[str]:
    """Return what the logs of failed steps say last, as the lines below the reason."""
    from batchyard.runs.causes import one_line

    return [f"  log: {one_line(message)}" for message in messages]


def print_logs(out: Output, logs: Iterable[StepLog]) -> None:
    """Print log lines under a heading per attempt."""
    documents = []
    for log in logs:
        attempt = f", attempt {log.attempt} of {log.attempts}" if log.attempts > 1 else ""
        stream = f": {log.stream.name}" if log.stream else ""
        out.line(f"==> {log.title} {log.how}{attempt}{stream}")
        if log.stream and log.reason:
            out.line(f"({log.reason})")
        if log.more:
            out.line("(earlier lines are left out: --all shows them)")
        for moment, message in log.lines:
            out.line(f"{_clock(moment)}  {_in_words(message)}")
        if log.missing:
            out.line(f"({log.missing})")
        documents.append(log.document())
    if not documents:
        out.line("no step to show")
    out.data(documents)


def _row(step: Step) -> tuple[str, ...]:
    times = (took(step.queued_seconds), took(step.seconds))
    # An array is no job that runs: its children are tried.
    tries = "-" if step.members and not step.attempts else str(step.attempts)
    return (step.state, step.status, tries, *times, step.job_id or "-")


def took(seconds: float | None) -> str:
    """Return a time as people say it."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _moment(moment: datetime) -> str:
    """Return a moment on the reader's clock."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _clock(moment: str) -> str:
    """Return the reader's time of day of an ISO 8601 moment."""
    from datetime import datetime

    return datetime.fromisoformat(moment).astimezone().time().isoformat("milliseconds")


def _in_words(message: str) -> str:
    """Return a JSON log line, as the kit's jobs write them, as `message key=value`; others as they are."""
    from batchyard.runs.causes import parsed

    document = parsed(message)
    if "message" not in document:
        return message
    level = document.get("level", "INFO")
    rest = [f"{key}={_plain(value)}" for key, value in document.items() if key not in _KNOWN_FIELDS]
    return " ".join(([] if level == "INFO" else [level]) + [str(document["message"]), *rest])


def _plain(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
