"""batchyard destroy."""

from __future__ import annotations

from functools import partial

import typer

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, Yes, load, new_app, would
from batchyard.cli.plan_printing import carry_out
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
    carry_out(out, environment, "destroy", partial(applying.destroy, where))
