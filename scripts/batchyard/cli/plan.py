"""batchyard plan."""

from __future__ import annotations

from batchyard.cli.options import EnvironmentName, OutputFormat, load, new_app
from batchyard.output import Output

app = new_app()
_MOST_SHOWN = 10  # changes; more of them are left to the gate, which comes next


@app.command()
def plan(environment: EnvironmentName = "local", output: OutputFormat = "text") -> None:
    """Plan an environment with Terraform and save the plan."""
    from batchyard.terraform.plans import plan
    from batchyard.terraform.prepared import require_prepared

    out, where = Output(output), load(environment)
    found = require_prepared(where)
    if found:
        out.note(f"lint: {found} warning{'s' if found > 1 else ''}; batchyard lint --env {environment}")
    try:
        with out.progress(f"plan {environment}"):
            result = plan(where)
    except KeyboardInterrupt:
        out.note("interrupted: no plan is saved")
        raise
    for warning in result.warnings:
        out.note(f"warning: {warning}")
    for line in result.summary.lines(most=_MOST_SHOWN):
        out.line(line)
    out.line(f"saved: {result.path}")
    if not result.summary.fits(_MOST_SHOWN):
        out.line(f"batchyard gate --env {environment} shows the changes")
    out.data({**result.summary.document(), "plan": str(result.path), "warnings": result.warnings})
