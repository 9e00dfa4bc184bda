"""batchyard plan."""

from __future__ import annotations

from batchyard.cli.options import EnvironmentName, OutputFormat, load, new_app
from batchyard.output import Output

app = new_app()


@app.command()
def plan(environment: EnvironmentName = "local", output: OutputFormat = "text") -> None:
    """Plan an environment with Terraform and save the plan."""
    from batchyard.terraform.plans import plan

    out, where = Output(output), load(environment)
    try:
        with out.progress(f"plan {environment}"):
            result = plan(where)
    except KeyboardInterrupt:
        out.note("interrupted: no plan is saved")
        raise
    for warning in result.warnings:
        out.note(f"warning: {warning}")
    for line in result.summary.lines():
        out.line(line)
    out.line(f"saved: {result.path}")
    out.data({**result.summary.document(), "plan": str(result.path), "warnings": result.warnings})
