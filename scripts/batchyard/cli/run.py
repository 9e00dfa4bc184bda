"""batchyard run start|show|list|logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, load, new_app, would
from batchyard.cli.run_printing import print_logs, print_report, run_document
from batchyard.errors import ExecutionFailed
from batchyard.output import Output

if TYPE_CHECKING:
    from batchyard.environments import Environment

app = new_app("Start runs, list them, and look at them.")

Wait = Annotated[bool, typer.Option("--wait", "-w", help="Wait for its end; Ctrl-C leaves it running.")]
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
    from batchyard.runs import inputs
    from batchyard.runs import start as starting

    out, where = Output(output), load(environment)
    wanted = starting.request(where, workflow, inputs.read(source), name=name, source=source)
    if dry_run:
        would(out, f"start {wanted.state_machine_arn} as {wanted.name} with {wanted.input}")
        return
    arn = starting.start(where, wanted)
    out.note(f"started {wanted.name}")
    _show(out, where, arn, wait=wait)


@app.command()
def show(
    run: Run, environment: EnvironmentName = "local", wait: Wait = False, output: OutputFormat = "text"
) -> None:
    """Show a run and its steps; with --wait, exit 0 only if it succeeded."""
    from batchyard.runs import executions

    out, where = Output(output), load(environment)
    _show(out, where, executions.find(where, run)["executionArn"], wait=wait)


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
    documents = [run_document(where, item) for item in found]
    columns = ("name", "workflow", "status", "startDate", "seconds")
    out.table(columns, [[document[column] for column in columns] for document in documents])
    out.data(documents)


@app.command()
def logs(
    run: Run,
    environment: EnvironmentName = "local",
    step: Annotated[str | None, typer.Option("--step", help="Only the step of this state.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only steps that failed.")] = False,
    tail: Annotated[
        int | None, typer.Option("--tail", "-n", min=1, help="Only the last lines of each.")
    ] = None,
    output: OutputFormat = "text",
) -> None:
    """Show what a run's steps wrote."""
    from batchyard.runs import executions, steps
    from batchyard.runs import logs as reading

    out, where = Output(output), load(environment)
    found = steps.of_execution(where, executions.find(where, run))
    chosen = reading.choose(found, state=step, failed=failed)
    print_logs(out, reading.read(where, chosen, tail=tail))


def _show(out: Output, where: Environment, arn: str, *, wait: bool) -> None:
    """Print a run; wait for it first when asked, and then fail unless it succeeded."""
    from batchyard.runs.executions import find
    from batchyard.runs.report import report

    found = report(where, _wait(out, where, arn) if wait else find(where, arn))
    print_report(out, found)
    if wait and not found.succeeded:
        raise ExecutionFailed(
            f"ended {found.status}: {found.why() or 'no cause given'}",
            where=found.name,
            fix=f"what its steps wrote: batchyard run logs {found.name} --env {where.environment}",
        )


def _wait(out: Output, where: Environment, arn: str) -> dict[str, object]:
    from batchyard.runs.executions import wait

    try:
        return wait(where, arn)
    except KeyboardInterrupt:
        back = f"batchyard run show {arn.rsplit(':', 1)[1]} --env {where.environment} --wait"
        out.note(f"it goes on without you; come back with: {back}")
        raise
