"""batchyard destroy."""

from __future__ import annotations

import typer

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, Yes, load, new_app, would
from batchyard.output import Output

app = new_app()


@app.command()
def destroy(
    environment: EnvironmentName = "local",
    output: OutputFormat = "text",
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Destroy all that Terraform made in an environment."""
    from batchyard.terraform import applying

    out, where = Output(output), load(environment)
    planned = applying.plan_destroy(where).summary
    if dry_run:
        would(out, *(change.line() for change in planned.changes))
        return
    for change in planned.changes:
        out.note(change.line())
    if planned.changes and not yes:
        typer.confirm(f"Destroy these {len(planned.changes)} in {environment}?", abort=True, err=True)
    with out.progress(f"destroy {environment}") as advance:
        done = applying.destroy(where, report=lambda step: advance(step.done, step.total, step.text))
    out.line(f"applied: {done.past()}")
    out.data(done.document())
