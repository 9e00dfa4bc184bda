"""batchyard apply."""

from __future__ import annotations

from functools import partial

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, load, new_app, would
from batchyard.cli.plan_printing import carry_out
from batchyard.output import Output

app = new_app()


@app.command()
def apply(
    environment: EnvironmentName = "local", output: OutputFormat = "text", dry_run: DryRun = False
) -> None:
    """Apply the saved plan."""
    from batchyard.terraform import applying, saved

    out, where = Output(output), load(environment)
    saved.require_current(where)
    if dry_run:
        would(out, *(change.line() for change in saved.summary(where).changes))
        return
    carry_out(out, environment, "apply", partial(applying.apply, where))
