"""batchyard gate."""

from __future__ import annotations

from typing import Annotated

import typer

from batchyard.cli.options import EnvironmentName, OutputFormat, load, new_app
from batchyard.output import Output

app = new_app()


@app.command()
def gate(
    environment: EnvironmentName = "local",
    every: Annotated[bool, typer.Option("--all", help="List everything that is created, too.")] = False,
    output: OutputFormat = "text",
) -> None:
    """Show what the saved plan would change, destroys first."""
    from batchyard.errors import BatchyardError
    from batchyard.terraform import saved

    out, where = Output(output), load(environment)
    found = saved.summary(where)
    try:
        saved.require_current(where)
    except BatchyardError as stale:
        out.note(f"stale: {stale.what}; apply will refuse it, so {stale.fix}")
    for line in found.lines(every=every):
        out.line(line)
    out.data(found.document())
