"""batchyard render."""

from __future__ import annotations

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, new_app, would
from batchyard.output import Output

app = new_app()


@app.command()
def render(
    environment: EnvironmentName = "local", output: OutputFormat = "text", dry_run: DryRun = False
) -> None:
    """Render workflows into bundles for Terraform."""
    from batchyard.render.writing import render

    out, files = Output(output), [str(path) for path in render(environment, dry_run=dry_run)]
    if dry_run:
        would(out, *(f"write {path}" for path in files))
        return
    for path in files:
        out.line(path)
    out.data({"environment": environment, "files": files})
