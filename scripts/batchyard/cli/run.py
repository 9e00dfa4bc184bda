"""batchyard run start|show|list|logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, load, new_app, would
from batchyard.cli.run_printing import log_lines, print_logs, print_report, print_runs
from batchyard.errors import ExecutionFailed
from batchyard.output import Output

if TYPE_CHECKING:
    from batchyard.environments import Environment

app = new_app("Start runs, list them, and look at them.")

Wait = Annotated[bool, typer.Option("--wait", help="Wait for its end; Ctrl-C leaves it running.")]
Run = Annotated[str, typer.Argument(metavar="RUN", help="The run's name or ARN.")]


@app.command()
def start(
    workflow: Annotated[str, typer.Argument(help="The workflow's deployed name.")],
    source: Annotated[str, typer.Option("--input", "-i", metavar="FILE", help="JSON file, or - for stdin.")],
    environment: EnvironmentName = "local",
    name: Annotated[str | None, typer.Option("--name", help="Its name; made from time and input.")] = None,
    wait: Wait = False,
    output: OutputFormat = "text",
    dry_run: DryRun = False,
) -> None:
    """Start a run of a workflow."""
    from batchyard.runs import executions, inputs
    from batchyard.runs import start as starting

    out, where = Output(output), load(environment)
    wanted = starting.request(where, workflow, inputs.read(source), name=name, source=inputs.named(source))
    if dry_run:
        would(out, f"start {wanted.state_machine_arn} as {wanted.name} with {wanted.input}")
        return
    arn = starting.start(where, wanted)
    out.note(f"started {wanted.name}")
    _report(out, where, _wait(out, where, arn) if wait else executions.find(where, arn), waited=wait)


@app.command()
def show(
    run: Run, environment: EnvironmentName = "local", wait: Wait = False, output: OutputFormat = "text"
) -> None:
    """Show a run and its steps; with --wait, exit 0 only if it succeeded."""
    from batchyard.runs import executions

    out, where = Output(output), load(environment)
    found = executions.find(where, run)
    _report(out, where, _wait(out, where, found["executionArn"]) if wait else found, waited=wait)


@app.command("list")
def list_(
    environment: EnvironmentName = "local",
    workflow: Annotated[str | None, typer.Option("--workflow", "-w", help="Only of this workflow.")] = None,
    status: Annotated[str | None, typer.Option("--status", "-s", help="Only with this status.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 20,
    output: OutputFormat = "text",
) -> None:
    """List runs, newest first."""
    from batchyard.runs import executions

    out, where = Output(output), load(environment)
    found = executions.recent(
        where, workflow=workflow, status=status.upper() if status else None, limit=limit
    )
    print_runs(out, where, found)


@app.command()
def logs(
    run: Run,
    environment: EnvironmentName = "local",
    step: Annotated[str | None, typer.Option("--step", help="Only the step of this state.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only steps that failed.")] = False,
    tail: Annotated[
        int, typer.Option("--tail", "-n", min=1, help="How many of the last lines of each.")
    ] = 100,
    everything: Annotated[bool, typer.Option("--all", help="All steps, all lines.")] = False,
    index: Annotated[
        int | None, typer.Option("--index", min=0, help="Only this child of an array, or node of a job.")
    ] = None,
    output: OutputFormat = "text",
) -> None:
    """Show what a run's steps wrote: of a failed run, what its failed steps wrote."""
    from batchyard.runs import executions, steps
    from batchyard.runs import logs as reading

    out, where = Output(output), load(environment)
    execution = executions.find(where, run)
    found = steps.of_execution(where, execution)
    culprits_only = failed or (execution["status"] == "FAILED" and not everything and step is None)
    chosen = reading.choose(found, state=step, failed=culprits_only)
    if not chosen and not failed:  # it failed, but in no step
        chosen = found
    if len(chosen) < len(found) and step is None:
        out.note(f"{len(found) - len(chosen)} of {len(found)} steps did not fail: --all shows them, too")
    if index is not None and chosen:
        reading.check_index(chosen, index)
    for each in chosen:
        count = reading.members_wanted(each, failed=culprits_only) if index is None else 0
        if count > reading.MOST_MEMBERS:
            some = f"{each.state}: at most {reading.MOST_MEMBERS} of {count} are shown"
            out.note(f"{some}; --index N shows one")
    lines = None if everything else tail
    print_logs(out, reading.read(where, chosen, tail=lines, failed=culprits_only, index=index))


def _report(out: Output, where: Environment, execution: Mapping[str, Any], *, waited: bool) -> None:
    """Print a run; after waiting for it, fail unless it succeeded."""
    from batchyard.runs.report import report

    run = report(where, execution)
    failed = waited and not run.succeeded
    print_report(out, run, explain=not failed)
    look = f"what its steps wrote: batchyard run logs {run.name} --env {where.environment}"
    if failed:
        why = f"ended {run.status}: {run.why() or 'no cause given'}"
        raise ExecutionFailed("\n".join((why, *log_lines(run.last_errors()))), where=run.name, fix=look)
    if any(step.status == "FAILED" and step.job_id for step in run.steps) and not run.succeeded:
        out.note(look)


def _wait(out: Output, where: Environment, arn: str) -> Mapping[str, Any]:
    from batchyard.runs.executions import wait
    from batchyard.runs.watch import Watch

    ended = False
    try:
        found = wait(where, arn, tick=Watch(where, arn, out.note))
        ended = True
    finally:  # by Ctrl-C, or because nothing answers any more
        if not ended:
            back = f"batchyard run show {arn.rsplit(':', 1)[1]} --env {where.environment} --wait"
            out.note(f"it goes on without you; come back with: {back}")
    return found
