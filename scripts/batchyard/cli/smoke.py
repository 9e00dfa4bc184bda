"""batchyard smoke."""

from __future__ import annotations

from typing import Annotated

import typer

from batchyard.cli.options import DryRun, EnvironmentName, OutputFormat, load, new_app, would
from batchyard.errors import ExecutionFailed
from batchyard.output import Output

app = new_app()


@app.command()
def smoke(
    environment: EnvironmentName = "local",
    workflow: Annotated[
        list[str] | None, typer.Option("--workflow", "-w", help="Only these workflows.")
    ] = None,
    output: OutputFormat = "text",
    dry_run: DryRun = False,
) -> None:
    """Check what is deployed, and run each workflow on its smoke data."""
    from batchyard import smoke

    out, where = Output(output), load(environment)
    if dry_run:
        would(out, *smoke.steps(where, workflow or ()))
        return
    result = smoke.smoke(where, workflows=workflow or (), note=out.note)
    out.line(f"{len(result.checks) - len(result.unready)} of {len(result.checks)} checks passed")
    rows = [(item.workflow, item.status, f"{item.seconds:.1f} s") for item in result.workflows]
    if rows:
        out.table(("smoke run", "status", "took"), rows)
    out.data(result.document())
    if result.unready:  # each was named when it was looked at
        raise ExecutionFailed(
            "smoke tests failed: not all is ready, so nothing was run",
            where=environment,
            fix=_advice(environment) if result.nothing_there else "",
        )
    if not result.ok:
        raise ExecutionFailed("smoke tests failed:\n  " + "\n  ".join(result.failures()), where=environment)


def _advice(environment: str) -> str:
    return (
        f"apply the environment first: batchyard plan --env {environment}, "
        f"batchyard apply --env {environment}"
    )
